import stringWidth from 'string-width'

/** Cells that a cleaned string takes in a terminal, as Ink counts them. */
export function widthOf(text: string): number {
  return ONE_CELL_EACH.test(text) ? text.length : stringWidth(text)
}

/** Cuts a cleaned string to at most `width` cells; what was cut ends in `mark`. */
export function cutTo(text: string, width: number, mark = '…'): string {
  if (width <= 0) return ''
  if (widthOf(text) <= width) return text
  const room = width - widthOf(mark)
  return room < 0 ? mark.slice(0, width) : takeCells(text, room).head + mark
}

/** The same with both ends kept, which is where names that are alike differ. */
export function cutMiddle(text: string, width: number, mark = '…'): string {
  if (widthOf(text) <= width) return text
  const room = width - widthOf(mark)
  if (room < 2) return cutTo(text, width, mark)
  const pieces = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment)
  const head = takeCells(text, Math.ceil(room / 2)).head
  let tail = ''
  for (const piece of pieces.reverse()) {
    if (widthOf(piece) + widthOf(tail) > room - widthOf(head)) break
    tail = piece + tail
  }
  return head + mark + tail
}

/** Exactly `width` cells: cut or filled with spaces. */
export function padTo(text: string, width: number, mark = '…'): string {
  const cut = cutTo(text, width, mark)
  return cut + ' '.repeat(Math.max(0, width - widthOf(cut)))
}

/** Breaks prose at spaces into lines of at most `width` cells; a word that is too long is broken inside. */
export function wrapProse(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (widthOf(joined) <= width) {
      line = joined
      continue
    }
    // Text without spaces, such as Chinese, begins where there is room for some of it.
    const left = width - widthOf(line) - 1
    const begins = line !== '' && widthOf(word) > width && left >= LEAST_PIECE
    const head = begins ? takeCells(word, left).head : ''
    if (line !== '') lines.push(begins ? `${line} ${head}` : line)
    const pieces = wrapExact(word.slice(head.length), width)
    lines.push(...pieces.slice(0, -1))
    line = pieces.at(-1) ?? ''
  }
  return line === '' ? lines : [...lines, line]
}

/** Fewer cells of a word that is broken anyway are left empty. */
const LEAST_PIECE = 8

/** Breaks a line at exactly `width` cells, so that no character of a script is lost or moved. */
export function wrapExact(text: string, width: number): string[] {
  const lines: string[] = []
  let rest = text
  while (widthOf(rest) > width && width > 0) {
    const { head, tail } = takeCells(rest, width)
    // A single cluster wider than the line is kept whole rather than looped on.
    if (head === '') break
    lines.push(head)
    rest = tail
  }
  lines.push(rest)
  return lines
}

/** Emoji clusters in their plain text form: terminals disagree on their width, and columns must hold. */
export function plainForm(text: string): string {
  if (ASCII.test(text)) return text
  return text
    .replace(/\u200d\p{Extended_Pictographic}/gu, '')
    .replace(/\ufe0e|\ufe0f|\u200d|\u20e3|[\u{1f3fb}-\u{1f3ff}]/gu, '')
}

const ASCII = /^[\x20-\x7e]*$/
/** Latin letters, punctuation, the rules and our state symbols: each a cell of its own, whatever stands beside it. */
export const ONE_CELL_EACH =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2013\u2014\u2018-\u201d\u2026\u2500-\u257f\u25b8\u25cc\u21b3\u21ba\u21bb\u21b7\u2205\u2298\u2691\u29d7\u2714\u2716]*$/

function takeCells(text: string, width: number): { readonly head: string; readonly tail: string } {
  if (ASCII.test(text)) return { head: text.slice(0, width), tail: text.slice(width) }
  let used = 0
  for (const { segment, index } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    used += widthOf(segment)
    if (used > width) return { head: text.slice(0, index), tail: text.slice(index) }
  }
  return { head: text, tail: '' }
}
