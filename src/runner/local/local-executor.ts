import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { EventOf } from '../../model/index.ts'
import { createMasker } from '../masker.ts'
import type { Executor, LateEvent, ScriptReport } from '../ports.ts'
import { checkScript, shellMissing } from './check-script.ts'
import {
  claimPath,
  type Ending,
  inspectClaim,
  type OrderName,
  readRecord,
  readStatus,
  readStops,
  removeClaim,
  type Stop,
  stateUnwritable,
} from './claim.ts'
import { claimOrder, isFresh, secretNames } from './claim-order.ts'
import { type Followed, type Follower, letGo, openFollower } from './follower.ts'
import { type Late, openLate } from './late-output.ts'
import { createLauncher } from './launcher.ts'
import { findLeftBehind } from './left-behind.ts'
import { openOutputStream, type StreamEnd } from './output-stream.ts'
import { readPlace, readProcessStart } from './process-identity.ts'
import { inheritedEnvironment, scriptEnvironment } from './script-environment.ts'
import { SESSION_MORE } from './session-script.ts'
import type { SessionState } from './session-state.ts'
import { keepSession, readOrigin, readSession } from './session-store.ts'
import { stopGroup } from './stopper.ts'
import { SUPERVISOR_SCRIPT } from './supervisor-script.ts'

export interface LocalExecutorOptions {
  /** Folder of this run's claims, spools and sessions; made with mode 0700. Absolute. */
  readonly stateDir: string
  /** What scripts inherit. */
  readonly environment: Readonly<Record<string, string>>
  /** How much of the start of each stream is kept. Default 16 MiB. */
  readonly keepBytes?: number
  /** How much of each stream reaches the disk at most; what follows is counted as lost. Default 8 GiB. */
  readonly spoolBytes?: number
  /** How much late output of each script is kept. Default 1 MiB. */
  readonly lateBytes?: number
  /** How long a signal may take to work before the next one. Default 5 s. */
  readonly graceMs?: number
}

export interface LocalExecutor extends Executor {
  /** Stops following and forgets its timers. Scripts go on; `run` and `attach` resolve without `ended`. */
  dispose(): void
}

/** How often a launcher that was killed is started anew for one order. */
const MOST_LAUNCHERS = 3

/** A script that is being followed. */
interface Active {
  readonly follower: Follower
  /** Reports one at a time, in the order in which they were made. */
  readonly tell: (report: ScriptReport) => Promise<void>
  /** Stops that are under way. */
  stops: number
}

const FDS = ['out', 'err'] as const

/**
 * Runs scripts on this machine, each under a small supervisor that outlives Signoff: what was started is found again by its
 * claim folder. `sh` and `zsh` scripts start with the folder, umask and exported variables that the bash blocks before them
 * left, and leave nothing behind.
 *
 * @throws {SignoffError} `STATE_UNWRITABLE`.
 */
