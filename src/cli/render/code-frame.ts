import { widthOf } from '../../tui/index.ts'

/** Cells of source shown at most; a longer line is cut around the place, with `…` where something was left out. */
const ROOM = 100
const TAB = 4

/**
 * The line of a finding with a caret below its column, both cleaned of control characters: two lines, each indented by
 * a blank. Tabs are drawn as spaces up to the next stop of 4, and characters two cells wide keep the caret below theirs.
 *
 * @param text the line as it stands in the file, or undefined where the file has no such line: no frame then.
 * @param place 1-based; the column in UTF-16 units.
 */
export function codeFrame(
  text: string | undefined,
  place: { readonly line: number; readonly column: number },
  clean: (text: string) => string,
): string[] {
  if (text === undefined) return []
  const at = Math.min(Math.max(place.column - 1, 0), text.length)
  const before = drawn(text.slice(0, at), 0, clean)
  const after = drawn(text.slice(at), widthOf(before), clean)
  const word = /^[\w$<>{}[\]"'`*-]+(?:\.[\w-]+)*/.exec(text.slice(at))?.[0] ?? text.slice(at, at + 1)
  const carets = Math.max(1, widthOf(drawn(word, widthOf(before), clean)))
  const head = fromEnd(before, ROOM - 30)
  const tail = fromStart(after, ROOM - widthOf(head))
  const number = String(place.line)
  const gutter = ` ${' '.repeat(number.length + 2)} | `
  return [
    ` > ${number} | ${head}${tail}`.trimEnd(),
    `${gutter}${' '.repeat(widthOf(head))}${'^'.repeat(Math.min(carets, Math.max(1, widthOf(tail))))}`,
  ]
}

/** Text as a terminal shows it from cell `start` on: tabs as spaces, the rest cleaned. */
function drawn(text: string, start: number, clean: (text: string) => string): string {
  let out = ''
  for (const [index, piece] of text.split('\t').entries()) {
    if (index > 0) out += ' '.repeat(TAB - ((start + widthOf(out)) % TAB))
    out += clean(piece)
  }
  return out
}

function fromEnd(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text
  const graphemes = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(one => one.segment)
  let kept = ''
  for (const one of graphemes.reverse()) {
    if (widthOf(one + kept) > cells - 1) break
    kept = one + kept
  }
  return `…${kept}`
}

function fromStart(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text
  let kept = ''
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (widthOf(kept + segment) > cells - 1) break
    kept += segment
  }
  return `${kept}…`
}
