import { setTimeout as sleep } from 'node:timers/promises'

/** How long a question must have stood before it takes an answer, with some to spare. */
const GUARD_MS = 450

/** A command in plain mode in a real pseudo-terminal, talked to in lines. */
export interface PlainTerminal {
  /** Waits until what was printed since the last answer matches, and then types a line. */
  answer(question: RegExp, line: string): Promise<void>
  /** Everything printed so far. */
  text(): string
  readonly exited: Promise<number>
  close(): void
}

/**
 * @returns null where no pseudo-terminal is to be had: the package that makes them is optional.
 */
export async function openPlainTerminal(
  file: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<PlainTerminal | null> {
  const pty = await import('@lydell/node-pty').catch(() => null)
  if (pty === null) return null
  const child = pty.spawn(file, [...args], {
    cwd: options.cwd,
    env: { ...options.env, TERM: 'dumb' },
    cols: 120,
    rows: 40,
  })
  let text = ''
  let answered = 0
  let gone = false
  child.onData(data => {
    text += data
  })
  const exited = new Promise<number>(resolve => {
    child.onExit(({ exitCode }) => {
      gone = true
      resolve(exitCode)
    })
  })
  return {
    async answer(question, line) {
      for (const deadline = Date.now() + 20_000; !question.test(text.slice(answered)); await sleep(20))
        if (gone || Date.now() > deadline)
          throw new Error(`waited for ${String(question)} before "${line}"; printed was:\n${text.slice(answered)}`)
      await sleep(GUARD_MS)
      answered = text.length
      child.write(`${line}\n`)
    },
    text: () => text,
    exited,
    close: () => {
      if (!gone) child.kill('SIGKILL')
    },
  }
}
