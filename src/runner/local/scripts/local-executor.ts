import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Described, Executor, RecordedBytes, ScriptOrder } from '../../ports.ts'
import { createMasker } from '../../scripts/masker.ts'
import { claimPath, inspectClaim, readStatus, removeClaim, stateUnwritable } from '../claims/claim.ts'
import { readPlace } from '../claims/process-identity.ts'
import { tellInOrder } from '../claims/tell-in-order.ts'
import { letGo } from '../output/copiers.ts'
import { createLateScripts } from '../output/late-scripts.ts'
import { inheritedEnvironment, scriptEnvironment } from '../session/script-environment.ts'
import { openSessions, startOf } from '../session/session-store.ts'
import type { PersonsTerminal } from '../terminal/persons-terminal.ts'
import { type LoadPty, loadPty } from '../terminal/pty-pair.ts'
import { checkScript } from './check-script.ts'
import { type Claimed, claimOrder, isFresh, secretNames } from './claim-order.ts'
import { handOver } from './hand-over.ts'
import { createLauncher } from './launcher.ts'
import { readOnce } from './read-once.ts'
import { createRunningScripts } from './running-scripts.ts'
import { inStateFolder, prepareStateFolder } from './state-folder.ts'

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

const NOTHING_RECORDED: RecordedBytes = { out: 0, err: 0 }

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
  const madeInBoot = prepareStateFolder(stateDir, place.bootId)
  const masker = createMasker()
  const secrets = new Map<string, string>()
  const sessions = openSessions(stateDir)
  const late = createLateScripts(stateDir, masker, options.lateBytes ?? 1024 * 1024)
  const running = createRunningScripts({ stateDir, sessions, masker, late, keepBytes, graceMs })
  const launcher = createLauncher(inStateFolder(stateDir, 'supervisor.bash'), inheritedEnvironment(environment))
  const read = readOnce((order, given) => checkScript(order, given, launcher, inStateFolder(stateDir, 'checked')))
  const settings = { sessions, environment, secrets, place, graceMs, spoolBytes }
  const parts = { stateDir, settings, launcher, terminal, loadPty: pty }
  /** Orders that are being handed over: a stop that comes meanwhile is for a script that nobody follows yet. */
  const starting = new Map<string, Promise<unknown>>()
  /** The order that starts as soon as its start is on the disk, and its claim once that is made. */
  let ready: { readonly order: ScriptOrder; claimed: Claimed | null } | null = null
  /** Known from the first check of a script that needs a terminal on. */
  let packageOfPty: Awaited<ReturnType<LoadPty>> = { missing: '' }

  /** What the record says of the terminal that a script is to get. */
  const terminalFacts = (order: ScriptOrder): Pick<Described, 'terminal'> => {
    if (order.terminal !== true || terminal === null) return {}
    if ('missing' in packageOfPty) return { terminal: { size: null, unrecorded: packageOfPty.missing } }
    const { columns, rows } = terminal.size()
    return { terminal: { size: [columns, rows], unrecorded: null } }
  }

  /** Null where it is not to be had early; whoever runs the order meets the reason. */
  const claimEarly = (order: ScriptOrder): Claimed | null => {
    try {
      if (order.terminal || inspectClaim(claimPath(stateDir, order), place).kind !== 'absent') return null
      return claimOrder(stateDir, order, { ...settings, terminal: null })
    } catch {
      return null
    }
  }

  return {
    describe(order) {
      const session = sessions.read(order.session)
      const before = sessions.origin(order.session) ?? session
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
      const session = sessions.read(order.session)
      const folder = startOf(order, session)
      if (!isFolder(folder)) return `the folder ${folder}, where this block starts, is not there`
      if (order.terminal) packageOfPty = await pty()
      // A first block's are off, unless a file of the person's own says otherwise, which nobody reads before it is run.
      const extglob = session.state?.extglob ?? environment.BASH_ENV !== undefined
      return read({ ...order, extglob }, scriptEnvironment(order, environment, new Map()))
    },

    makeReady(order) {
      const next = { order, claimed: null as Claimed | null }
      ready = next
      // The disk is asked first. Where it has answered before, there is nothing to be gained any more.
      setImmediate(() => {
        if (ready === next) next.claimed = claimEarly(order)
      })
    },

    async run(order, report) {
      const claimed = ready?.order === order ? ready.claimed : null
      ready = null
      if (claimed === null && inspectClaim(claimPath(stateDir, order), place).kind !== 'absent')
        return running.follow(order, NOTHING_RECORDED, report)
      const tell = tellInOrder(report)
      const begun = Promise.withResolvers<void>()
      starting.set(order.id, begun.promise)
      try {
        const session = await handOver(parts, order, claimed, tell)
        // Not awaited here: from now on it is known who is told of a stop.
        return running.follow(order, NOTHING_RECORDED, tell, { session })
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
      return running.follow(order, recorded, report, { unread })
    },

    attachLate(order, recorded, report) {
      if (!existsSync(claimPath(stateDir, order))) return false
      late.attach(order, recorded, report)
      return true
    },

    async leave() {
      const events = await late.leave()
      // Also those that nobody follows: what an earlier process left, and what may not be read.
      const followed = new Set(running.ids().map(id => claimPath(stateDir, { id })))
      const claims = inStateFolder(stateDir, 'claims')
      for (const name of readdirSync(claims)) {
        const claim = join(claims, name)
        if (!followed.has(claim) && readStatus(claim).ending !== null) letGo(claim)
      }
      return events
    },

    async stop(id, signal, by) {
      await starting.get(id)
      await running.stop(id, signal, { why: 'person', by })
    },

    keepSecret(name, value) {
      secrets.set(name, value)
      masker.add(value)
    },

    mask: text => masker.mask(text),

    async forget(id) {
      if (!late.forget(id)) removeClaim(claimPath(stateDir, { id }))
    },

    dispose() {
      ready = null
      running.dispose()
      late.dispose()
      launcher.close()
    },
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

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
