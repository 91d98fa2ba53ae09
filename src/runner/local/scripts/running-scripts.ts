import { statSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import type { EventOf } from '../../../model/index.ts'
import type { Executor, RecordedBytes } from '../../ports.ts'
import type { Masker } from '../../scripts/masker.ts'
import { claimPath, readRecord, readStatus, readStops, type SeenProcess, type Stop } from '../claims/claim.ts'
import { nameFromId, nameOf, type OrderName } from '../claims/order-name.ts'
import { stopGroup } from '../claims/stopper.ts'
import { type Tell, tellInOrder } from '../claims/tell-in-order.ts'
import { type Follower, openFollower } from '../output/follower.ts'
import type { LateScripts } from '../output/late-scripts.ts'
import { openOutputStream } from '../output/output-stream.ts'
import { eachStream } from '../output/spools.ts'
import type { Sessions } from '../session/session-store.ts'
import { leftEvent } from './left-event.ts'
import { type Digests, outcomeOf, streamsOf, unreadEnds } from './script-end.ts'
import type { TerminalSession } from './terminal-session.ts'

/** The scripts that are being followed. */
export interface RunningScripts {
  /** Follows a script from its claim until its end was taken by `report`. Resolves without an end once it was disposed. */
  follow(
    order: OrderName,
    recorded: RecordedBytes,
    report: Tell,
    how?: {
      /** Set where its output may not be read: digests of what is on record. */
      readonly unread?: Digests | null
      /** Set while it has the person's terminal. */
      readonly session?: TerminalSession | null
    },
  ): Promise<void>
  /** Stops the group of a script, followed or not; each signal is told before it is sent. */
  stop(id: string, signal: Parameters<Executor['stop']>[1], reason: Pick<Stop, 'why' | 'by'>): Promise<void>
  /** The orders that are followed now. */
  ids(): readonly string[]
  dispose(): void
}

/** A script that is being followed. */
interface Active {
  readonly follower: Follower
  readonly tell: Tell
  /** Stops that are under way. */
  stops: number
  readonly session: TerminalSession | null
}

export function createRunningScripts(options: {
  readonly stateDir: string
  readonly sessions: Sessions
  readonly masker: Masker
  readonly late: LateScripts
  /** How much of the start of each stream is kept. */
  readonly keepBytes: number
  /** How long a signal may take to work before the next one. */
  readonly graceMs: number
}): RunningScripts {
  const { stateDir, sessions, masker, late, keepBytes, graceMs } = options
  const active = new Map<string, Active>()

  const stop: RunningScripts['stop'] = async (id, signal, reason) => {
    const followed = active.get(id)
    const tell = async (sent: Stop): Promise<void> => {
      await followed?.tell({ kind: 'stopping', event: stopEvent(nameFromId(id), sent) })
    }
    if (followed !== undefined) followed.stops++
    try {
      await stopGroup(claimPath(stateDir, { id }), signal, reason, graceMs, tell)
    } finally {
      if (followed !== undefined) followed.stops--
    }
  }

  return {
    async follow(order, recorded, report, { unread = null, session = null } = {}) {
      const claim = claimPath(stateDir, order)
      const record = readRecord(claim)
      const maskers = { out: masker.stream(), err: masker.stream() }
      const streams = eachStream(spool => {
        // What a terminal showed is one stream, and lies in the first spool; the other one stays empty.
        const fd = spool === 'out' && record?.terminal !== undefined ? 'pty' : spool
        const masked = maskers[spool]
        return openOutputStream({ ...nameOf(order), fd, masker: masked, keepBytes, recorded: recorded[fd] ?? 0 })
      })
      const tell = tellInOrder(report)
      const follower = openFollower({
        claim,
        report: event => tell(event.kind === 'output' ? { kind: 'output', event } : { kind: 'late', event }),
        pass: event => tell({ kind: 'passing', event }),
        isStopping: () => current.stops > 0 || session?.draining === true,
      })
      const current: Active = { follower, tell, stops: 0, session }
      active.set(order.id, current)
      const limit = armLimit(claim, record?.timeoutMs ?? null, () =>
        stop(order.id, 'escalate', { why: 'time-limit', by: null }),
      )
      let isLate = false
      try {
        const followed = await follower.follow(streams, unread !== null)
        if (followed === null) return
        const state = record?.carries === true ? sessions.keep(record, claim) : 'none'
        const stops = readStops(claim)
        for (const sent of stops.filter(({ sender }) => sender === 'supervisor'))
          await tell({ kind: 'stopping', event: stopEvent(order, sent) })
        const left = leftEvent(stateDir, order, followed, state, text => masker.mask(text))
        if (left !== null) await tell({ kind: 'left', event: left })
        isLate = (left?.open.length ?? 0) > 0 && record?.terminal === undefined
        // Before the end is told: whoever takes it may end the run, and with it all that is late.
        if (isLate) late.expect(order, follower, streams, maskers, tell)
        if (session !== null) await whileAlive(session.over)
        const ends = unread === null ? followed.streams : unreadEnds(followed.streams, recorded, unread)
        const ended = streamsOf(ends, record?.terminal, session?.lost ?? 0)
        const end: EventOf<'output.end'> = { kind: 'output.end', ...nameOf(order), streams: ended }
        await tell({ kind: 'ended', end, ...outcomeOf(followed.ending, stops[0] ?? null) })
        if (isLate) late.begin(order.id)
      } finally {
        clearTimeout(limit)
        // Also where nobody takes its output any more, as behind a signal: a terminal that stays open would keep this process for ever.
        session?.dispose()
        if (!isLate) follower.dispose()
        if (active.get(order.id) === current) active.delete(order.id)
      }
    },

    stop,

    ids: () => [...active.keys()],

    dispose() {
      for (const { follower, session } of active.values()) {
        follower.dispose()
        session?.dispose()
      }
    },
  }
}

/** Arms the limit as it stands since the script was started, be it by an earlier process. */
function armLimit(claim: string, timeoutMs: number | null, expire: () => Promise<void>): NodeJS.Timeout | undefined {
  if (timeoutMs === null) return undefined
  const { block, ending } = readStatus(claim)
  if (ending !== null) return undefined
  const leftMs = Math.max(0, timeoutMs - Math.max(0, runningForMs(claim, block)))
  // The supervisor holds the limit too, so a longer wait than a timer can take is left to it.
  return leftMs > 2 ** 31 - 1 ? undefined : setTimeout(() => void expire(), leftMs)
}

/** Linux counts the start of a process in hundredths of a second since the machine started. */
const MS_OF_TICK = 10

/** By the clock that does not jump, where the process is known: a wall clock that is set forward stops no script. */
function runningForMs(claim: string, block: SeenProcess | null): number {
  const ticks = Number(block?.start ?? Number.NaN)
  return process.platform === 'linux' && Number.isFinite(ticks)
    ? uptime() * 1000 - ticks * MS_OF_TICK
    : Date.now() - statSync(join(claim, 'order.json')).mtimeMs
}

/** Waits for something that does not itself keep the process alive. */
async function whileAlive(work: Promise<void>): Promise<void> {
  const alive = setInterval(() => undefined, 1000)
  try {
    await work
  } finally {
    clearInterval(alive)
  }
}

function stopEvent(order: Pick<OrderName, 'step' | 'attempt'>, stop: Stop): EventOf<'step.stop'> {
  return { kind: 'step.stop', ...nameOf(order), signal: stop.signal, why: stop.why, by: stop.by }
}
