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
import type { Described, Executor, LateEvent, RecordedBytes, ScriptOrder, ScriptReport } from '../ports.ts'
import { checkScript, shellMissing } from './check-script.ts'
import {
  claimPath,
  type Ending,
  inspectClaim,
  type OrderName,
  readRecord,
  readStatus,
  readStops,
  readSupervisor,
  removeClaim,
  type Stop,
  stateUnwritable,
} from './claim.ts'
import { type Claimed, claimOrder, isFresh, secretNames } from './claim-order.ts'
import { type Followed, type Follower, letGo, openFollower } from './follower.ts'
import { type Late, openLate } from './late-output.ts'
import { createLauncher } from './launcher.ts'
import { findLeftBehind } from './left-behind.ts'
import { openOutputStream, type StreamEnd } from './output-stream.ts'
import type { PersonsTerminal } from './persons-terminal.ts'
import { readPlace, readProcessStart } from './process-identity.ts'
import { type LoadPty, loadPty } from './pty-pair.ts'
import { inheritedEnvironment, scriptEnvironment } from './script-environment.ts'
import { SESSION_MORE } from './session-script.ts'
import type { SessionState } from './session-state.ts'
import { keepSession, readOrigin, readSession, startOf } from './session-store.ts'
import { stopGroup } from './stopper.ts'
import { SUPERVISOR_SCRIPT } from './supervisor-script.ts'
import { startInTerminal, type TerminalSession } from './terminal-session.ts'
import { TERMINAL_SUPERVISOR_SCRIPT } from './terminal-supervisor-script.ts'

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
  /** What scripts that ask or draw are lent. Default: none, and such a script cannot be run. */
  readonly terminal?: PersonsTerminal | null
  /** Where pseudo-terminals come from. Default: the optional package. */
  readonly loadPty?: LoadPty
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
  /** Set while it has the person's terminal. */
  readonly session: TerminalSession | null
}

const FDS = ['out', 'err'] as const

