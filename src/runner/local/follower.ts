import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScriptReport } from '../ports.ts'
import { type Ending, isAlive, readStatus, readSupervisor, type Status } from './claim.ts'
import type { OutputStream, StreamEnd } from './output-stream.ts'
import { hasMembers } from './process-identity.ts'

const READ_BYTES = 262_144
/** Output waits at most this long for more of it before it becomes an event. */
const COALESCE_MS = 50
const SHORTEST_LOOK_MS = 1
const LONGEST_LOOK_MS = 25
/** Looking whether the supervisor lives costs more than looking at its files. */
const LIFE_LOOK_MS = 250
/** A supervisor that has taken its claim says who it is within milliseconds; longer than this, and it died before it could. */
const START_LIMIT_MS = 10_000
/** After the block has ended, a child of it may hold the pipes: late output is taken until it pauses this long .. */
const LATE_QUIET_MS = 100
/** .. and nobody waits for it longer than this. */
const LATE_LIMIT_MS = 500
/** Where no process of the script is left, the end of its pipes is waited for this long: one that left its group may hold them. */
const END_LIMIT_MS = 3000

export interface Followed {
  /** Null if the supervisor died before it could say how the script ended. */
  readonly ending: Ending | null
  readonly streams: readonly StreamEnd[]
}

export interface Follower {
  /** Reads until the script has ended and its streams are drained. Rejects when `report` does. Null once it was disposed. */
  follow(): Promise<Followed | null>
  /** Looks at once, because the supervisor is known to have gone. */
  supervisorGone(): void
  /** Stops following, whatever the script does. */
  dispose(): void
}

/**
 * Follows the spools of one claim and reports what they hold. The next bytes are read when `report` has taken the ones before,
 * so that a slow taker costs time and disk, never memory.
 */
export function openFollower(options: {
  readonly claim: string
  readonly streams: Readonly<Record<'out' | 'err', OutputStream>>
  readonly report: (report: ScriptReport) => Promise<void>
  /** True while the rest of its process group is being stopped: its last words are waited for. */
  readonly isStopping: () => boolean
}): Follower {
  const { claim, streams, report, isStopping } = options
  const supervisor = watchSupervisor(claim)
  let disposed = false
  let woken = false
  let rest: (() => void) | null = null
  const wake = (): void => {
    woken = true
    rest?.()
  }

  const pause = (ms: number): Promise<void> => {
    if (woken || disposed) {
      woken = false
      return Promise.resolve()
    }
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        rest = null
        woken = false
        resolve()
      }
      const timer = setTimeout(done, ms)
      rest = done
    })
  }

  const reportAll = async (events: ReturnType<OutputStream['flush']>): Promise<void> => {
    for (const event of events) await report({ kind: 'output', event })
  }

  const follow = async (): Promise<Followed | null> => {
    const spools = await openSpools(claim)
    const buffer = Buffer.allocUnsafe(READ_BYTES)
    const offsets = { out: 0, err: 0 }
    const pump = async (fd: 'out' | 'err'): Promise<number> => {
      const { bytesRead } = await spools[fd].read(buffer, 0, READ_BYTES, offsets[fd])
      if (bytesRead === 0) return 0
      offsets[fd] += bytesRead
      await reportAll(streams[fd].push(buffer.subarray(0, bytesRead)))
      return bytesRead
    }
    try {
      let lookMs = SHORTEST_LOOK_MS
      let waitingSince: number | null = null
      let endedSince: number | null = null
      let movedAt = performance.now()
      for (;;) {
        // The status is read before the spools: what the script wrote before it ended is in them by then.
        const seen = supervisor.look()
        const moved = (await pump('out')) + (await pump('err'))
        if (disposed) return null
        const now = performance.now()
        if (moved > 0) movedAt = now
        const waits = streams.out.waiting || streams.err.waiting
        waitingSince = waits ? (waitingSince ?? now) : null
        if (waitingSince !== null && now - waitingSince >= COALESCE_MS) {
          await reportAll(streams.out.flush())
          await reportAll(streams.err.flush())
          waitingSince = null
        }
        if (seen.status.drained && moved === 0 && !isStopping()) return await finish(seen.status)
        if (seen.status.ending !== null || seen.gone) {
          endedSince ??= now
          const isQuiet = now - Math.max(movedAt, endedSince) >= LATE_QUIET_MS
          const mayFinish = !isStopping() && (isQuiet || now - endedSince >= LATE_LIMIT_MS)
          // With nobody of the script left to hold the pipes their end is on its way: a busy machine only takes longer
          // to bring it, and what has not arrived yet is output like any other.
          const isHeld = mayFinish && (seen.gone || isGroupLeft(seen.status))
          if (mayFinish && (isHeld || now - endedSince >= END_LIMIT_MS)) return await finish(seen.status)
          if (mayFinish) movedAt = now
        }
        if (moved > 0) {
          lookMs = SHORTEST_LOOK_MS
          continue
        }
        await pause(lookMs)
        lookMs = Math.min(lookMs * 1.5, LONGEST_LOOK_MS)
      }
    } finally {
      await spools.out.close()
      await spools.err.close()
    }
  }

  const finish = async (status: Status): Promise<Followed> => {
    const ends: StreamEnd[] = []
    for (const fd of ['out', 'err'] as const) {
      const { events, end } = streams[fd].end(status.lost[fd])
      await reportAll(events)
      ends.push(end)
    }
    return { ending: status.ending, streams: ends }
  }

  return {
    follow,
    supervisorGone() {
      supervisor.gone()
      wake()
    },
    dispose() {
      disposed = true
      rest?.()
    },
  }
}

/** Whether a process that the script started is still there, and may hold its pipes. */
function isGroupLeft({ block }: Status): boolean {
  return block !== null && hasMembers(block.pid)
}

/** Reads the status, and now and then whether the supervisor that writes it is still there. */
function watchSupervisor(claim: string): {
  look(): { readonly status: Status; readonly gone: boolean }
  gone(): void
} {
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
    gone() {
      gone = true
    },
  }
}

async function openSpools(claim: string): Promise<Record<'out' | 'err', FileHandle>> {
  const out = await open(join(claim, 'out'), 'r')
  try {
    return { out, err: await open(join(claim, 'err'), 'r') }
  } catch (error) {
    await out.close()
    throw error
  }
}