export function createLocalExecutor(options: LocalExecutorOptions): LocalExecutor {
  const { stateDir, environment } = options
  const keepBytes = options.keepBytes ?? 16 * 1024 * 1024
  const spoolBytes = options.spoolBytes ?? 8 * 1024 ** 3
  const lateBytes = options.lateBytes ?? 1024 * 1024
  const graceMs = options.graceMs ?? 5000
  const place = readPlace()
  const madeInBoot = prepareStateDir(stateDir, place.bootId)
  const masker = createMasker()
  const secrets = new Map<string, string>()
  const active = new Map<string, Active>()
  const late = new Map<string, Late>()
  const launcher = createLauncher(join(stateDir, 'supervisor.bash'), inheritedEnvironment(environment))

  const follow = async (
    order: OrderName,
    recorded: Readonly<Record<'out' | 'err', number>>,
    report: (report: ScriptReport) => Promise<void>,
    unread: Readonly<Record<'out' | 'err', string>> | null = null,
  ): Promise<void> => {
    const claim = claimPath(stateDir, order)
    const record = readRecord(claim)
    const maskers = { out: masker.stream(), err: masker.stream() }
    const streams = eachStream(fd =>
      openOutputStream({ ...nameOf(order), fd, masker: maskers[fd], keepBytes, recorded: recorded[fd] }),
    )
    const tell = oneAtATime(report)
    const follower = openFollower({
      claim,
      report: event => tell(event.kind === 'output' ? { kind: 'output', event } : { kind: 'late', event }),
      isStopping: () => current.stops > 0,
    })
    const current: Active = { follower, tell, stops: 0 }
    active.set(order.id, current)
    const limit = armLimit(claim, record?.timeoutMs ?? null, () => stop(order, 'escalate', 'time-limit', null))
    let isLate = false
    try {
      const followed = await follower.follow(streams, unread !== null)
      if (followed === null) return
      const state = record?.carries === true ? keepSession(stateDir, record, claim) : 'none'
      const stops = readStops(claim)
      for (const sent of stops.filter(({ sender }) => sender === 'supervisor'))
        await tell({ kind: 'stopping', event: stopEvent(order, sent) })
      const leftBehind = leftEvent(order, followed, state)
      if (leftBehind !== null) await tell({ kind: 'left', event: leftBehind })
      isLate = (leftBehind?.open.length ?? 0) > 0
      // Before the end is told: whoever takes it may end the run, and with it all that is late.
      if (isLate) {
        const lateStreams = eachStream(fd =>
          openOutputStream({
            ...nameOf(order),
            fd,
            masker: maskers[fd],
            keepBytes: lateBytes,
            recorded: 0,
            kind: 'output.late',
            from: streams[fd].bytes,
            at: streams[fd].bytes,
            maskedBefore: maskers[fd].masked,
          }),
        )
        const untilBytes = streams.out.bytes + streams.err.bytes + lateBytes
        late.set(
          order.id,
          openLate(order, follower, lateStreams, untilBytes, tell, isForgotten => lateOver(order, isForgotten)),
        )
      }
      const end: EventOf<'output.end'> = {
        kind: 'output.end',
        ...nameOf(order),
        streams: unread === null ? [...followed.streams] : unreadEnds(followed, recorded, unread),
      }
      await tell({ kind: 'ended', end, ...outcomeOf(followed.ending, stops[0] ?? null) })
      late.get(order.id)?.begin()
    } finally {
      clearTimeout(limit)
      if (!isLate) follower.dispose()
      if (active.get(order.id) === current) active.delete(order.id)
    }
  }

  /** What a script left, where there is something to say of it. */
  const leftEvent = (
    order: OrderName,
    { ending, status }: Followed,
    state: SessionState | null | 'none',
  ): EventOf<'step.left'> | null => {
    const open = FDS.filter(fd => !status.closed.has(fd))
    const processes = findLeftBehind(order, status.block, ending?.ms ?? Number.POSITIVE_INFINITY).map(
      ({ pid, name, command, escaped }) => ({ pid, name: masker.mask(name), command: masker.mask(command), escaped }),
    )
    const left = state === null || state === 'none' ? { jobs: [], descriptors: [] } : state
    const jobs = left.jobs.filter(pid => readProcessStart(pid) !== null)
    const isWorthSaying = state === null || [jobs, left.descriptors, open, processes].some(list => list.length > 0)
    if (!isWorthSaying) return null
    const what = state === 'none' ? 'none' : state === null ? 'before' : 'kept'
    const { descriptors } = left
    return { kind: 'step.left', ...nameOf(order), state: what, jobs, descriptors: [...descriptors], open, processes }
  }

  const lateOver = (order: OrderName, isForgotten: boolean): void => {
    late.delete(order.id)
    if (isForgotten) removeClaim(claimPath(stateDir, order))
  }

  const stop = async (
    order: Pick<OrderName, 'id'>,
    signal: Parameters<Executor['stop']>[1],
    why: Stop['why'],
    by: string | null,
  ): Promise<void> => {
    const followed = active.get(order.id)
    const tell = async (sent: Stop): Promise<void> => {
      await followed?.tell({ kind: 'stopping', event: stopEvent(nameFromId(order.id), sent) })
    }
    if (followed !== undefined) followed.stops++
    try {
      await stopGroup(claimPath(stateDir, order), signal, { why, by }, graceMs, tell)
    } finally {
      if (followed !== undefined) followed.stops--
    }
  }

  return {
    describe(order) {
      const session = readSession(stateDir, order.session)
      const before = readOrigin(stateDir, order.session) ?? session
      const given = scriptEnvironment(order, environment, secrets)
      const secret = secretNames(order, given, secrets)
      const known = before.state === null ? null : new Set(before.state.exported)
      const names = Object.keys(given).filter(name => known === null || isFresh(name, secret, given, before.given))
      return {
        shell: order.interpreter?.join(' ') ?? order.shell,
        cwd: session.state?.cwd ?? order.cwd,
        env: [...new Set([...names, ...(known ?? [])])].sort(),
      }
    },

    check: order =>
      checkScript(order, scriptEnvironment(order, environment, new Map()), launcher, join(stateDir, 'checked')),

    async run(order, report) {
      const claim = claimPath(stateDir, order)
      if (inspectClaim(claim, place).kind !== 'absent') return follow(order, { out: 0, err: 0 }, report)
      for (let tries = 1; ; tries++) {
        const words = claimOrder(stateDir, order, { environment, secrets, place, graceMs, spoolBytes })
        if (words === null) break
        const isTaken = await launcher.start(words).catch(error => {
          removeClaim(claim)
          throw error
        })
        // Whoever killed the launcher may have done so before it forked; then nobody ever will, and the claim is made again.
        if (isTaken || inspectClaim(claim, place).kind !== 'absent') break
        if (tries === MOST_LAUNCHERS) throw shellMissing('bash', new Error('it ended before it took an order'))
      }
      return follow(order, { out: 0, err: 0 }, report)
    },

    async find(order) {
      const state = inspectClaim(claimPath(stateDir, order), place)
      // A power cut may take away a claim that was made: an empty place proves nothing about an earlier boot.
      if (state.kind === 'absent') return madeInBoot === place.bootId ? 'absent' : 'lost'
      return state.kind === 'starting' ? 'running' : state.kind
    },

    async attach(order, recorded, report, unread = null) {
      if (!existsSync(claimPath(stateDir, order))) throw stateUnwritable(new Error(`${order.id} has no claim`))
      return follow(order, recorded, report, unread)
    },

    attachLate(order, recorded, report) {
      const claim = claimPath(stateDir, order)
      if (!existsSync(claim)) return false
      const streams = eachStream(fd =>
        openOutputStream({
          ...nameOf(order),
          fd,
          masker: masker.stream(),
          keepBytes: lateBytes,
          recorded: recorded[fd].at,
          kind: 'output.late',
          from: recorded[fd].from,
          maskedBefore: recorded[fd].masked,
        }),
      )
      const tell = oneAtATime(report)
      const follower = openFollower({
        claim,
        report: async event => {
          if (event.kind === 'output.late') await tell({ kind: 'late', event })
        },
        isStopping: () => false,
      })
      const untilBytes = recorded.out.from + recorded.err.from + lateBytes
      const found = openLate(order, follower, streams, untilBytes, tell, isForgotten => lateOver(order, isForgotten))
      late.set(order.id, found)
      found.forget()
      found.begin()
      return true
    },

    async leave() {
      const events: LateEvent[] = []
      for (const one of [...late.values()]) events.push(...(await one.leave()))
      // Also those that nobody follows: what an earlier process left, and what may not be read.
      const followed = new Set([...active.keys()].map(id => claimPath(stateDir, { id })))
      for (const name of readdirSync(join(stateDir, 'claims'))) {
        const claim = join(stateDir, 'claims', name)
        if (!followed.has(claim) && readStatus(claim).ending !== null) letGo(claim)
      }
      return events
    },

    stop: (id, signal, by) => stop({ id }, signal, 'person', by),

    keepSecret(name, value) {
      secrets.set(name, value)
      masker.add(value)
    },

    mask: text => masker.mask(text),

    async forget(id) {
      const held = late.get(id)
      if (held === undefined) removeClaim(claimPath(stateDir, { id }))
      else held.forget()
    },

    dispose() {
      for (const { follower } of active.values()) follower.dispose()
      for (const { dispose } of late.values()) dispose()
      launcher.close()
    },
  }
}

