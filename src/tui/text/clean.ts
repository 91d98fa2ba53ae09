export interface CleanOptions {
  /** Show everything above 0x7f as `\uXXXX` too: for terminals without UTF-8. */
  readonly ascii?: boolean
}

/**
 * Makes one string from outside safe to draw or print on one line. Control characters, escape sequences, bidi
 * controls, line separators and zero-width characters outside emoji are shown as `\x1b`, `\u202e`; tabs become spaces.
 * Nothing is dropped, so that a review shows what bash will get.
 */
export function cleanText(text: string, options: CleanOptions = {}): string {
  if (PLAIN.test(text)) return text
  const spaced = expandTabs(text)
  const shown = JOINERS.test(spaced) ? showOutsideEmoji(spaced) : spaced.replace(HIDDEN, escapeOf)
  return options.ascii === true ? shown.replace(/[^\x20-\x7e]/gu, escapeOf) : shown
}

/** The lines of a text, each cleaned. A final newline adds no line; CRLF counts as one newline. */
export function cleanLines(text: string, options: CleanOptions = {}): string[] {
  const lines = text.split(/\r?\n/)
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines.map(line => cleanText(line, options))
}

/** One line of a script's output: colours go, the last state of `\r` progress stays, all else is shown. */
export function cleanOutput(line: string, options: CleanOptions = {}): string {
  if (PLAIN.test(line)) return line
  const uncoloured = line.replace(SGR, '').replace(/\r+$/, '')
  return cleanText(uncoloured.slice(uncoloured.lastIndexOf('\r') + 1), options)
}

const TAB_STOP = 8
const PLAIN = /^[\x20-\x7e]*$/
const SGR = /\u001b\[[0-9;:]*m/g
/** Control, format, surrogate, separators, and whatever a terminal draws as nothing. */
export const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
/** Invisible characters that emoji are made of: joiner, variation selectors, tags. */
const JOINERS = /[\u200d\ufe0e\ufe0f\u{e0020}-\u{e007f}]/u

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text
  let column = 0
  let out = ''
  for (const character of text) {
    const piece = character === '\t' ? ' '.repeat(TAB_STOP - (column % TAB_STOP)) : character
    out += piece
    column += piece.length
  }
  return out
}

function showOutsideEmoji(text: string): string {
  let out = ''
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    const emoji = /\p{Extended_Pictographic}|^[0-9#*]\ufe0f?\u20e3$/u.test(segment)
    out += segment.replace(HIDDEN, found => (emoji && JOINERS.test(found) ? found : escapeOf(found)))
  }
  return out
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`
}
