import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'
import type { EventOf } from '../../model/index.ts'
import { createMasker } from '../masker.ts'
import type { Described, Executor, RecordedBytes, ScriptOrder, ScriptReport } from '../ports.ts'
import { atLine, checkScript, shellMissing } from './check-script.ts'
import {
  claimPath,
  type Ending,
  inspectClaim,
  makeClaim,
  type OrderName,
  readRecord,
  readStatus,
  readStops,
  removeClaim,
  type Stop,
  stateUnwritable,
} from './claim.ts'
import { type Follower, openFollower } from './follower.ts'
import { openOutputStream, type StreamEnd } from './output-stream.ts'
import type { PersonsTerminal } from './persons-terminal.ts'
import { readPlace } from './process-identity.ts'
import { type LoadPty, loadPty } from './pty-pair.ts'
import { OWN_NAMES, scriptEnvironment } from './script-environment.ts'
import { sessionScript } from './session-script.ts'
import { digestsOf, keepSession, readOrigin, readSession, type Session } from './session-store.ts'
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

/** How much later than Signoff the supervisor acts on a time limit: Signoff writes `step.stop` before it sends the signal. */
const SUPERVISOR_SLACK_MS = 1000

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
  const graceMs = options.graceMs ?? 5000
  const terminal = options.terminal ?? null
  const pty = loadedOnce(options.loadPty ?? loadPty)
  const place = readPlace()
  const madeInBoot = prepareStateDir(stateDir, place.bootId)
  const masker = createMasker()
  const secrets = new Map<string, string>()
  const active = new Map<string, Active>()
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
    spawned: ChildProcess | null,
    session: TerminalSession | null = null,
  ): Promise<void> => {
    const claim = claimPath(stateDir, order)
    const record = readRecord(claim)
    const stream = (fd: 'out' | 'err' | 'pty') =>
      openOutputStream({ ...nameOf(order), fd, masker: masker.stream(), keepBytes, recorded: recorded[fd] ?? 0 })
    const tell = oneAtATime(report)
    const follower = openFollower({
      claim,
      // What a terminal showed is one stream, and lies in the first spool; the other one stays empty.
      streams: { out: stream(record?.terminal === undefined ? 'out' : 'pty'), err: stream('err') },
      report: tell,
      isStopping: () => current.stops > 0 || session?.draining === true,
    })
    const current: Active = { follower, tell, stops: 0, session }
    active.set(order.id, current)
    spawned?.once('exit', () => follower.supervisorGone())
    if (spawned !== null && spawned.exitCode !== null) follower.supervisorGone()
    const limit = armLimit(claim, record?.timeoutMs ?? null, () => stop(order, 'escalate', 'time-limit', null))
    try {
      const followed = await follower.follow()
      if (followed === null) return
      if (record !== null) keepSession(stateDir, record.session, claim)
      const stops = readStops(claim)
      for (const sent of stops.filter(({ sender }) => sender === 'supervisor'))
        await tell({ kind: 'stopping', event: stopEvent(order, sent) })
      await session?.over
      const streams = streamsOf(followed.streams, record?.terminal, session?.lost ?? 0)
      const end: EventOf<'output.end'> = { kind: 'output.end', ...nameOf(order), streams }
      await tell({ kind: 'ended', end, ...outcomeOf(followed.ending, stops[0] ?? null) })
    } finally {
      clearTimeout(limit)
      if (active.get(order.id) === current) active.delete(order.id)
    }
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

  /** A script in the person's terminal: its supervisor is another one, and the spool is written here. */
  const runInTerminal = async (
    order: ScriptOrder,
    given: Readonly<Record<string, string>>,
    command: readonly string[],
    report: (report: ScriptReport) => Promise<void>,
  ): Promise<void> => {
    if (terminal === null) throw new Error(`${order.id} needs a terminal`)
    const claim = claimPath(stateDir, order)
    const loaded = await pty()
    const tell = oneAtATime(report)
    const session = await startInTerminal({
      claim,
      step: order.step,
      terminal,
      pty: 'missing' in loaded ? null : loaded,
      script: join(stateDir, 'terminal-supervisor.bash'),
      command,
      environment: given,
      spoolBytes,
      onResize: ({ columns, rows }) => {
        const event = { kind: 'output.resize', ...nameOf(order), cols: columns, rows } as const
        // Refused once the run is no longer driven; the script has its new size all the same.
        tell({ kind: 'resized', event }).catch(() => undefined)
      },
    }).catch((error: unknown) => {
      // Nothing was started: the claim may go.
      removeClaim(claim)
      throw error
    })
    await follow(order, NOTHING_RECORDED, tell, session.supervisor, session)
  }

  /** Every variable of a script that holds a secret, by whatever name it came: none of them may reach a session's file. */
  const secretNames = (order: ScriptOrder, given: Readonly<Record<string, string>>): string[] => {
    const values = new Set(secrets.values())
    const held = Object.keys(given).filter(name => secrets.has(name) || values.has(given[name] ?? ''))
    return [...new Set([...order.secrets, ...held])]
  }

  return {
    describe(order) {
      const session = readSession(stateDir, order.session)
      const before = readOrigin(stateDir, order.session) ?? session
      const given = scriptEnvironment(order, environment, secrets)
      const secret = secretNames(order, given)
      const known = before.state === null ? null : new Set(before.state.exported)
      const names = Object.keys(given).filter(name => known === null || isFresh(name, secret, given, before.given))
      return {
        shell: order.shell,
        cwd: startOf(order, session),
        env: [...new Set([...names, ...(known ?? [])])].sort(),
        ...terminalFacts(order),
      }
    },

    async check(order) {
      const folder = startOf(order, readSession(stateDir, order.session))
      if (!isFolder(folder)) return `the folder ${folder}, where this block starts, is not there`
      if (order.terminal) packageOfPty = await pty()
      return checkScript(order, scriptEnvironment(order, environment, new Map()))
    },

    async run(order, report) {
      const claim = claimPath(stateDir, order)
      if (inspectClaim(claim, place).kind !== 'absent') return follow(order, NOTHING_RECORDED, report, null)
      const session = readSession(stateDir, order.session)
      const origin = readOrigin(stateDir, order.session)
      const given = scriptEnvironment(order, environment, secrets)
      const secret = secretNames(order, given)
      const file = `${order.step.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 80)}.sh`
      const start = sessionScript({
        dump: join(claim, 'state'),
        state: session.file,
        exportsOf: origin?.file ?? null,
        cwd: order.cwd,
        folder: order.folder === undefined ? null : startOf(order, session),
        fresh: Object.keys(given).filter(name => isFresh(name, secret, given, (origin ?? session).given)),
        secret,
        bashEnv: environment.BASH_ENV ?? null,
      })
      const isOurs = makeClaim(
        claim,
        {
          version: 1,
          id: order.id,
          session: order.session,
          timeoutMs: order.timeoutMs,
          ...place,
          ...(order.terminal ? { terminal: 'missing' in (await pty()) ? 'unrecorded' : 'recorded' } : {}),
        },
        {
          [file]: atLine(order.script, order.line),
          session: start,
          'given.json': JSON.stringify(digestsOf(withoutSecrets(given, secret))),
        },
      )
      if (!isOurs) return follow(order, NOTHING_RECORDED, report, null)
      const seconds = (ms: number): string => (ms / 1000).toFixed(3)
      const limit = order.timeoutMs === null ? '' : seconds(order.timeoutMs + SUPERVISOR_SLACK_MS)
      const mask = process.umask().toString(8)
      const command = [mask, join(claim, 'session'), ...commandFor(order.shell, join(claim, file))]
      if (order.terminal) return runInTerminal(order, given, [claim, limit, seconds(graceMs), ...command], report)
      const args = [claim, limit, seconds(graceMs), String(spoolBytes), ...command]
      const supervisor = await startSupervisor(stateDir, args, given, claim)
      return follow(order, NOTHING_RECORDED, report, supervisor)
    },

    async find(order) {
      const state = inspectClaim(claimPath(stateDir, order), place)
      // A power cut may take away a claim that was made: an empty place proves nothing about an earlier boot.
      if (state.kind === 'absent') return madeInBoot === place.bootId ? 'absent' : 'lost'
      return state.kind === 'starting' ? 'running' : state.kind
    },

    async attach(order, recorded, report) {
      if (!existsSync(claimPath(stateDir, order))) throw stateUnwritable(new Error(`${order.id} has no claim`))
      return follow(order, recorded, report, null)
    },

    stop: (id, signal, by) => stop({ id }, signal, 'person', by),

    keepSecret(name, value) {
      secrets.set(name, value)
      masker.add(value)
    },

    mask: text => masker.mask(text),

    async forget(id) {
      removeClaim(claimPath(stateDir, { id }))
    },

    dispose() {
      for (const { follower, session } of active.values()) {
        follower.dispose()
        session?.dispose()
      }
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

/** Asks once, when it is asked for the first time. */
function loadedOnce(load: LoadPty): LoadPty {
  let loaded: ReturnType<LoadPty> | null = null
  return () => {
    loaded ??= load()
    return loaded
  }
}

/** Absolute path of the folder in which an order starts. */
function startOf(order: Pick<ScriptOrder, 'cwd' | 'folder'>, session: Session): string {
  return order.folder === undefined ? (session.state?.cwd ?? order.cwd) : resolve(order.cwd, order.folder)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** The command line of a block. bash is started first for the other shells too: it knows where the session stands. */
function commandFor(shell: ScriptOrder['shell'], file: string): string[] {
  const bash = ['bash', '--norc', '--noprofile']
  switch (shell) {
    case 'bash':
      return [...bash, file]
    case 'sh':
      return [...bash, '-c', 'exec sh -e "$1"', 'sh', file]
    case 'zsh':
      return [...bash, '-c', 'exec zsh -f -e -o pipefail "$1"', 'zsh', file]
    default:
      return shell satisfies never
  }
}

async function startSupervisor(
  stateDir: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  claim: string,
): Promise<ChildProcess> {
  const child = spawn('bash', ['-p', join(stateDir, 'supervisor.bash'), ...args], {
    cwd: '/',
    env: environment,
    detached: true,
    stdio: 'ignore',
  })
  if (child.pid === undefined) {
    const cause = await new Promise(resolve => child.once('error', resolve))
    removeClaim(claim)
    throw shellMissing('bash', cause)
  }
  // Nothing here may keep a process alive that has been told to go.
  child.unref()
  return child
}

const SUPERVISORS = [
  ['supervisor.bash', SUPERVISOR_SCRIPT],
  ['terminal-supervisor.bash', TERMINAL_SUPERVISOR_SCRIPT],
] as const

/** Makes the folders and the supervisors' files. Returns the boot in which the folder was made. */
function prepareStateDir(stateDir: string, bootId: string): string {
  try {
    for (const folder of [stateDir, join(stateDir, 'claims'), join(stateDir, 'sessions')]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      chmodSync(folder, 0o700)
    }
    for (const [name, text] of SUPERVISORS) {
      const path = join(stateDir, name)
      if (readOrNull(path) !== text) writeWhole(path, text)
    }
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

function isFresh(
  name: string,
  secret: readonly string[],
  given: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): boolean {
  if (OWN_NAMES.has(name) || secret.includes(name)) return true
  return digestsOf({ [name]: given[name] ?? '' })[name] !== before[name]
}

function withoutSecrets(given: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)))
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
