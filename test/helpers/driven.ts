import { join } from 'node:path'
import { EMPTY_STATE, type Runbook } from '../../src/model/index.ts'
import { readScript } from '../../src/parser/index.ts'
import { createContext, type Drive, drive, planEvent } from '../../src/runner/index.ts'
import { createLocalExecutor, openJournal, randomIds, randomToken, systemClock } from '../../src/runner/local/index.ts'
import { createChain } from '../../src/transcript/index.ts'
import { testCore } from './core.ts'

/** A run that is driven in this process, and what lets go of it again. */
export interface Driven {
  readonly run: Drive
  close(): Promise<void>
}

/** Drives a runbook with real scripts over a real journal, as a run of its own process does. */
export async function driven(runbook: Runbook, folder: string): Promise<Driven> {
  const [start] = testCore(runbook).events
  const journal = await openJournal({
    path: join(folder, 'run/journal.jsonl'),
    chain: createChain(),
    nowMs: Date.now,
    monoMs: () => Math.round(performance.now()),
    salt: randomToken,
    mode: 'new',
    expectedBytes: 0,
  })
  const environment = { PATH: process.env.PATH ?? '', HOME: folder }
  const executor = createLocalExecutor({ stateDir: join(folder, 'state'), environment, graceMs: 300 })
  const context = createContext({
    run: '0197c400-0000-7000-8000-000000000001',
    release: 'v1.2.3',
    environment: null,
    runbook,
    releaseParameters: [],
    roles: {},
    defaultTimeoutMs: null,
    cwd: folder,
    readScript,
  })
  const run = drive(context, { journal, executor, clock: systemClock(), ids: randomIds() }, EMPTY_STATE)
  if (start === undefined) throw new Error('no start')
  await run.begin([start, planEvent(runbook)])
  return {
    run,
    async close() {
      executor.dispose()
      await journal.close().catch(() => undefined)
    },
  }
}
