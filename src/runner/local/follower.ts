import { closeSync, type FSWatcher, fstatSync, openSync, readSync, watch } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { type Ending, isAlive, readStatus, readSupervisor, type Status } from './claim.ts'
import type { OutputEvent, OutputStream, StreamEnd } from './output-stream.ts'
import { hasMembers } from './process-identity.ts'

const READ_BYTES = 262_144
/** Output waits at most this long for more of it before it becomes an event. */
const COALESCE_MS = 50
const SHORTEST_LOOK_MS = 1
/** The longest time between two looks, where the system does not tell of changes or forgets to. */
const LONGEST_LOOK_MS = 25
const LONGEST_LATE_LOOK_MS = 1000
/** Looking whether the supervisor lives costs more than looking at its files. */
const LIFE_LOOK_MS = 250
/** A supervisor that has taken its claim says who it is within milliseconds; longer than this, and it died before it could. */
const START_LIMIT_MS = 10_000
/** After the block has ended, a child of it may hold the pipes: what comes is taken for the block's own until it pauses this long .. */
const LATE_QUIET_MS = 100
/** .. and no longer than this: what comes then is late, and nobody waits for it. */
const LATE_LIMIT_MS = 500
/** Where no process of the script is left, the end of its pipes is waited for this long: one that left its group may hold them. */
const END_LIMIT_MS = 3000

const NOTHING = { out: 0, err: 0 }

export type Streams = Readonly<Record<'out' | 'err', OutputStream>>

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
  followLate(
    streams: Streams,
    untilBytes: number,
  ): Promise<{
    readonly why: 'closed' | 'left'
    readonly events: readonly OutputEvent[]
    readonly streams: readonly StreamEnd[]
  } | null>
  /** Ends `followLate`: what was not reported yet is handed over with its result. */
  leave(): void
  /** Stops following, whatever the script does. */
  dispose(): void
}

/**
 * Follows the spools of one claim and reports what they hold. The next bytes are read when `report` has taken the ones before,
 * so that a slow taker costs time and disk, never memory.
 */
