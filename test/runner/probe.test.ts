import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Runbook } from '../../src/model/index.ts'
import type { Drive } from '../../src/runner/index.ts'
import { KIM } from '../helpers/core.ts'
import { driven } from '../helpers/driven.ts'
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

async function walked(runbook: Runbook): Promise<Drive> {
  const { run, close: end } = await driven(runbook, folder)
  close = end
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
  const run = await walked(runbookOf(waiting(`test -e ${at('up')}\n`)))
  await until(() => kinds().filter(kind => kind === 'step.end').length >= 3)
  expect(run.snapshot().need).toMatchObject({ kind: 'wait', probe: { notPolled: null } })
  writeFileSync(at('up'), '')
  await until(() => run.snapshot().need.kind === 'confirm')
  expect(kinds().slice(-3)).toEqual(['output.end', 'step.end', 'wait.end'])
  const ends = kinds().filter(kind => kind === 'step.end').length
  expect(run.snapshot().state.steps.get('ready')?.attempts).toBe(ends)
})

test('a probe that never passes fails the wait once its time is over, and the polling stops', async () => {
  const run = await walked(runbookOf(waiting('test -e /nowhere\n', { timeoutMs: 400 })))
  await until(() => run.snapshot().need.kind === 'decide')
  expect(run.snapshot().need).toMatchObject({ state: 'cancelled' })
  const polls = kinds().filter(kind => kind === 'step.start').length
  await sleep(300)
  expect(kinds().filter(kind => kind === 'step.start')).toHaveLength(polls)
})

test('ending the wait stops a poll that hangs, and only then the next step is there', async () => {
  const run = await walked(runbookOf(waiting('sleep 600\n')))
  await until(() => run.snapshot().state.running !== null)
  expect(run.snapshot().need.kind).toBe('wait')
  expect(await run.say({ kind: 'end-wait', step: 'ready', reason: 'seen by eye' }, KIM)).toEqual({ ok: true })
  await until(() => run.snapshot().need.kind === 'confirm')
  expect(kinds()).toContain('step.stop')
})

test('an edited text that holds a secret is refused: masked it would be a broken script, unmasked it would be on record', async () => {
  const run = await walked(
    runbookOf([{ id: 'deploy', kind: 'task', script: 'echo $TOKEN\n', needs: ['TOKEN'], risk: 'view' }], {
      parameters: [{ name: 'TOKEN', kind: 'env', secret: true }],
    }),
  )
  await run.say({ kind: 'value', name: 'TOKEN', value: 's3cr3t-xyz' }, KIM)
  const edit = { kind: 'edit', step: 'deploy', reason: 'by s3cr3t-xyz' } as const
  expect(await run.say({ ...edit, script: 'echo s3cr3t-xyz\n' }, KIM)).toMatchObject({ ok: false })
  expect(await run.say({ ...edit, script: 'echo "token $TOKEN"\n' }, KIM)).toEqual({ ok: true })
  await run.say({ kind: 'run', step: 'deploy', phrase: null }, KIM)
  await until(() => run.snapshot().need.kind === 'finished' || run.snapshot().need.kind === 'decide')
  expect(run.snapshot().need).toEqual({ kind: 'finished', result: 'passed' })
  const journal = readFileSync(at('run/journal.jsonl'), 'utf8')
  expect(journal).not.toContain('s3cr3t-xyz')
  expect(journal).toContain('token ***')
})
