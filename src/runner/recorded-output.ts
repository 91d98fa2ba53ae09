import type { Entry, EventOf } from '../model/index.ts'

/** What the journal holds of one script's output: where the reading of its spools goes on, and what was read before. */
export interface RecordedOutput {
  /** Bytes recorded of each stream. */
  readonly out: number
  readonly err: number
  readonly pty: number
  /** What its expectation is held against, with what follows. */
  readonly events: readonly EventOf<'output'>[]
}

/** Gathers what was recorded of the output of one attempt. */
export function recordedOutput(
  entries: Iterable<Entry>,
  script: { readonly step: string; readonly attempt: number },
): RecordedOutput {
  const recorded = { out: 0, err: 0, pty: 0 }
  const events: EventOf<'output'>[] = []
  for (const { event } of entries) {
    if (event.kind !== 'output' || event.step !== script.step || event.attempt !== script.attempt) continue
    events.push(event)
    recorded[event.fd] = event.at + bytesOf(event)
  }
  return { ...recorded, events }
}

function bytesOf({ text, b64 }: EventOf<'output'>): number {
  return text === undefined ? Buffer.from(b64 ?? '', 'base64').length : Buffer.byteLength(text)
}
