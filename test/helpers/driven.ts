import { join } from 'node:path'
import { EMPTY_STATE, type EventOf, type Runbook, type RunState } from '../../src/model/index.ts'
import { readScript } from '../../src/parser/index.ts'
import { createContext, type Drive, drive, type Journal, planEvent } from '../../src/runner/index.ts'
import {
  createLocalExecutor,
  type JournalFile,
  type LocalExecutor,
  openJournal,
  randomIds,
  randomToken,
  systemClock,
} from '../../src/runner/local/index.ts'
import { createChain } from '../../src/transcript/index.ts'
import { testCore } from './core.ts'

export const RUN = '0197c400-0000-7000-8000-000000000001'

/** A run that is driven in this process: what a `kill -9` would take away, with the files that it would leave. */
export interface Driven {
  readonly run: Drive
  readonly journal: JournalFile
  readonly executor: LocalExecutor
  /** Executor and journal let go of, as at the end of a process. */
  close(): Promise<void>
}

export interface DrivenOptions {
  /** Files of the run in the folder; the same name again is the same run. */
  readonly name?: string
  readonly past?: RunState
  readonly chain?: ReturnType<typeof createChain>
  readonly wrap?: (journal: Journal) => Journal
  /** How much of the start of each stream is kept, in bytes. */
  readonly keepBytes?: number
}

/** Drives a runbook with real scripts over a real journal, as a process of its own does; nothing has begun yet. */
export async function openDriven(runbook: Runbook, folder: string, options: DrivenOptions = {}): Promise<Driven> {
  const { name = 'run', past = EMPTY_STATE, chain = createChain(), wrap = journal => journal } = options
  const journal = await openJournal({
    path: join(folder, name, 'journal.jsonl'),
    chain,
    nowMs: Date.now,
    monoMs: () => performance.now(),
    salt: randomToken,
    mode: chain.lines === 0 ? 'new' : 'resume',
    expectedBytes: chain.bytes,
  })
  const environment = { PATH: process.env.PATH ?? '', HOME: folder }
  const executor = createLocalExecutor({
    stateDir: join(folder, `${name}-state`),
    environment,
    graceMs: 300,
    ...(options.keepBytes === undefined ? {} : { keepBytes: options.keepBytes }),
  })
  const context = createContext({
    run: RUN,
    release: 'v1.2.3',
    environment: null,
    runbook,
    releaseParameters: [],
    roles: {},
    defaultTimeoutMs: null,
    cwd: folder,
    readScript,
  })
  const run = drive(context, { journal: wrap(journal), executor, clock: systemClock(), ids: randomIds() }, past)
  let closed = false
  return {
    run,
    journal,
    executor,
    async close() {
      if (closed) return
      closed = true
      executor.dispose()
      await journal.close().catch(() => undefined)
    },
  }
}

/** Begins a run of this runbook. */
export async function driven(runbook: Runbook, folder: string, options: DrivenOptions = {}): Promise<Driven> {
  const opened = await openDriven(runbook, folder, options)
  await opened.run.begin([startOf(runbook), planEvent(runbook)])
  return opened
}

/** The first event of such a run. */
export function startOf(runbook: Runbook): EventOf<'run.start'> {
  const [start] = testCore(runbook).events
  if (start?.kind !== 'run.start') throw new Error('a run begins with its start')
  return start
}