/** Digests by stream. */
type Digests = Readonly<Partial<Record<StreamEnd['fd'], string>>>

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
  const terminal = options.terminal ?? null
  const pty = loadedOnce(options.loadPty ?? loadPty)
  const place = readPlace()
  const madeInBoot = prepareStateDir(stateDir, place.bootId)
  const masker = createMasker()
  const secrets = new Map<string, string>()
  const active = new Map<string, Active>()
  const late = new Map<string, Late>()
  /** Orders that are being handed over: a stop that comes meanwhile is for a script that nobody follows yet. */
  const starting = new Map<string, Promise<unknown>>()
  const launcher = createLauncher(join(stateDir, 'supervisor.bash'), inheritedEnvironment(environment))

  /** Known from the first check of a script that needs a terminal on. */
  let packageOfPty: Awaited<ReturnType<LoadPty>> = { missing: '' }

  /** What the record says of the terminal that a script is to get. */
  const terminalFacts = (order: ScriptOrder): Pick<Described, 'terminal'> => {
    if (order.terminal !== true || terminal === null) return {}
    if ('missing' in packageOfPty) return { terminal: { size: null, unrecorded: packageOfPty.missing } }
    const { columns, rows } = terminal.size()
    return { terminal: { size: [columns, rows], unrecorded: null } }
  }

  const follow = async (
    order: OrderName,
    recorded: RecordedBytes,
    report: (report: ScriptReport) => Promise<void>,
    {
      unread = null,
      session = null,
    }: { readonly unread?: Digests | null; readonly session?: TerminalSession | null } = {},
  ): Promise<void> => {
    const claim = claimPath(stateDir, order)
    const record = readRecord(claim)
    const maskers = { out: masker.stream(), err: masker.stream() }
    // What a terminal showed is one stream, and lies in the first spool; the other one stays empty.
    const nameOfStream = (fd: 'out' | 'err') => (fd === 'out' && record?.terminal !== undefined ? 'pty' : fd)
    const streams = eachStream(spool => {
      const fd = nameOfStream(spool)
      const masked = maskers[spool]
      return openOutputStream({ ...nameOf(order), fd, masker: masked, keepBytes, recorded: recorded[fd] ?? 0 })
    })
    const tell = oneAtATime(report)
    const follower = openFollower({
      claim,
      report: event => tell(event.kind === 'output' ? { kind: 'output', event } : { kind: 'late', event }),
      isStopping: () => current.stops > 0 || session?.draining === true,
    })
    const current: Active = { follower, tell, stops: 0, session }
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
      isLate = (leftBehind?.open.length ?? 0) > 0 && record?.terminal === undefined
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
      if (session !== null) await whileAlive(session.over)
      const ends = unread === null ? [...followed.streams] : unreadEnds(followed, recorded, unread)
      const ended = streamsOf(ends, record?.terminal, session?.lost ?? 0)
      const end: EventOf<'output.end'> = { kind: 'output.end', ...nameOf(order), streams: ended }
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
    const supervisor = readSupervisor(claimPath(stateDir, order))
    const processes = findLeftBehind(order, status.block, ending?.ms ?? Number.POSITIVE_INFINITY, supervisor).map(
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
    await starting.get(order.id)
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

  /** Has an order started; gives the session of one that gets the person's terminal. */
  const handOver = async (
    order: ScriptOrder,
    tell: (report: ScriptReport) => Promise<void>,
  ): Promise<TerminalSession | null> => {
    const claim = claimPath(stateDir, order)
    const recorded = order.terminal ? ('missing' in (await pty()) ? 'unrecorded' : 'recorded') : null
    for (let tries = 1; ; tries++) {
      const settings = { environment, secrets, place, graceMs, spoolBytes, terminal: recorded } as const
      const claimed = claimOrder(stateDir, order, settings)
      if (claimed === null) return null
      const start = order.terminal ? startWithTerminal(order, claimed, tell) : launcher.start(claimed.words)
      const started = await start.catch((error: unknown) => {
        // Nothing was started: the claim may go.
        removeClaim(claim)
        throw error
      })
      if (typeof started !== 'boolean') return started
      // Whoever killed the launcher may have done so before it forked; then nobody ever will, and the claim is made again.
      if (started || inspectClaim(claim, place).kind !== 'absent') return null
      if (tries === MOST_LAUNCHERS) throw shellMissing('bash', new Error('it ended before it took an order'))
    }
  }

  /** A script in the person's terminal: its supervisor is another one, and the spool is written here. */
  const startWithTerminal = async (
    order: ScriptOrder,
    { inTerminal, given }: Claimed,
    tell: (report: ScriptReport) => Promise<void>,
  ): Promise<TerminalSession> => {
    if (terminal === null) throw new Error(`${order.id} needs a terminal`)
    const loaded = await pty()
    return startInTerminal({
      claim: claimPath(stateDir, order),
      step: order.step,
      terminal,
      pty: 'missing' in loaded ? null : loaded,
      script: join(stateDir, 'terminal-supervisor.bash'),
      command: inTerminal,
      environment: given,
      spoolBytes,
      onResize: ({ columns, rows }) => {
        const event = { kind: 'output.resize', ...nameOf(order), cols: columns, rows } as const
        // Refused once the run is no longer driven; the script has its new size all the same.
        tell({ kind: 'resized', event }).catch(() => undefined)
      },
    })
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
        cwd: startOf(order, session),
        env: [...new Set([...names, ...(known ?? [])])].sort(),
        ...terminalFacts(order),
      }
    },

    async check(order) {
      const folder = startOf(order, readSession(stateDir, order.session))
      if (!isFolder(folder)) return `the folder ${folder}, where this block starts, is not there`
      if (order.terminal) packageOfPty = await pty()
      return checkScript(order, scriptEnvironment(order, environment, new Map()), launcher, join(stateDir, 'checked'))
    },

    async run(order, report) {
      if (inspectClaim(claimPath(stateDir, order), place).kind !== 'absent')
        return follow(order, NOTHING_RECORDED, report)
      const tell = oneAtATime(report)
      const begun = Promise.withResolvers<void>()
      starting.set(order.id, begun.promise)
      try {
        const session = await handOver(order, tell)
        // Not awaited here: from now on it is known who is told of a stop.
        return follow(order, NOTHING_RECORDED, tell, { session })
      } finally {
        starting.delete(order.id)
        begun.resolve()
      }
    },

    async find(order) {
      const state = inspectClaim(claimPath(stateDir, order), place)
      // A power cut may take away a claim that was made: an empty place proves nothing about an earlier boot.
      if (state.kind === 'absent') return madeInBoot === place.bootId ? 'absent' : 'lost'
      return state.kind === 'starting' ? 'running' : state.kind
    },

    async attach(order, recorded, report, unread = null) {
      if (!existsSync(claimPath(stateDir, order))) throw stateUnwritable(new Error(`${order.id} has no claim`))
      return follow(order, recorded, report, { unread })
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
      for (const { follower, session } of active.values()) {
        follower.dispose()
        session?.dispose()
      }
      for (const { dispose } of late.values()) dispose()
      launcher.close()
    },
  }
}

const NOTHING_RECORDED: RecordedBytes = { out: 0, err: 0 }

/** Of a terminal there is one stream, or none that anybody could read. */
function streamsOf(
  streams: readonly StreamEnd[],
  terminal: 'recorded' | 'unrecorded' | undefined,
  lost: number,
): StreamEnd[] {
  if (terminal === undefined) return [...streams]
  if (terminal === 'unrecorded') return []
  return streams.filter(({ fd }) => fd === 'pty').map(stream => ({ ...stream, lost: stream.lost + lost }))
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

/** Asks once, when it is asked for the first time. */
function loadedOnce(load: LoadPty): LoadPty {
  let loaded: ReturnType<LoadPty> | null = null
  return () => {
    loaded ??= load()
    return loaded
  }
}

const FILES = {
  'supervisor.bash': SUPERVISOR_SCRIPT,
  'terminal-supervisor.bash': TERMINAL_SUPERVISOR_SCRIPT,
  'session.bash': SESSION_MORE,
} as const

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Makes the folders and the files for bash. Returns the boot in which the folder was made. */
function prepareStateDir(stateDir: string, bootId: string): string {
  try {
    for (const folder of [stateDir, join(stateDir, 'claims'), join(stateDir, 'sessions')]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      chmodSync(folder, 0o700)
    }
    for (const [name, text] of Object.entries(FILES))
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
function unreadEnds(followed: Followed, recorded: RecordedBytes, digests: Digests): StreamEnd[] {
  return followed.streams.map(({ fd, sha256, lost }) => {
    const bytes = recorded[fd] ?? 0
    return { fd, bytes, sha256: digests[fd] ?? sha256, kept: bytes, masked: 0, lost: Math.max(0, lost - bytes) }
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
