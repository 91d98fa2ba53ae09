import { constants } from 'node:os'
import type { EventOf } from '../../../model/index.ts'
import type { RecordedBytes, ScriptReport } from '../../ports.ts'
import type { ClaimRecord, Ending, Stop } from '../claims/claim.ts'
import type { StreamEnd } from '../output/output-stream.ts'

type Ended = Extract<ScriptReport, { kind: 'ended' }>

/** Digests by stream. */
export type Digests = Readonly<Partial<Record<StreamEnd['fd'], string>>>

/** How a script ended, as the record says it. `stop`: the first signal that was sent to it. */
export function outcomeOf(ending: Ending | null, stop: Stop | null): Pick<Ended, 'outcome' | 'exit' | 'signal' | 'ms'> {
  if (ending === null) return { outcome: 'unknown', exit: null, signal: null, ms: 0 }
  const exit = ending.signalled ? null : ending.code
  const signal = ending.signalled ? signalName(ending.code - 128) : null
  const outcome =
    stop === null ? (ending.signalled ? 'signalled' : 'exited') : stop.why === 'person' ? 'cancelled' : 'timed-out'
  return { outcome, exit, signal, ms: ending.ms }
}

/** What `output.end` says. Of a terminal there is one stream, or none that anybody could read. */
export function streamsOf(
  streams: readonly StreamEnd[],
  terminal: ClaimRecord['terminal'],
  lostOfTerminal: number,
): EventOf<'output.end'>['streams'] {
  if (terminal === undefined) return [...streams]
  if (terminal === 'unrecorded') return []
  return streams.filter(({ fd }) => fd === 'pty').map(stream => ({ ...stream, lost: stream.lost + lostOfTerminal }))
}

/** The streams of a script whose spools nobody may read: what is on record, and how much is not. */
export function unreadEnds(streams: readonly StreamEnd[], recorded: RecordedBytes, digests: Digests): StreamEnd[] {
  return streams.map(({ fd, sha256, lost }) => {
    const bytes = recorded[fd] ?? 0
    return { fd, bytes, sha256: digests[fd] ?? sha256, kept: bytes, masked: 0, lost: Math.max(0, lost - bytes) }
  })
}

function signalName(code: number): string {
  const known = Object.entries(constants.signals).find(([, value]) => value === code)
  return known?.[0] ?? `SIG${code}`
}
