/** A placeholder as it is written in a text: offsets are UTF-16 units, end exclusive. */
export interface Placeholder {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly written: string
  /** `<staging|production>`: names alternatives, not a value. */
  readonly alternatives: boolean
  /**
   * Reads as a tag, an address or a mark (`<b>`, `<kim@acme.org>`, `<1>`). In quotes and in prose that is what it is; bare in
   * a script bash would redirect, so there it is a placeholder like any other.
   */
  readonly markup: boolean
}

/**
 * Placeholders of the bracketed and the YOUR_X kinds in any text, in order, none inside another.
 * Whether a `<x>` is rather a redirection or a tag is decided by its shape only; doubt means placeholder, since that asks.
 */
export function placeholdersIn(text: string): Placeholder[] {
  const closedTags = new Set(Array.from(text.matchAll(CLOSING_TAG), match => match[1]))
  const found: Placeholder[] = []
  let behind = 0
  for (const match of text.matchAll(PLACEHOLDER)) {
    const { angle, braces, brace, yours, version } = match.groups ?? {}
    const start = match.index
    const end = start + match[0].length
    if (start < behind) continue
    const inner = angle ?? braces ?? brace ?? yours ?? version ?? ''
    if (angle !== undefined && !isAngleName(angle, match[0])) continue
    if ((brace !== undefined && NOT_A_NAME.has(brace)) || (braces !== undefined && OF_GO.has(braces))) continue
    const name = nameOf(inner)
    if (name === '') continue
    found.push({
      name,
      start,
      end,
      written: match[0],
      alternatives: inner.includes('|'),
      markup: isMarkup(angle, closedTags),
    })
    behind = end
  }
  return found
}

/**
 * The same text with a word of equal length in the place of each placeholder, so that a shell parser reads
 * `--org <x>` as an argument and every offset still holds.
 */
export function withStandIns(text: string, placeholders: readonly Placeholder[] = placeholdersIn(text)): string {
  let result = ''
  let from = 0
  for (const { start, end } of placeholders) {
    result += text.slice(from, start) + 'x'.repeat(end - start)
    from = end
  }
  return result + text.slice(from)
}

/** `e.g. my org` and `your org` as a name that can stand before `=` in `--set`. */
export function nameOf(inner: string): string {
  return inner
    .replace(/^\s*(?:e\.g\.|z\.B\.|for example|…|\.{3})[,:]?\s*/i, '')
    .replace(/[([](-rcN)[)\]]/, '$1')
    .replace(/[^\p{L}\p{N}_.-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 64)
}

// A backslash before a bracket belongs to the placeholder: the author kept bash from redirecting.
// Lengths are bounded, so that a text of nothing but `<` is read in linear time.
const PLACEHOLDER =
  /(?<!<)\\?<(?<angle>["\p{L}\p{N}….][^<>\n&;()`$\\]{0,160})\\?>|(?<![{$\w])\{\{-?[ \t]{0,8}(?<braces>[A-Za-z_][\w.-]{0,60})[ \t]{0,8}-?\}\}|(?<![\w${@%])\{(?<brace>[A-Za-z][A-Za-z0-9_-]{1,60})\}(?!\})|(?<![\w$.{])(?<yours>YOUR[_-][A-Z0-9_-]{0,60}[A-Z0-9]|(?<!(?<!:)-)your[_-][a-z0-9_-]{0,60}[a-z0-9])(?![\w=])|(?:(?<=\bv)|(?<![A-Za-z0-9]))(?<version>X\.Y\.Z(?:\(-rcN\)|\[-rcN\]))(?!\w)/gu

const CLOSING_TAG = /<\/([A-Za-z][\w:.-]{0,40})>/g

function isAngleName(inner: string, written: string): boolean {
  if (/[\s/]$|^\.{0,2}\/|^[^|]*\s\|(?! [\w-]+$)|^"[^"]*"$/.test(inner)) return false
  if (/^[\w.-]+="/.test(inner.split(/\s/)[1] ?? '')) return false
  return written.length > 2 && /[\p{L}\p{N}]/u.test(inner)
}

function isMarkup(inner: string | undefined, closedTags: ReadonlySet<string | undefined>): boolean {
  if (inner === undefined) return false
  return (
    /^\d{1,2}$|^[^\s@]+@[^\s@]+\.[a-z]+$/i.test(inner) ||
    closedTags.has(inner.split(/\s/, 1)[0]) ||
    HTML.has(inner.toLowerCase())
  )
}

const HTML = new Set(
  'a b br body button code div em form h1 h2 h3 h4 head hr html i iframe img input kbd li link meta ol p pre script small span strong style sub summary details sup svg table tbody td th thead title tr u ul eof'.split(
    ' ',
  ),
)

// Words in braces that programs read themselves: awk actions, refs such as @{upstream}.
// Words of Go templates: `{{range .items}}…{{end}}`.
const OF_GO = new Set(['end', 'else', 'break', 'continue'])
const NOT_A_NAME = new Set(['print', 'next', 'exit', 'upstream', 'push', 'u'])
