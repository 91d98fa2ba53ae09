import type { Bell } from './bell.ts'
import { letGo } from './copiers.ts'
import type { OutputEvent, StreamEnd } from './output-stream.ts'
import { COALESCE_MS, endStreams, flushing, isClosed, type Spools, type Streams, unreadOf } from './spools.ts'
import type { SupervisorWatch } from './supervisor-watch.ts'

/** The longest time between two looks, where the system does not tell of changes or forgets to. */
const LONGEST_LOOK_MS = 1000

export interface LateFollowed {
  readonly why: 'closed' | 'left'
  /** Not reported yet. */
  readonly events: readonly OutputEvent[]
  readonly streams: readonly StreamEnd[]
}

/** Reads what others say into the pipes of a script that has ended, until they are drained or left. Null once it was disposed. */
export async function followLate(
  parts: {
    readonly claim: string
    readonly supervisor: SupervisorWatch
    readonly bell: Bell
    readonly report: (event: OutputEvent) => Promise<void>
    readonly isDisposed: () => boolean
    readonly isLeaving: () => boolean
    /** Resolves when they are left. */
    readonly left: Promise<void>
  },
  spools: Spools,
  streams: Streams,
  untilBytes: number,
): Promise<LateFollowed | null> {
  const { claim, supervisor, bell, report, isDisposed, isLeaving, left } = parts
  /** Events that were read and not yet taken by `report`. */
  const untold: OutputEvent[] = []
  const tell = async (events: readonly OutputEvent[]): Promise<void> => {
    untold.push(...events)
    for (let event = untold[0]; event !== undefined && !isLeaving(); event = untold[0]) {
      // Whoever calls `leave` may be the one that would take this report next: it is in the result then.
      await Promise.race([report(event), left])
      if (!isLeaving()) untold.shift()
    }
  }
  const flush = flushing(streams, tell)
  let isFull = false
  for (;;) {
    const { status } = supervisor.look()
    const moved = isFull ? 0 : await spools.pump(streams, tell)
    if (isDisposed()) return null
    await flush(performance.now())
    if (!isFull && streams.out.bytes + streams.err.bytes >= untilBytes) {
      isFull = true
      letGo(claim)
    }
    if (isLeaving() || (isClosed(status) && moved === 0)) {
      if (isLeaving()) letGo(claim)
      const why = isClosed(status) ? 'closed' : 'left'
      const end = endStreams(streams, status, unreadOf(spools), true)
      return { why, events: [...untold, ...end.events], streams: end.streams }
    }
    if (moved === 0) await bell.rest(streams.out.waiting || streams.err.waiting ? COALESCE_MS : LONGEST_LOOK_MS)
  }
}
