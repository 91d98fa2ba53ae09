import { createHash } from 'node:crypto'
import type { Entry, EventOf, RunEvent } from '../../model/index.ts'
import type { LateRecorded } from '../ports.ts'

/** What the journal holds of one script's output: where the reading of its spools goes on, and what was read before. */
export interface RecordedOutput {
  /** Bytes recorded of each stream. */
  readonly out: number
  readonly err: number
  readonly pty: number
  /** What its expectation is held against, with what follows. */
  readonly events: readonly EventOf<'output'>[]
  /** Digests of the bytes recorded of each stream. */
  readonly sha256: Readonly<Record<'out' | 'err' | 'pty', string>>
}

/** Gathers what was recorded of the output of one attempt. */
export function recordedOutput(
  entries: Iterable<Entry>,
  script: { readonly step: string; readonly attempt: number },
): RecordedOutput {
  const recorded = { out: 0, err: 0, pty: 0 }
  const events: EventOf<'output'>[] = []
  const hashes = { out: createHash('sha256'), err: createHash('sha256'), pty: createHash('sha256') }
  for (const { event } of entries) {
    if (event.kind !== 'output' || event.step !== script.step || event.attempt !== script.attempt) continue
    events.push(event)
    recorded[event.fd] = event.at + bytesOf(event)
    hashes[event.fd].update(event.text ?? Buffer.from(event.b64 ?? '', 'base64'))
  }
  return {
    ...recorded,
    events,
    sha256: { out: hashes.out.digest('hex'), err: hashes.err.digest('hex'), pty: hashes.pty.digest('hex') },
  }
}

/** A script that has ended while others held its pipes, and whose late output has no end on record. */
export interface OpenLate {
  readonly step: string
  readonly attempt: number
  readonly recorded: Readonly<Record<'out' | 'err', LateRecorded>>
}

/** Gathers the scripts of which late output may still come. */
export function createLateRecord(): { add(event: RunEvent): void; open(): OpenLate[] } {
  const open = new Map<string, { step: string; attempt: number; recorded: Record<'out' | 'err', LateRecorded> }>()
  return {
    add(event) {
      if (!('step' in event) || !('attempt' in event)) return
      const id = `${event.step}:${event.attempt}`
      const found = open.get(id)
      if (event.kind === 'step.left' && event.open.length > 0) {
        const nothing = { from: 0, masked: 0, at: 0 }
        open.set(id, { step: event.step, attempt: event.attempt, recorded: { out: nothing, err: nothing } })
      } else if (event.kind === 'output.end' && found !== undefined) {
        for (const { fd, bytes, masked } of event.streams)
          if (fd !== 'pty') found.recorded[fd] = { from: bytes, masked, at: bytes }
      } else if (event.kind === 'output.late' && found !== undefined)
        found.recorded[event.fd] = { ...found.recorded[event.fd], at: event.at + bytesOf(event) }
      else if (event.kind === 'output.late.end') open.delete(id)
    },
    open: () => [...open.values()],
  }
}

function bytesOf({ text, b64 }: Pick<EventOf<'output'>, 'text' | 'b64'>): number {
  return text === undefined ? Buffer.from(b64 ?? '', 'base64').length : Buffer.byteLength(text)
}
