import { beginsWithCommand } from './known-commands.ts'
import { readShell } from './syntax.ts'

/** The prompts that make a block a transcript: `$ `, `user@host:~$ `, `[user@host dir]$ `, `PS C:\> `, `C:\> `. Never `$NAME`. */
export const PROMPT =
  /^\s{0,8}(?:(?:\([\w.-]{1,40}\) )?(?:[\w.-]{1,40}@[\w.-]{1,80}(?::[^\s$#]{0,200})?\s?|\[[\w.-]{1,40}@[\w.-]{1,80} [^\]\n]{1,200}\])?[$%❯➜]|(?:[\w.-]{1,40}@[\w.-]{1,80}:[^\s$#]{0,200}|\[root@[\w.-]{1,80} [^\]\n]{1,200}\])#|PS [A-Za-z]:[^>\n]{0,200}>|[A-Z]:\\[^>\n]{0,200}>)[ \t]+(?=\S)/

/** Prompts of programs, not of a shell: what follows them is for that program. */
const REPL_PROMPT =
  /^(?:>>> |\.\.\. |irb\(|pry\(|\w+[=#(*-]*[>#] |mysql> |sqlite> |\w+=[#>] |In \[\d+\]: |iex\(|scala> |127\.0\.0\.1:\d+> |\w+ \[\w+\] \w+> )/

/** `sh-5.1# `, `bash-4.4$ `: a shell that was started somewhere, by `oc debug` or `docker exec`. Nothing says where. */
const SHELL_PROMPT = /^\s{0,8}(?:ba|z|da|k)?sh-\d[\w.]{0,8}[#$][ \t]+\S/

export interface Transcript {
  /** Prompt lines without their prompt, their continuations, and the comments before them: each a line or the rest of one. */
  readonly script: string
  /** All other lines: what the author saw. */
  readonly expect: string
}

/**
 * Reads a block with prompts (R11). Null if it has none; `mixed` if no script can be taken from it: prompts of several hosts
 * of a program's console, of a shell started elsewhere, output before the first prompt, or a table of output behind a command without one.
 */
export function transcriptOf(text: string): Transcript | 'mixed' | null {
  const lines = text.split('\n')
  if (lines.some(line => SHELL_PROMPT.test(line))) return 'mixed'
  const prompts = lines.map(line => PROMPT.exec(line)?.[0] ?? null)
  if (!prompts.some(prompt => prompt !== null))
    return hashTranscript(lines) ?? (showsTable(text, lines) ? 'mixed' : null)
  if (new Set(prompts.flatMap(prompt => (prompt === null ? [] : [hostOf(prompt)]))).size > 1) return 'mixed'
  if (lines.some((line, index) => prompts[index] === null && REPL_PROMPT.test(line.trimStart()))) return 'mixed'
  const first = prompts.findIndex(prompt => prompt !== null)
  const before = lines.slice(0, first).filter(line => line.trim() !== '' && !line.trimStart().startsWith('#'))
  if (before.length > 0) return 'mixed'
  return split(lines, line => PROMPT.exec(line)?.[0] ?? null)
}

/** `# ` is a prompt only where no other stands, a known command follows it, and then output. */
function hashTranscript(lines: readonly string[]): Transcript | 'mixed' | null {
  const shown = lines.filter(line => line.trim() !== '')
  const isPrompt = (line: string): boolean =>
    /^# \S/.test(line) && beginsWithCommand(line.slice(2)) && !/[.:]$/.test(line.trim())
  const [first, second] = shown
  if (first === undefined || second === undefined || !isPrompt(first)) return null
  const output = shown.filter(line => !line.startsWith('#'))
  if (
    output.length === 0 ||
    output.some(line => beginsWithCommand(line)) ||
    shown.some(line => line.startsWith('#') && !isPrompt(line))
  )
    return null
  return split(lines, line => (isPrompt(line) ? '# ' : null))
}

/** A line of column heads (`NAME   READY   STATUS`) behind a command is what the command has printed. */
function showsTable(text: string, lines: readonly string[]): boolean {
  const first = lines.findIndex(line => line.trim() !== '' && !line.trimStart().startsWith('#'))
  if (!lines.some((line, index) => index > first && isTableHead(line))) return false
  if (!beginsWithCommand(lines[first] ?? '')) return false
  // In a heredoc or a quote it is text of the script. These come in the order of the script, as the lines do.
  const { texts } = readShell(text)
  const sorted = texts.toSorted((a, b) => a.start - b.start)
  let next = 0
  let coveredTo = 0
  let start = 0
  for (const [index, line] of lines.entries()) {
    for (let one = sorted[next]; one !== undefined && one.start <= start; one = sorted[++next])
      coveredTo = Math.max(coveredTo, one.end)
    if (index > first && start >= coveredTo && isTableHead(line)) return true
    start += line.length + 1
  }
  return false
}

/** Three names in capitals, or two that are set apart like columns. */
function isTableHead(line: string): boolean {
  if (!/^[A-Z]/.test(line) || line.length > 400) return false
  const names = line.trimEnd().split(/[ \t]+/)
  return (
    names.every(name => /^[A-Z][A-Z0-9()_%/-]*$/.test(name)) && names.length >= (/ {2}|\t/.test(line.trimEnd()) ? 2 : 3)
  )
}

function split(lines: readonly string[], promptOf: (line: string) => string | null): Transcript {
  const script: string[] = []
  const expect: string[] = []
  // Blank lines and comments: they belong to the command they stand before, else to the output.
  let held: string[] = []
  let heredoc: string | null = null
  let continues = false
  for (const line of lines) {
    if (heredoc !== null) {
      script.push(line)
      if (line.trim() === heredoc) heredoc = null
      continue
    }
    const prompt: string | null = continues ? null : promptOf(line)
    if (prompt === null && !continues) {
      if (line.trim() === '' || /^\s*#/.test(line)) held.push(line)
      else {
        expect.push(...held, line)
        held = []
      }
      continue
    }
    script.push(...held)
    held = []
    const secondary: string = continues ? (/^\s{0,8}> /.exec(line)?.[0] ?? '') : ''
    const taken: string = line.slice(prompt?.length ?? secondary.length)
    script.push(taken)
    heredoc = heredocOf(taken)
    continues = heredoc === null && continuesOn(taken)
  }
  expect.push(...held)
  const trimmed = (text: readonly string[]): string => text.join('\n').replace(/^(?:[ \t]*\n)+|(?:\n[ \t]*)+$/g, '')
  return { script: trimmed(script), expect: trimmed(expect) }
}

function heredocOf(line: string): string | null {
  const match = /(?<!<)<<-?[ \t]*(?:"([^"]+)"|'([^']+)'|\\?([A-Za-z_][\w.-]*))/.exec(line)
  return match?.slice(1).find(word => word !== undefined) ?? null
}

function continuesOn(line: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\$/.test(line) || /(?:&&|\|\|?)\s*$/.test(line)
}

/** Who and where a prompt names; `$` alone names nobody. */
function hostOf(prompt: string): string {
  return /[\w.-]+@[\w.-]+/.exec(prompt)?.[0] ?? (/^\s*(?:PS |[A-Z]:)/.test(prompt) ? 'windows' : '')
}
