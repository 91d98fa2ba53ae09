import { cleanText } from './clean.ts'
import type { Line, Segment, Tone } from './theme.ts'
import { cutTo, padTo, plainForm, widthOf, wrapExact, wrapProse } from './width.ts'

/** How strings become rows on this terminal: its width, and whether it can show more than ASCII. */
export interface Look {
  readonly ascii: boolean
  readonly columns: number
}

/** A string from outside, made safe for a row with columns. */
export function safe(look: Look, text: string): string {
  return plainForm(cleanText(text, { ascii: look.ascii }))
}

export function seg(text: string, tone: Tone = 'plain'): Segment {
  return { text, tone }
}

export function cut(look: Look, text: string, width: number): string {
  return cutTo(text, width, look.ascii ? '>' : '…')
}

export function pad(look: Look, text: string, width: number): string {
  return padTo(text, width, look.ascii ? '>' : '…')
}

/** A whole line of the rule, with a text in it. */
export function ruleLine(look: Look, width: number, text = ''): Line {
  const dash = look.ascii ? '-' : '─'
  if (text === '') return [seg(dash.repeat(width))]
  const shown = cut(look, text, width - 4)
  const rest = Math.max(0, width - widthOf(shown) - 4)
  return [seg(`${dash}${dash} `), seg(shown, 'strong'), seg(` ${dash.repeat(rest)}`)]
}

/** Prose from outside as rows of at most `width` cells. */
export function proseLines(look: Look, text: string, width: number, indent = ''): Line[] {
  return wrapProse(safe(look, text), Math.max(1, width - indent.length)).map(line => [seg(indent + line)])
}

/**
 * Marked text of a script as rows: broken at the edge, never cut, never rewrapped. Where the indent has room for it, a mark says that a
 * row goes on with the one above: a line that ends early reads like another command.
 */
export function exactLines(look: Look, segments: readonly Segment[], width: number, indent: string): Line[] {
  const room = Math.max(1, width - indent.length)
  const rows: Segment[][] = [[]]
  let used = 0
  for (const { text, tone } of segments) {
    let rest = cleanText(text, { ascii: look.ascii })
    while (rest !== '') {
      const piece = wrapExact(rest, Math.max(1, room - used))[0] ?? ''
      if (widthOf(piece) > room - used && used > 0) {
        rows.push([])
        used = 0
        continue
      }
      rows.at(-1)?.push(seg(piece, tone))
      used += widthOf(piece)
      rest = rest.slice(piece.length)
      if (rest !== '') {
        rows.push([])
        used = 0
      }
    }
  }
  // What begins the text stands before its first row alone.
  const goesOn =
    indent.length < 3 ? ' '.repeat(indent.length) : `${look.ascii ? ' ~' : ' ↳'}${' '.repeat(indent.length - 2)}`
  return rows.map((row, index) => [seg(index === 0 ? indent : goesOn), ...row])
}

/** A line of a comparison, with its mark: what is new and what is gone are told apart without colour too. */
export function comparedLines(look: Look, text: string, width: number, indent: string): Line[] {
  const tone = text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'plain'
  return exactLines(look, [seg(text, tone)], width, indent)
}

/** A line cut to exactly `width` cells, filled with spaces: what a column needs. */
export function fitted(look: Look, line: Line, width: number): Line {
  const out: Segment[] = []
  let left = width
  for (const { text, tone } of line) {
    if (left <= 0) break
    const shown = cut(look, text, left)
    out.push(seg(shown, tone))
    left -= widthOf(shown)
  }
  if (left > 0) out.push(seg(' '.repeat(left)))
  return out
}

/** A line cut to at most `width` cells. */
export function bounded(look: Look, line: Line, width: number): Line {
  const out = [...fitted(look, line, width)]
  const last = out.at(-1)
  if (last !== undefined && last.tone === 'plain') out[out.length - 1] = seg(last.text.trimEnd())
  return out
}