/** Makes the folders and the supervisor's file. Returns the boot in which the folder was made. */
function prepareStateDir(stateDir: string, bootId: string): string {
  try {
    for (const folder of [stateDir, join(stateDir, 'claims'), join(stateDir, 'sessions')]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      chmodSync(folder, 0o700)
    }
    for (const [name, text] of Object.entries({ 'supervisor.bash': SUPERVISOR_SCRIPT, 'session.bash': SESSION_MORE }))
      if (readOrNull(join(stateDir, name)) !== text) writeWhole(join(stateDir, name), text)
    const boot = join(stateDir, 'boot')
    const known = readOrNull(boot)
    if (known !== null && known !== '') return known
    writeWhole(boot, bootId)
    return bootId
  } catch (error) {
    throw stateUnwritable(error)
  }
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

function readOrNull(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

/** Arms the limit as it stands since the script was started, be it by an earlier process. */
function armLimit(claim: string, timeoutMs: number | null, expire: () => Promise<void>): NodeJS.Timeout | undefined {
  if (timeoutMs === null || readStatus(claim).ending !== null) return undefined
  const startedAtMs = statSync(join(claim, 'order.json')).mtimeMs
  const leftMs = Math.max(0, Math.min(timeoutMs, startedAtMs + timeoutMs - Date.now()))
  // The supervisor holds the limit too, so a longer wait than a timer can take is left to it.
  return leftMs > 2 ** 31 - 1 ? undefined : setTimeout(() => void expire(), leftMs)
}

function outcomeOf(
  ending: Ending | null,
  stop: Stop | null,
): Pick<Extract<ScriptReport, { kind: 'ended' }>, 'outcome' | 'exit' | 'signal' | 'ms'> {
  if (ending === null) return { outcome: 'unknown', exit: null, signal: null, ms: 0 }
  const exit = ending.signalled ? null : ending.code
  const signal = ending.signalled ? signalName(ending.code - 128) : null
  const outcome =
    stop === null ? (ending.signalled ? 'signalled' : 'exited') : stop.why === 'person' ? 'cancelled' : 'timed-out'
  return { outcome, exit, signal, ms: ending.ms }
}

function signalName(code: number): string {
  const known = Object.entries(constants.signals).find(([, value]) => value === code)
  return known?.[0] ?? `SIG${code}`
}

/** The streams of a script whose spools nobody may read: what is on record, and how much is not. */
function unreadEnds(
  followed: Followed,
  recorded: Readonly<Record<'out' | 'err', number>>,
  sha256: Readonly<Record<'out' | 'err', string>>,
): StreamEnd[] {
  return FDS.map((fd, index) => {
    const lost = Math.max(0, (followed.streams[index]?.lost ?? 0) - recorded[fd])
    return { fd, bytes: recorded[fd], sha256: sha256[fd], kept: recorded[fd], masked: 0, lost }
  })
}

function eachStream<T>(make: (fd: 'out' | 'err') => T): Record<'out' | 'err', T> {
  return { out: make('out'), err: make('err') }
}

function stopEvent(order: Pick<OrderName, 'step' | 'attempt'>, stop: Stop): EventOf<'step.stop'> {
  return { kind: 'step.stop', ...nameOf(order), signal: stop.signal, why: stop.why, by: stop.by }
}

function nameOf({ step, attempt }: Pick<OrderName, 'step' | 'attempt'>): Pick<OrderName, 'step' | 'attempt'> {
  return { step, attempt }
}

/** Ids are `run:step:attempt`; a run is a UUID, and a step may hold colons. */
function nameFromId(id: string): Pick<OrderName, 'step' | 'attempt'> {
  const parts = id.split(':')
  return { step: parts.slice(1, -1).join(':'), attempt: Number(parts.at(-1)) }
}

function oneAtATime(report: (report: ScriptReport) => Promise<void>): (report: ScriptReport) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return next => {
    const told = last.then(() => report(next))
    // Each caller sees its own failure; the next report is made all the same.
    last = told.catch(() => undefined)
    return told
  }
}
