import { decodeCanonicalBase64 } from '../encoding/canonical-base64.ts'
import { decodeCanonicalText } from '../encoding/canonical-text.ts'
import { LINE_BYTES } from './line.ts'

/** A line of a script's output, read by bytes. */
export interface OutputLine {
  readonly kind: 'output' | 'output.late'
  readonly seq: number
  readonly prev: string
  readonly atMs: number
  readonly monoMs: number
  readonly step: string
  readonly attempt: number
  readonly fd: 'out' | 'err' | 'pty'
  readonly at: number
  /** What the script printed, until the next line is read: the memory is used again. */
  readonly bytes: Buffer
}

export interface OutputLineReader {
  /** The line, given without its LF; null for any other, and for all that is doubtful: `decodeLine` decides about those. */
  read(raw: Buffer): OutputLine | null
}

/**
 * Reads the lines that are nearly all of a long journal without making values of them: what it takes, `decodeLine` takes, with the
 * same meaning (test/transcript/output-line.test.ts holds the two against each other). It refuses nothing.
 */
export function createOutputLineReader(): OutputLineReader {
  let scratch = Buffer.alloc(0)
  /** Lines come in the order of time, many in a second: a text of a time is read once. */
  let time = { text: '', atMs: Number.NaN }
  return {
    read(raw) {
      const chunkEnd = raw.length - TAIL_BYTES
      if (raw.length > LINE_BYTES || chunkEnd < 0 || !raw.subarray(0, BEGINNING.length).equals(BEGINNING)) return null
      const head = HEAD.exec(raw.toString('latin1', 0, Math.min(HEAD_BYTES, chunkEnd)))
      if (head === null || !TAIL.test(raw.toString('latin1', chunkEnd))) return null
      const [whole, seq, prev = '', t = '', mono, kind, step = '', attempt, fd, at, coding] = head
      if (t !== time.text) time = { text: t, atMs: timeOf(t) }
      const numbers = [seq, mono, attempt, at].map(Number)
      if (Number.isNaN(time.atMs) || !numbers.every(Number.isSafeInteger) || numbers[2] === 0) return null
      if (scratch.length < raw.length) scratch = Buffer.alloc(Math.min(LINE_BYTES, 2 * raw.length))
      // What comes late never comes from a terminal: the strict reader says so.
      if (kind === 'output.late' && fd === 'pty') return null
      const decode = coding === 'b64' ? decodeCanonicalBase64 : decodeCanonicalText
      const length = decode(raw, whole.length, chunkEnd, scratch)
      if (length === null) return null
      const [seqNumber = 0, monoMs = 0, attemptNumber = 0, atNumber = 0] = numbers
      return {
        kind: kind === 'output.late' ? 'output.late' : 'output',
        seq: seqNumber,
        prev,
        atMs: time.atMs,
        monoMs,
        step,
        attempt: attemptNumber,
        fd: fd === 'err' || fd === 'pty' ? fd : 'out',
        at: atNumber,
        bytes: scratch.subarray(0, length),
      }
    },
  }
}

const BEGINNING = Buffer.from('{"seq":')
/** Longer heads, such as those of steps with very long names, are left to the other reader. */
const HEAD_BYTES = 512
const NUMBER = '(0|[1-9]\\d{0,15})'
const HEAD = new RegExp(
  `^\\{"seq":${NUMBER},"prev":"([0-9a-f]{64})","t":"(\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z)","mono":${NUMBER},` +
    `"kind":"(output|output\\.late)","step":"([ !#-\\[\\]-~]*)","attempt":${NUMBER},"fd":"(out|err|pty)","at":${NUMBER},"(text|b64)":"`,
)
const TAIL = /^","salt":"[A-Za-z0-9_-]{21}[AQgw]"\}$/
const TAIL_BYTES = '","salt":""}'.length + 22

function timeOf(text: string): number {
  const atMs = Date.parse(text)
  return !Number.isNaN(atMs) && new Date(atMs).toISOString() === text ? atMs : Number.NaN
}
