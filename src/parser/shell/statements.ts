import { type Range, readShell } from './syntax.ts'

/**
 * The outermost statements of a script, each with the whole lines it stands on and its heredocs, in order. Those that share
 * a line are one. For reference blocks, where every command is an entry of its own.
 */
export function statementsOf(script: string): Range[] {
  const merged: Range[] = []
  for (const block of readShell(script).blocks) {
    const start = script.lastIndexOf('\n', block.start - 1) + 1
    const newline = script.indexOf('\n', Math.max(block.end - 1, start))
    const end = newline === -1 ? script.length : newline
    // The end of a heredoc that is never closed is no statement.
    if (end <= start) continue
    const last = merged.at(-1)
    // The body of a heredoc begins on the line behind its statement.
    if (last !== undefined && start <= last.end + (block.heredoc ? 1 : 0))
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, end) }
    else merged.push({ start, end })
  }
  return merged
}