export function openFollower(options: {
  readonly claim: string
  readonly report: (event: OutputEvent) => Promise<void>
  /** True while the rest of its process group is being stopped: its last words are waited for. */
  readonly isStopping: () => boolean
}): Follower {
  const { claim, report, isStopping } = options
  const supervisor = watchSupervisor(claim)
  const offsets = { out: 0, err: 0 }
  const bell = openBell(claim)
  let disposed = false
  let leaving = false
  /** Late events that were read and not yet taken by `report`. */
  const untold: OutputEvent[] = []
  const left = Promise.withResolvers<void>()

  /** Reads what is there of each stream, once. It was written a moment ago, so that no disk is waited for. */
  const pump = async (
    spools: Spools,
    streams: Streams,
    tell: (events: OutputEvent[]) => Promise<void>,
  ): Promise<number> => {
    let moved = 0
    for (const fd of ['out', 'err'] as const) {
      const bytes = readSync(spools[fd], spools.buffer, 0, READ_BYTES, offsets[fd])
      if (bytes === 0) continue
      offsets[fd] += bytes
      moved += bytes
      await tell(streams[fd].push(spools.buffer.subarray(0, bytes)))
    }
    // A flood of which nothing is kept any more is told to nobody: keys and timers have their turn here.
    if (moved > 0) await turn()
    return moved
  }

  const reportAll = async (events: readonly OutputEvent[]): Promise<void> => {
    for (const event of events) await report(event)
  }

  /** Tells what waits in the streams once it has waited long enough. */
  const flushing = (streams: Streams, tell: (events: OutputEvent[]) => Promise<void>) => {
    let since: number | null = null
    return async (now: number): Promise<void> => {
      since = streams.out.waiting || streams.err.waiting ? (since ?? now) : null
      if (since === null || now - since < COALESCE_MS) return
      since = null
      await tell([...streams.out.flush(), ...streams.err.flush()])
    }
  }

  const endOf = (streams: Streams, status: Status, unread = NOTHING, isOver = false) => {
    const ends = (['out', 'err'] as const).map(fd =>
      streams[fd].end(status.lost[fd] + unread[fd], !isOver && !status.closed.has(fd)),
    )
    return { events: ends.flatMap(({ events }) => events), streams: ends.map(({ end }) => end) }
  }

  const follow = async (spools: Spools, streams: Streams, isUnread: boolean): Promise<Followed | null> => {
    const flush = flushing(streams, reportAll)
    let lookMs = SHORTEST_LOOK_MS
    let endedSince: number | null = null
    let cut: Record<'out' | 'err', number> | null = null
    let movedAt = performance.now()
    for (;;) {
      // The status is read before the spools: what the script wrote before it ended is in them by then.
      const { status, gone } = supervisor.look()
      const moved = isUnread ? 0 : await pump(spools, streams, reportAll)
      if (disposed) return null
      const now = performance.now()
      if (moved > 0) movedAt = now
      await flush(now)
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
        if (isHeld || (mayFinish && now - endedSince >= END_LIMIT_MS)) cut = sizesOf(spools)
        else if (mayFinish) movedAt = now
      }
      const isCut = cut !== null && offsets.out >= cut.out && offsets.err >= cut.err
      const isOver = hasEnded && (isWhole || isCut || (isUnread && cut !== null))
      if (isOver) {
        const { events, streams: ends } = endOf(streams, status, isUnread ? unreadOf(spools) : NOTHING)
        await reportAll(events)
        return { ending: status.ending, streams: ends, status }
      }
      if (moved > 0) {
        lookMs = SHORTEST_LOOK_MS
        continue
      }
      await bell.rest(lookMs)
      lookMs = Math.min(lookMs * 1.5, LONGEST_LOOK_MS)
    }
  }

  const followLate = async (
    spools: Spools,
    streams: Streams,
    untilBytes: number,
  ): ReturnType<Follower['followLate']> => {
    const tell = async (events: readonly OutputEvent[]): Promise<void> => {
      untold.push(...events)
      for (let event = untold[0]; event !== undefined && !leaving; event = untold[0]) {
        // Whoever calls `leave` may be the one that would take this report next: it is in the result then.
        await Promise.race([report(event), left.promise])
        if (!leaving) untold.shift()
      }
    }
    const flush = flushing(streams, tell)
    let isFull = false
    for (;;) {
      const { status } = supervisor.look()
      const moved = isFull ? 0 : await pump(spools, streams, tell)
      if (disposed) return null
      await flush(performance.now())
      if (!isFull && streams.out.bytes + streams.err.bytes >= untilBytes) {
        isFull = true
        letGo(claim)
      }
      if (leaving || (isClosed(status) && moved === 0)) {
        if (leaving) letGo(claim)
        const why = isClosed(status) ? ('closed' as const) : ('left' as const)
        const { events, streams: ends } = endOf(streams, status, unreadOf(spools), true)
        return { why, events: [...untold, ...events], streams: ends }
      }
      if (moved === 0) await bell.rest(streams.out.waiting || streams.err.waiting ? COALESCE_MS : LONGEST_LATE_LOOK_MS)
    }
  }

  /** What is in the spools and was not read. */
  const unreadOf = (spools: Spools): Record<'out' | 'err', number> => {
    const { out, err } = sizesOf(spools)
    return { out: out - offsets.out, err: err - offsets.err }
  }

  const withSpools = async <T>(work: (spools: Spools) => Promise<T>): Promise<T> => {
    const spools = openSpools(claim)
    try {
      return await work(spools)
    } finally {
      closeSync(spools.out)
      closeSync(spools.err)
    }
  }

  return {
    follow: (streams, isUnread) => withSpools(spools => follow(spools, streams, isUnread)),
    followLate: (streams, untilBytes) =>
      withSpools(spools => followLate(spools, streams, untilBytes)).finally(bell.close),
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

/** Nobody holds the pipes any more. */
function isClosed({ closed }: Status): boolean {
  return closed.size === 2
}

/**
 * Ends the copiers: what still comes is counted by the shell that started them, and thrown away. Whoever holds the pipes can go on
 * writing: without a reader it would be killed.
 */
export function letGo(claim: string): void {
  for (const copier of Object.values(readStatus(claim).copiers)) {
    if (copier === null || !isAlive(copier)) continue
    try {
      process.kill(copier.pid, 'SIGTERM')
    } catch {
      // It ended between the two looks.
    }
  }
}

/** Whether a process that the script started is still there, and may hold its pipes. */
function isGroupLeft({ block }: Status): boolean {
  return block !== null && hasMembers(block.pid)
}

/** Rests until something in a folder changes, or the time is over. */
function openBell(folder: string): { rest(ms: number): Promise<void>; ring(): void; close(): void } {
  let rung = false
  let wake: (() => void) | null = null
  const ring = (): void => {
    rung = true
    wake?.()
  }
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(folder, { persistent: false }, ring)
    watcher.on('error', () => undefined)
  } catch {
    // The system has no more watches to give: the looks alone find every change, only later.
  }
  return {
    ring,
    rest: ms =>
      new Promise(resolve => {
        const done = (): void => {
          clearTimeout(timer)
          wake = null
          rung = false
          resolve()
        }
        const timer = setTimeout(done, rung ? 0 : ms)
        if (!rung) wake = done
      }),
    close: () => watcher?.close(),
  }
}

/** Reads the status, and now and then whether the supervisor that writes it is still there. */
function watchSupervisor(claim: string): { look(): { readonly status: Status; readonly gone: boolean } } {
  const since = performance.now()
  let nextLook = since + LIFE_LOOK_MS
  let gone = false
  return {
    look() {
      const now = performance.now()
      if (!gone && now >= nextLook) {
        nextLook = now + LIFE_LOOK_MS
        const seen = readSupervisor(claim)
        gone = seen === null ? now - since > START_LIMIT_MS : !isAlive(seen)
      }
      // Read after the look: what it wrote as its last is in there.
      return { status: readStatus(claim), gone }
    },
  }
}

/** Open files, and room for what is read of them. */
interface Spools {
  readonly out: number
  readonly err: number
  readonly buffer: Buffer
}

function sizesOf({ out, err }: Spools): Record<'out' | 'err', number> {
  return { out: fstatSync(out).size, err: fstatSync(err).size }
}

function openSpools(claim: string): Spools {
  const out = openSync(join(claim, 'out'), 'r')
  try {
    return { out, err: openSync(join(claim, 'err'), 'r'), buffer: Buffer.allocUnsafe(READ_BYTES) }
  } catch (error) {
    closeSync(out)
    throw error
  }
}
