import type { Entry, EventOf } from '../model/index.ts'

/** What the journal holds of one script's output: where the reading of its spools goes on, and what was read before. */
export interface RecordedOutput {
  /** Bytes recorded of each stream. */
  readonly out: number
  readonly err: number
  readonly pty: number
  /** The texts, in the order in which they came: what its expectation is held against, with what follows. */
  readonly shown: string
}

/** Gathers what was recorded of the output of one attempt. */
export function recordedOutput(
  entries: Iterable<Entry>,
  script: { readonly step: string; readonly attempt: number },
): RecordedOutput {
  const recorded = { out: 0, err: 0, pty: 0 }
  const texts: string[] = []
  for (const { event } of entries) {
    if (event.kind !== 'output' || event.step !== script.step || event.attempt !== script.attempt) continue
    if (event.text !== undefined) texts.push(event.text)
    recorded[event.fd] = event.at + bytesOf(event)
  }
  return { ...recorded, shown: texts.join('') }
}

function bytesOf({ text, b64 }: EventOf<'output'>): number {
  return text === undefined ? Buffer.from(b64 ?? '', 'base64').length : Buffer.byteLength(text)
}
