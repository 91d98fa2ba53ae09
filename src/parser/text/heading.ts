/** A heading taken apart: `3.3 Database Migrations` has the number `3.3`, `Phase 1: Pre-Release` has `1`. */
export interface HeadingText {
  readonly number: string | null
  readonly title: string
  /** The word before the number: `phase`, `step`; null where the number stands alone. */
  readonly word: string | null
}

const WORDED = /^(phase|step|stage|part|section|appendix|chapter)\s+(\d+(?:\.\d+)*|[A-Z])\b\s*[:.)–—-]*\s*(.*)$/i
const NUMBERED = /^(\d+(?:\.\d+)+|\d+(?=[.):]|\s+[–—-]\s))[.):]?\s*[–—-]?\s*(.*)$/
/** Letters and Roman numerals. */
const LETTERED = /^([A-Z]|[IVX]{2,5})[.)]\s+(.*)$/

/**
 * Headings side by side that are numbered by a mere `1 Build`, `2 Deploy`, as `1. Build`; any others as they are, since
 * `2 factor authentication` alone bears no number. Two of them could be chance where they go on in small letters.
 */
export function numberedAlike(texts: readonly string[]): readonly string[] {
  const bare = texts.flatMap(text => {
    const [, number = '', title = ''] = BARE.exec(text) ?? []
    return number === '' ? [] : [{ number: Number(number), title }]
  })
  const counts = bare.length > 1 && bare.every((one, index) => one.number === index + 1)
  if (!counts || (bare.length === 2 && bare.some(one => /^\p{Ll}/u.test(one.title)))) return texts
  return texts.map(text => text.replace(BARE, '$1. $2'))
}

const BARE = /^(\d{1,2})\s+(?![–—-]\s)(\S.*)$/

export function parseHeading(text: string): HeadingText {
  const worded = WORDED.exec(text)
  if (worded !== null) return named(worded[2], worded[3], text, worded[1]?.toLowerCase() ?? null)
  const numbered = NUMBERED.exec(text)
  if (numbered !== null) return named(numbered[1], numbered[2], text, null)
  const lettered = LETTERED.exec(text)
  if (lettered !== null) return named(lettered[1], lettered[2], text, null)
  return { number: null, title: text, word: null }
}

function named(number: string | undefined, title: string | undefined, text: string, word: string | null): HeadingText {
  return { number: number ?? null, title: title === undefined || title === '' ? text : title, word }
}

/** A heading as a list of contents may repeat it: without number, marks and case. */
export function headingKey(text: string): string {
  return parseHeading(text.replace(/`|\*/g, '')).title.toLowerCase().replace(/\s+/g, ' ').trim()
}
