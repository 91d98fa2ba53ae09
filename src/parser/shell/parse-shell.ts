import { readShell } from './syntax.ts'

/** One simple command, wherever it stands: in a pipe, a function, a condition, a substitution. */
export interface ShellCommand {
  /** Quotes taken off where the word is literal; `$X` and `$(…)` stay as written. */
  readonly words: string[]
  readonly start: number
  readonly end: number
  /** Names set for this command only, or by it if it has no words. */
  readonly assignments: string[]
}

export interface ShellText {
  readonly commands: ShellCommand[]
  /** False if the text is no shell; `error` says why. `bash -n` remains the authority before anything runs. */
  readonly ok: boolean
  readonly error: { readonly offset: number; readonly message: string } | null
}

/** Commands of a script in the order they are written, with placeholders read as words. */
export function parseShell(script: string): ShellText {
  const { commands, error } = readShell(script)
  return {
    commands: commands.map(({ words, start, end, assignments }) => ({
      words: words.map(word => word.text),
      start,
      end,
      assignments: assignments.map(({ name }) => name),
    })),
    ok: error === null,
    error,
  }
}
