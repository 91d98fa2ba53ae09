import { join } from 'node:path'
import type { Ending, Status } from '../claims/claim.ts'
import { openBell } from './bell.ts'
import { followLate, type LateFollowed } from './follow-late.ts'
import { followToEnd } from './follow-to-end.ts'
import type { OutputEvent, PassingEvent, StreamEnd } from './output-stream.ts'
import { openSpools, type Spools, type Streams } from './spools.ts'
import { watchSupervisor } from './supervisor-watch.ts'

export interface Followed {
  /** Null if the supervisor died before it could say how the script ended. */
  readonly ending: Ending | null
  readonly streams: readonly StreamEnd[]
  readonly status: Status
}

export interface Follower {
  /**
   * Reads until the script has ended and its streams are drained, or held by others. Rejects when `report` does. Null once it was
   * disposed.
   * @param isUnread passes over what the spools hold, and counts it as lost.
   */
  follow(streams: Streams, isUnread: boolean): Promise<Followed | null>
  /**
   * Goes on with what others say into the pipes, until they are drained (`closed`) or `leave` is called (`left`). Null once it was disposed.
   * @param untilBytes offsets of both streams, added, from which on nothing more is kept.
   */
  followLate(streams: Streams, untilBytes: number): Promise<LateFollowed | null>
  /** Ends `followLate`: what was not reported yet is handed over with its result. */
  leave(): void
  /** Stops following, whatever the script does. */
  dispose(): void
}

const STATUS = 'status'
/** What of a claim's folder tells that there is something to look at. */
const TELLING: ReadonlySet<string> = new Set([STATUS, 'out', 'err'])

/**
 * Follows the spools of one claim and reports what they hold. The next bytes are read when `report` has taken the ones before,
 * so that a slow taker costs time and disk, never memory.
 */
export function openFollower(options: {
  readonly claim: string
  readonly report: (event: OutputEvent) => Promise<void>
  /** Takes what is shown while the script runs and not kept. */
  readonly pass: (event: PassingEvent) => Promise<void>
  /** True while the rest of its process group is being stopped: its last words are waited for. */
  readonly isStopping: () => boolean
}): Follower {
  const { claim, report, pass, isStopping } = options
  const supervisor = watchSupervisor(claim)
  // A script that writes line by line changes its spool thousands of times a second, and would wake us each time: while it runs the
  // spools are looked at in any case, and its status alone is to be known at once.
  let bell = openBell(join(claim, STATUS), TELLING)
  /** Up to where the spools were read: late output goes on where the script's own ended. */
  const offsets = { out: 0, err: 0 }
  const left = Promise.withResolvers<void>()
  let disposed = false
  let leaving = false

  const parts = { claim, supervisor, report, isDisposed: () => disposed }
  const withSpools = async <T>(work: (spools: Spools) => Promise<T>): Promise<T> => {
    const spools = openSpools(claim, offsets)
    try {
      return await work(spools)
    } finally {
      spools.close()
    }
  }

  return {
    follow: (streams, isUnread) =>
      withSpools(spools => followToEnd({ ...parts, bell, pass, isStopping }, spools, streams, isUnread)),
    async followLate(streams, untilBytes) {
      bell.close()
      bell = openBell(claim, TELLING)
      const late = { ...parts, bell, isLeaving: () => leaving, left: left.promise }
      try {
        return await withSpools(spools => followLate(late, spools, streams, untilBytes))
      } finally {
        bell.close()
      }
    },
    leave() {
      leaving = true
      left.resolve()
      bell.ring()
    },
    dispose() {
      disposed = true
      bell.close()
      bell.ring()
    },
  }
}
