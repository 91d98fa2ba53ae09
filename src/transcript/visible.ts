/**
 * Makes every character that could act on a terminal, or turn the direction of a text, visible as `\u{..}`: C0, C1, DEL and
 * the bidi controls. Line feed and tab stay where `keep` says so.
 */
export function visible(text: string, keep: 'lines' | 'nothing' = 'nothing'): string {
  return text.replace(ACTING, unit =>
    keep === 'lines' && (unit === '\n' || unit === '\t') ? unit : `\\u{${unit.charCodeAt(0).toString(16)}}`,
  )
}

const ACTING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g
