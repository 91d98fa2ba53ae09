/**
 * Makes every character that could act on a terminal, turn the direction of a text, or hide in it visible as `\u{..}`: C0, C1, DEL, the
 * bidi controls, what has no width, tags, and halves of characters. Line feed and tab stay where `keep` says so.
 */
export function visible(text: string, keep: 'lines' | 'nothing' = 'nothing'): string {
  return text.replace(ACTING, character =>
    keep === 'lines' && (character === '\n' || character === '\t')
      ? character
      : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}

/** The joiners U+200C and U+200D stay: words and emoji are written with them. */
const ACTING =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu

/** Stretches of such characters, apart from line feed and tab: what `visible` changes where it keeps lines. */
export const ACTING_IN_LINES = new RegExp(`(?:(?![\\n\\t])(?:${ACTING.source}))+`, 'gu')
