import { encode } from '../encoding/canonical.ts'

/** What was printed last before a line of output goes on, as it stands in the file: escaped. */
export interface Seam {
  /** The end of the text before, of the same stream. */
  readonly tail: string
  /** That, with the beginning of the text that goes on. */
  readonly around: string
}

/**
 * Keeps the end of each stream of output, so that a word which was cut in two events is still one. It looks at lines as they stand in
 * the file, which nobody has checked, and makes a value of none but those in base64.
 *
 * @param kept so many characters of what is decoded matter on either side.
 * @param mayGoOn whether what a text ends with may be the beginning of something: most end with a line, and nothing is kept of them.
 */
export function createOutputSeam(kept: number, mayGoOn: (tail: string) => boolean) {
  /** Six characters of the file are one of the text, at most. */
  const width = kept * 6
  const tails = new Map<string, string>()
  return {
    /** Takes the line at `from` to `to` of a piece; null for whatever does not go on with output that was there before. */
    take(piece: string, from: number, to: number): Seam | null {
      const kind = piece.indexOf(KIND, from)
      if (width === 0 || kind < 0 || kind > from + HEAD_MOST || !isOutput(piece, kind + KIND.length)) return null
      const place = piece.indexOf(PLACE, kind)
      if (place < 0 || place > to) return null
      const stream = piece.slice(kind, place)
      const text = rawText(piece, place, to)
      if (text === null) return null
      const tail = tails.get(stream)
      // What is shorter than a word leaves some of what was before it.
      const next = text.length < width ? `${tail ?? ''}${text}`.slice(-width) : text.slice(-width)
      if (mayGoOn(next)) tails.set(stream, next)
      else if (tail !== undefined) tails.delete(stream)
      return tail === undefined ? null : { tail, around: `${tail}${text.slice(0, width)}` }
    },
  }
}

/** The last characters of a tail. It may begin in the middle of an escape, which is then no part of them: six of the file are kept for each. */
export function decoded(tail: string, kept: number): string {
  for (let from = 0; from < Math.min(tail.length, 6); from++) {
    try {
      return String(JSON.parse(`"${tail.slice(from)}"`)).slice(-kept)
    } catch {
      // In the middle of an escape.
    }
  }
  return ''
}

const KIND = ',"kind":"'
/** Further on no kind begins: what is before it are four numbers and digests. */
const HEAD_MOST = 200
const PLACE = ',"at":'
const TEXT = ',"text":"'
const BYTES = ',"b64":"'
const AFTER = '","salt":""}'.length + 22

function isOutput(piece: string, at: number): boolean {
  return piece.startsWith('output",', at) || piece.startsWith('output.late",', at)
}

/** What a line of output says, escaped as text is. */
function rawText(piece: string, place: number, to: number): string | null {
  const from = piece.indexOf('"', place + PLACE.length) - 1
  const end = to - AFTER
  if (from < 0 || end < from) return null
  if (piece.startsWith(TEXT, from)) return piece.slice(from + TEXT.length, end)
  if (!piece.startsWith(BYTES, from)) return null
  return encode(Buffer.from(piece.slice(from + BYTES.length, end), 'base64').toString('utf8')).slice(1, -1)
}
