import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EMPTY_STATE, type Runbook } from '../../src/model/index.ts'
import { readScript } from '../../src/parser/index.ts'
import { createContext, type Drive, drive, planEvent } from '../../src/runner/index.ts'
import { createLocalExecutor, openJournal, randomIds, randomToken, systemClock } from '../../src/runner/local/index.ts'
import { createChain } from '../../src/transcript/index.ts'
import { KIM, testCore } from '../helpers/core.ts'
import { runbookOf, type Wanted } from '../helpers/runbook.ts'

let folder: string
let close: () => Promise<void> = async () => undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-probe-'))
})
afterEach(async () => {
  await close()
  rmSync(folder, { recursive: true, force: true })
})
const at = (name: string): string => join(folder, name)

/** Drives a runbook with real scripts over a real journal, as a run of its own process does. */
async function driven(runbook: Runbook): Promise<Drive> {
  const [start] = testCore(runbook).events
  const journal = await openJournal({
    path: at('run/journal.jsonl'),
    chain: createChain(),
    nowMs: Date.now,
    monoMs: () => Math.round(performance.now()),
    salt: randomToken,
    mode: 'new',
    expectedBytes: 0,
  })
  const environment = { PATH: process.env.PATH ?? '', HOME: folder }
  const executor = createLocalExecutor({ stateDir: at('state'), environment, graceMs: 300 })
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
  close = async () => {
    executor.dispose()
    await journal.close().catch(() => undefined)
  }
  if (start === undefined) throw new Error('no start')
  await run.begin([start, planEvent(runbook)])
  return run
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 15_000; !holds(); await sleep(10))
    if (Date.now() > deadline) throw new Error('waited for 15 s')
}

const kinds = (): string[] =>
  readFileSync(at('run/journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => (JSON.parse(line) as { kind: string }).kind)

const waiting = (script: string, more: Partial<Wanted> = {}): Wanted[] => [
  { id: 'ready', kind: 'wait', probe: { script, everyMs: 100 }, ...more },
  { id: 'after', kind: 'confirmation' },
]

test('a probe is run again and again until it passes; each poll is in the journal with its own attempt', async () => {
  const run = await driven(runbookOf(waiting(`test -e ${at('up')}\n`)))
  await until(() => kinds().filter(kind => kind === 'step.end').length >= 3)
  expect(run.snapshot().need).toMatchObject({ kind: 'wait', probe: { notPolled: null } })
  writeFileSync(at('up'), '')
  await until(() => run.snapshot().need.kind === 'confirm')
  expect(kinds().slice(-3)).toEqual(['output.end', 'step.end', 'wait.end'])
  const ends = kinds().filter(kind => kind === 'step.end').length
  expect(run.snapshot().state.steps.get('ready')?.attempts).toBe(ends)
})

test('a probe that never passes fails the wait once its time is over, and the polling stops', async () => {
  const run = await driven(runbookOf(waiting('test -e /nowhere\n', { timeoutMs: 400 })))
  await until(() => run.snapshot().need.kind === 'decide')
  expect(run.snapshot().need).toMatchObject({ state: 'cancelled' })
  const polls = kinds().filter(kind => kind === 'step.start').length
  await sleep(300)
  expect(kinds().filter(kind => kind === 'step.start')).toHaveLength(polls)
})

test('ending the wait stops a poll that hangs, and only then the next step is there', async () => {
  const run = await driven(runbookOf(waiting('sleep 600\n')))
  await until(() => run.snapshot().state.running !== null)
  expect(run.snapshot().need.kind).toBe('wait')
  expect(await run.say({ kind: 'end-wait', step: 'ready', reason: 'seen by eye' }, KIM)).toEqual({ ok: true })
  await until(() => run.snapshot().need.kind === 'confirm')
  expect(kinds()).toContain('step.stop')
})
