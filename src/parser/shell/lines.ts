import type { Range, Shell } from './syntax.ts'

/** A line of a script: UTF-16 units, end exclusive and before the newline. */
export interface ScriptLine extends Range {
  /** `inside` is a line that begins in the middle of a statement or heredoc: it can neither part nor title anything. */
  readonly kind: 'blank' | 'comment' | 'code' | 'inside'
  readonly text: string
}

/** The lines of a script by what they are to bash. */
export function linesOf(shell: Shell): ScriptLine[] {
  const lines: ScriptLine[] = []
  let next = 0
  let coveredTo = 0
  for (let start = 0; start <= shell.script.length; ) {
    const newline = shell.script.indexOf('\n', start)
    const end = newline === -1 ? shell.script.length : newline
    // A statement covers the lines behind its first; the body of a heredoc covers its first line too.
    for (
      let block = shell.blocks[next];
      block !== undefined && (block.start < start || (block.heredoc && block.start === start));
      block = shell.blocks[++next]
    )
      coveredTo = Math.max(coveredTo, block.end)
    const text = shell.script.slice(start, end)
    lines.push({ start, end, text, kind: start < coveredTo ? 'inside' : kindOf(text) })
    start = end + 1
  }
  return lines
}

function kindOf(text: string): ScriptLine['kind'] {
  const first = text.trimStart()
  if (first === '') return 'blank'
  return first.startsWith('#') && !first.startsWith('#!') ? 'comment' : 'code'
}
