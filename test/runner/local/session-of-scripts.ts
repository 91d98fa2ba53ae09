import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalExecutor, type LocalExecutor, type LocalExecutorOptions } from '../../../src/runner/local/index.ts'
import type { ScriptOrder, ScriptReport } from '../../../src/runner/ports.ts'

type Ended = Extract<ScriptReport, { kind: 'ended' }>

/** What a script did, put together from its reports. */
export interface Result {
  readonly out: string
  readonly err: string
  /** What was shown in the terminal that it was lent. */
  readonly pty: string
  readonly exit: number | null
  readonly signal: string | null
  readonly outcome: Ended['outcome']
  readonly ended: Ended
  readonly reports: readonly ScriptReport[]
}

/** Another one for each file of tests: what a script left behind is found by it, all over the machine. */
export const RUN = `01a203bc-45c0-7d3b-9f52-${randomBytes(6).toString('hex')}`

/** An executor over a folder of its own, where scripts run one after the other in one session. */
export interface SessionOfScripts {
  readonly executor: LocalExecutor
  /** Where scripts start. */
  readonly folder: string
  readonly stateDir: string
  order(script: string, change?: Partial<ScriptOrder>): ScriptOrder
  run(script: string, change?: Partial<ScriptOrder>): Promise<Result>
  /** Another executor over the same folders, as a later process would make one. */
  again(): SessionOfScripts
  end(): void
}

export function openSession(options: Partial<LocalExecutorOptions> = {}, root = makeRoot()): SessionOfScripts {
  const folder = join(root, 'work')
  const stateDir = join(root, 'state')
  const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8' }
  const executor = createLocalExecutor({ stateDir, environment, graceMs: 300, ...options })
  let count = 0
  const session: SessionOfScripts = {
    executor,
    folder,
    stateDir,
    order(script, change = {}) {
      const step = change.step ?? `step-${++count}`
      const attempt = change.attempt ?? 1
      const rest = {
        shell: 'bash',
        line: 1,
        cwd: folder,
        env: {},
        secrets: [],
        timeoutMs: null,
        session: 'main',
      } as const
      return { id: `${RUN}:${step}:${attempt}`, run: RUN, step, attempt, script, ...rest, ...change }
    },
    async run(script, change) {
      const order = session.order(script, change)
      return collect(report => executor.run(order, report))
    },
    again: () => openSession(options, root),
    end() {
      executor.dispose()
      for (const pid of holding(folder)) killIfThere(pid)
      rmSync(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  return session
}

/** Follows until the end and puts the output together, checking that offsets have no gap and no overlap. */
export async function collect(
  start: (report: (report: ScriptReport) => Promise<void>) => Promise<void>,
  recorded: { out: number; err: number; pty?: number } = { out: 0, err: 0 },
): Promise<Result> {
  const reports: ScriptReport[] = []
  await start(async report => {
    reports.push(report)
  })
  const ended = reports.at(-1)
  if (ended?.kind !== 'ended') throw new Error('the last report is not an end')
  const text = (fd: 'out' | 'err' | 'pty'): string => bytesOf(reports, fd, recorded[fd] ?? 0).toString()
  return {
    out: text('out'),
    err: text('err'),
    pty: text('pty'),
    exit: ended.exit,
    signal: ended.signal,
    outcome: ended.outcome,
    ended,
    reports,
  }
}

/** The bytes of one stream, from the offset on where they were recorded before. */
export function bytesOf(reports: readonly ScriptReport[], fd: 'out' | 'err' | 'pty', from = 0): Buffer {
  const parts: Buffer[] = []
  let at = from
  for (const report of reports) {
    if (report.kind !== 'output' || report.event.fd !== fd) continue
    const { event } = report
    const bytes = event.text === undefined ? Buffer.from(event.b64 ?? '', 'base64') : Buffer.from(event.text)
    if (event.at !== at) throw new Error(`${fd}: expected offset ${at}, found ${event.at}`)
    at += bytes.length
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}

/** The scripts of a session, and whatever they started: processes that hold this text and the mark of a script in their environment. */
export function processesWith(text: string): number[] {
  return holding(text).filter(pid => environmentOf(pid).includes('SIGNOFF_STEP='))
}

/** Processes that hold this text in their environment: scripts, and the bash that starts them. */
function holding(text: string): number[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return pids.map(Number).filter(pid => {
    try {
      const isZombie = /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
      return !isZombie && environmentOf(pid).includes(text)
    } catch {
      return false
    }
  })
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    // It has ended since it was seen.
    return ''
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended since it was seen.
  }
}

function makeRoot(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'signoff-executor-')))
  mkdirSync(join(root, 'work'))
  return root
}
