import { signedReason } from '../../model/index.ts'
import { encode } from '../encoding/canonical.ts'
import { createOutputSeam, decoded } from './output-seam.ts'

/** One place in a record that holds all the words. Texts are as recorded, not cleaned. */
export interface FoundPlace {
  /** 1-based line of the journal. */
  readonly line: number
  readonly at: string
  readonly kind: string
  /** Id of the step; null where it is about none. */
  readonly step: string | null
  /** The line of text that holds the first of the words, and where in it they begin. */
  readonly text: string
  readonly offset: number
}

/** Looks for words in records: as text that nobody has checked, and fast, since most of it holds none of them. */
export interface RecordSearch {
  /** Begins a journal: its pieces are given to what this returns, in their order. */
  begin(): JournalSearch
}

export interface JournalSearch {
  /** The places in a piece of the file: as latin1, any number of whole lines, each with its LF. */
  places(piece: string): Generator<FoundPlace>
}

/**
 * @param words each has to be in the same event, in capitals or small letters. Searched is what people said and scripts printed, were given or
 * were: not the text of the runbook and its plan, which are the same in every run of it, nor digests, signatures and salts. Output is cut into
 * events wherever a script paused or a piece was full: a word is found across that border, in the event where it ends.
 */
export function createRecordSearch(words: readonly string[]): RecordSearch {
  const lowered = words.map(word => word.toLowerCase())
  const raw = words.map(word => new RegExp(rawPattern(word), 'i'))
  const first = raw[0] ?? /(?:)/
  const begun = words.map(word => new RegExp(`(?:${beginningsOf(word).map(rawPattern).join('|') || '(?!)'})$`, 'i'))
  // The last letter of a word is in the next event, so that no word is found twice.
  const kept = Math.max(...words.map(word => word.length), 1) - 1
  const holds = (texts: readonly string[]) => {
    const all = texts.join('\n').toLowerCase()
    return lowered.every(word => all.includes(word))
  }
  return {
    begin() {
      const seam = createOutputSeam(kept, tail => begun.some(pattern => pattern.test(tail)))
      return {
        *places(piece) {
          const isLikely = piece.includes(BYTES) || raw.every(pattern => pattern.test(piece))
          let signed = piece.indexOf(SIGNED)
          for (let from = 0, to = 0; from < piece.length; from = to + 1) {
            to = endOfLine(piece, from)
            const isSigned = signed >= 0 && signed < to
            if (isSigned) signed = piece.indexOf(SIGNED, to)
            const before = seam.take(piece, from, to)
            const isCut = before !== null && raw.some(pattern => pattern.test(before.around))
            if (!isCut && !isLikely && !isSigned) continue
            const line = piece.slice(from, to)
            if (!isCut && !isSigned && !line.includes(BYTES) && !first.test(line)) continue
            const event = parsed(line)
            if (event === null) continue
            const texts = textsOf(event)
            if (before !== null && texts.length > 0) texts.push(`${decoded(before.tail, kept)}${texts.pop()}`)
            if (holds(texts)) yield placeOf(event, texts, lowered)
          }
        },
      }
    },
  }
}

function placeOf(event: Event, texts: readonly string[], lowered: readonly string[]): FoundPlace {
  return {
    line: Number(event.seq) + 1,
    at: String(event.t),
    kind: String(event.kind),
    step: typeof event.step === 'string' ? event.step : null,
    ...placeIn(texts, lowered),
  }
}

function endOfLine(piece: string, from: number): number {
  const found = piece.indexOf('\n', from)
  return found < 0 ? piece.length : found
}

/** Output that is no text stands there in base64: it has to be decoded before it is known what is in it. */
const BYTES = '"b64":"'
/** So is what an approver has said: the reason of a NO-GO stands in what was signed alone. */
const SIGNED = '"envelope":"'
/** What is no text for people, and what is the same in each run of a runbook. */
const SKIPPED: ReadonlySet<string> = new Set([
  'seq',
  'prev',
  't',
  'mono',
  'kind',
  'salt',
  'envelope',
  'challenge',
  'parents',
])

/** A word as it stands in a canonical line: escaped, and each letter beyond ASCII in both its cases, which are escaped differently. */
function rawPattern(word: string): string {
  return [...word]
    .map(character => {
      const forms = new Set([character, character.toLowerCase(), character.toUpperCase()])
      const escaped = [...forms].map(form => escapeRegExp(encode(form).slice(1, -1)))
      return escaped.length === 1 ? escaped[0] : `(?:${escaped.join('|')})`
    })
    .join('')
}

/** All that a word may have been cut after, from its first character to all but its last. */
function beginningsOf(word: string): string[] {
  const letters = [...word]
  return letters.slice(1).map((_, at) => letters.slice(0, at + 1).join(''))
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

type Event = Readonly<Record<string, unknown>>

function parsed(line: string): Event | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && 'seq' in value ? { ...value } : null
  } catch {
    return null
  }
}

function textsOf(event: Event): string[] {
  if (event.kind === 'run.plan') return []
  if (typeof event.b64 === 'string') return [Buffer.from(event.b64, 'base64').toString('utf8')]
  const texts: string[] = []
  const take = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value)
    else if (Array.isArray(value)) for (const inner of value) take(inner)
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) take(inner)
  }
  if (typeof event.envelope === 'string') take(signedReason(event.envelope))
  for (const [name, value] of Object.entries(event)) {
    if (SKIPPED.has(name)) continue
    if (event.kind === 'run.start' && name === 'runbook') take(Reflect.get(Object(value), 'path'))
    else take(value)
  }
  return texts
}

/** The line of text that holds the first word that is found, with its offset there. */
function placeIn(texts: readonly string[], lowered: readonly string[]): Pick<FoundPlace, 'text' | 'offset'> {
  for (const word of lowered)
    for (const text of texts) {
      const at = text.toLowerCase().indexOf(word)
      if (at < 0) continue
      const from = text.lastIndexOf('\n', at - 1) + 1
      const end = text.indexOf('\n', at)
      return { text: text.slice(from, end < 0 ? text.length : end), offset: at - from }
    }
  return { text: '', offset: 0 }
}
