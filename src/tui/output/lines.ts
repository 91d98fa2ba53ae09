import type { EventOf } from '../../model/index.ts'
import { createTerminalText } from '../../model/index.ts'

type OutputEvent = EventOf<'output'> | EventOf<'output.late'>

/** Turns the output events of one attempt into lines: the same events give the same lines, whoever reads them and when. */
export interface LineAssembler {
  /** Takes an event; gives the lines that it completed, as they came: masked, not cleaned. */
  push(event: OutputEvent): string[]
  /** Lines without their end so far, one a stream. */
  unfinished(): string[]
  /** Where each stream stands while no line is open, for an assembler that goes on from here; null while one is. */
  resting(): Readonly<Record<string, number>> | null
}

/** No screen is wider; a script that never ends its line must not grow the memory. */
const LONGEST_LINE = 16_384

/** @param at where each stream stands, from `resting`; left out at the beginning of an attempt. */
export function createLineAssembler(at: Readonly<Record<string, number>> = {}): LineAssembler {
  const open = new Map<string, string>()
  const next = new Map(Object.entries(at))
  const terminal = createTerminalText()
  let drawn = false

  return {
    push(event) {
      const stream = `${event.kind} ${event.fd}`
      const expected = next.get(stream) ?? 0
      // What was shown while it passed, and is recorded at the end, is not shown twice.
      const text = event.at < expected ? textFrom(event, expected - event.at) : textOf(event)
      next.set(stream, Math.max(expected, event.at + bytesOf(event)))
      const gap = event.at > expected && expected > 0 ? [gapLine(event.at - expected)] : []
      if (event.fd === 'pty') {
        drawn = true
        const pieces = terminal.push(text).split('\n')
        pieces.pop()
        open.set(stream, terminal.line)
        return [...gap, ...pieces]
      }
      const pieces = ((open.get(stream) ?? '') + text).split('\n')
      open.set(stream, (pieces.pop() ?? '').slice(0, LONGEST_LINE))
      const mark = event.kind === 'output.late' ? LATE : ''
      return [...gap, ...pieces.map(piece => mark + piece.slice(0, LONGEST_LINE))]
    },
    unfinished() {
      return [...open].flatMap(([stream, text]) =>
        text === '' ? [] : [stream.startsWith('output.late') ? LATE + text : text],
      )
    },
    resting() {
      return drawn || [...open.values()].some(text => text !== '') ? null : Object.fromEntries(next)
    },
  }
}

/** Before each line that came once its script had ended. */
const LATE = 'late | '

/** Stands where the record left bytes out. */
export function gapLine(bytes: number): string {
  return `[${bytes} bytes are not kept here; the transcript counts and hashes them]`
}

/** The text of an output event; bytes that are no UTF-8 become U+FFFD here, and stay as they are in the journal. */
export function textOf(event: OutputEvent): string {
  if (event.text !== undefined) return event.text
  return event.b64 === undefined ? '' : Buffer.from(event.b64, 'base64').toString('utf8')
}

function textFrom(event: OutputEvent, bytes: number): string {
  const all = event.text === undefined ? Buffer.from(event.b64 ?? '', 'base64') : Buffer.from(event.text)
  return all.subarray(bytes).toString('utf8')
}

/** Bytes of its stream that an output event holds. */
export function bytesOf({ text, b64 }: OutputEvent): number {
  return text === undefined ? Buffer.byteLength(b64 ?? '', 'base64') : Buffer.byteLength(text)
}
