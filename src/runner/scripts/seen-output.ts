import type { EventOf, Step } from '../../model/index.ts'
import type { ShownOutput } from './expectation.ts'

/** How much of a script's output is kept in memory for the checks that its author asked for. */
export const CHECKED_CHARS = 1 << 22

/** Gathers a script's output as it is recorded, for its expectation. Holds no more than `CHECKED_CHARS` of it, twice. */
export interface SeenOutput {
  take(event: EventOf<'output'>): void
  /** @param end what the record says of its streams; null where it did not end. */
  shown(end: EventOf<'output.end'> | null): ShownOutput
}

export function openSeenOutput(step: Pick<Step, 'expect'> | undefined): SeenOutput {
  const needle = step?.expect?.kind === 'contains' ? step.expect.text.replace(/\n$/, '') : null
  const texts: string[] = []
  const outs: string[] = []
  let chars = 0
  let tail = ''
  let contains = false
  let unseen: string | null = null
  let inTerminal = false
  return {
    take(event) {
      if (event.fd === 'pty') inTerminal = true
      if (event.text === undefined) {
        unseen ??= 'it holds bytes that are not text'
        return
      }
      if (needle !== null && !contains) {
        // What is looked for may begin in one chunk and end in another.
        const window = tail + event.text
        contains = window.includes(needle)
        tail = needle.length > 1 ? window.slice(1 - needle.length) : ''
      }
      const room = CHECKED_CHARS - chars
      if (event.text.length > room) unseen ??= `it is longer than ${CHECKED_CHARS} characters`
      const kept = event.text.slice(0, Math.max(0, room))
      chars += kept.length
      if (kept === '') return
      texts.push(kept)
      if (event.fd === 'out') outs.push(kept)
    },
    shown(end) {
      const notRecorded = (end?.streams ?? []).reduce(
        (sum, stream) => sum + stream.bytes - stream.kept + stream.lost,
        0,
      )
      const text = texts.join('')
      return {
        text,
        out: inTerminal ? text : outs.join(''),
        unseen: unseen ?? (notRecorded > 0 ? `${notRecorded} bytes of it were not kept` : null),
        // Of a terminal the codes that draw are taken out first, so that only the text can tell.
        contains: needle === null || inTerminal ? null : contains,
      }
    },
  }
}
