import type { Status } from '../claims/claim.ts'
import { hasMembers } from '../claims/process-identity.ts'
import type { Bell } from './bell.ts'
import type { Followed } from './follower.ts'
import type { OutputEvent, PassingEvent } from './output-stream.ts'
import {
  type ByStream,
  endStreams,
  flushing,
  isClosed,
  passingBy,
  READ_BYTES,
  type Spools,
  type Streams,
  unreadOf,
} from './spools.ts'
import type { SupervisorWatch } from './supervisor-watch.ts'

const SHORTEST_LOOK_MS = 1
/** The longest time between two looks: nobody tells of output, and the system may forget to tell of the status. */
const LONGEST_LOOK_MS = 25
/** While a script says something it is looked at this often: what it writes line by line is read by hundreds of lines. */
const GATHER_MS = 20
/** After the block has ended, a child of it may hold the pipes: what comes is taken for the block's own until it pauses this long .. */
const LATE_QUIET_MS = 100
/** .. and no longer than this: what comes then is late, and nobody waits for it. */
const LATE_LIMIT_MS = 500
/** Where no process of the script is left, the end of its pipes is waited for this long: one that left its group may hold them. */
const END_LIMIT_MS = 3000

const NOTHING = { out: 0, err: 0 }

/** Reads until the script has ended and its streams are drained, or held by others. Null once it was disposed. */
export async function followToEnd(
  parts: {
    readonly supervisor: SupervisorWatch
    readonly bell: Bell
    readonly report: (event: OutputEvent) => Promise<void>
    /** Takes what is shown and not kept. */
    readonly pass: (event: PassingEvent) => Promise<void>
    readonly isStopping: () => boolean
    readonly isDisposed: () => boolean
  },
  spools: Spools,
  streams: Streams,
  isUnread: boolean,
): Promise<Followed | null> {
  const { supervisor, bell, report, pass, isStopping, isDisposed } = parts
  const tell = async (events: readonly OutputEvent[]): Promise<void> => {
    for (const event of events) await report(event)
  }
  const flush = flushing(streams, tell)
  const passing = passingBy(streams, pass)
  let lookMs = SHORTEST_LOOK_MS
  let endedSince: number | null = null
  let cut: ByStream<number> | null = null
  let movedAt = performance.now()
  for (;;) {
    // The status is read before the spools: what the script wrote before it ended is in them by then.
    const { status, gone } = supervisor.look()
    const moved = isUnread ? 0 : await spools.pump(streams, tell)
    if (isDisposed()) return null
    const now = performance.now()
    if (moved > 0) movedAt = now
    await flush(now)
    await passing(now)
    // The pipes may be closed before anybody has asked how the script ended, or by the script itself.
    const hasEnded = status.ending !== null || gone
    const isWhole = isClosed(status) && moved === 0 && !isStopping()
    if (hasEnded && !isClosed(status) && cut === null) {
      endedSince ??= now
      const isQuiet = now - Math.max(movedAt, endedSince) >= LATE_QUIET_MS
      const mayFinish = !isStopping() && (isQuiet || now - endedSince >= LATE_LIMIT_MS)
      // With nobody of the script left to hold the pipes their end is on its way: a busy machine only takes longer
      // to bring it, and what has not arrived yet is output like any other.
      const isHeld = mayFinish && (gone || isGroupLeft(status))
      // What came until now is the script's own, however far the reading is behind.
      if (isHeld || (mayFinish && now - endedSince >= END_LIMIT_MS)) cut = spools.sizes()
      else if (mayFinish) movedAt = now
    }
    const isCut = cut !== null && spools.offsets.out >= cut.out && spools.offsets.err >= cut.err
    if (hasEnded && (isWhole || isCut || (isUnread && cut !== null))) {
      const end = endStreams(streams, status, isUnread ? unreadOf(spools) : NOTHING, false)
      await tell(end.events)
      return { ending: status.ending, streams: end.streams, status }
    }
    if (moved === 0) {
      await bell.rest(lookMs)
      lookMs = Math.min(lookMs * 1.5, LONGEST_LOOK_MS)
    } else {
      lookMs = SHORTEST_LOOK_MS
      // Whoever is behind reads on, and so does whoever waits for the end.
      if (moved < READ_BYTES && !hasEnded) await bell.rest(GATHER_MS)
    }
  }
}

/** Whether a process that the script started is still there, and may hold its pipes. */
function isGroupLeft({ block }: Status): boolean {
  return block !== null && hasMembers(block.pid)
}
