/** The heredoc that a place of a script lies in. */
export interface Heredoc {
  readonly delimiter: string
  /** Bash expands nothing in its body. */
  readonly quoted: boolean
  /** `<<-`: tabs at the beginning of its lines are dropped. */
  readonly stripsTabs: boolean
}

/**
 * Which heredoc an offset lies in, or null where that cannot be told: no opening before it, or no line behind it that ends it.
 * Reads lines and openings only. That is enough for a place that the parser has found to be in a heredoc.
 */
export function heredocAt(script: string, offset: number): Heredoc | null {
  const pending: Heredoc[] = []
  let start = 0
  for (;;) {
    const newline = script.indexOf('\n', start)
    const end = newline === -1 ? script.length : newline
    if (offset <= end) break
    const line = script.slice(start, end)
    const current = pending[0]
    if (current === undefined) pending.push(...openedIn(line))
    else if (closes(line, current)) pending.shift()
    start = end + 1
  }
  const found = pending[0]
  if (found === undefined) return null
  return script
    .slice(start)
    .split('\n')
    .some(line => closes(line, found))
    ? found
    : null
}

function openedIn(line: string): Heredoc[] {
  const openings = line.matchAll(/(?<!<)<<(-?)[ \t]*(?:"([^"]+)"|'([^']+)'|(\\?)([A-Za-z0-9_.!+-]+))(?=[\s;&|)<>]|$)/g)
  return Array.from(openings, ([, dash, double, single, backslash, bare]) => ({
    delimiter: double ?? single ?? bare ?? '',
    quoted: bare === undefined || backslash === '\\',
    stripsTabs: dash === '-',
  }))
}

function closes(line: string, { delimiter, stripsTabs }: Heredoc): boolean {
  return (stripsTabs ? line.replace(/^\t+/, '') : line) === delimiter
}
