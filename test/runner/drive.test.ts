import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Answer, Ending, Entry, Runbook, RunEvent } from '../../src/model/index.ts'
import { SignoffError } from '../../src/model/index.ts'
import { createPastRun, type Drive, type Journal, planEvent, resumptionOf } from '../../src/runner/index.ts'
import type { LocalExecutor } from '../../src/runner/local/index.ts'
import { readJournal } from '../../src/transcript/index.ts'
import { KIM } from '../helpers/core.ts'
import { type Driven, type DrivenOptions, openDriven, RUN, startOf } from '../helpers/driven.ts'
import { runbookOf, type Wanted, wanted } from '../helpers/runbook.ts'

let folder: string
const opened: Driven[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-drive-'))
})

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
  rmSync(folder, { recursive: true, force: true })
})

const at = (name: string): string => join(folder, name)

/** A task whose script is known by its file in `folder`: each start of it adds a line. */
function task(id: string, script: string, more: Partial<Wanted> = {}): Wanted {
  return wanted({ id, kind: 'task', risk: 'view', script: `echo ${id} >> ${at('started')}\n${script}\n`, ...more })
}

const started = (): string[] =>
  existsSync(at('started')) ? readFileSync(at('started'), 'utf8').trim().split('\n') : []

async function openProcess(runbook: Runbook, options: DrivenOptions = {}): Promise<Driven> {
  const one = await openDriven(runbook, folder, options)
  opened.push(one)
  return one
}

async function newRun(runbook: Runbook, options: DrivenOptions = {}): Promise<Driven> {
  const one = await openProcess(runbook, options)
  await one.run.begin([startOf(runbook), planEvent(runbook)])
  return one
}

/** Goes on from the journal as `signoff resume` does. */
async function resumed(runbook: Runbook, name = 'run'): Promise<Driven> {
  const { entries, chain } = await readJournal(readFileSync(at(`${name}/journal.jsonl`)))
  const past = createPastRun()
  for (const entry of entries) past.add(entry)
  const one = await openProcess(runbook, { name, past: past.state, chain })
  const { opening, attach, late } = await resumptionOf(past, runbook, one.executor, {
    run: RUN,
    head: chain.head,
    torn: null,
    operator: { principal: KIM.by, keyid: 'SHA256:kim' },
    nowMs: Date.now(),
  })
  await one.run.begin(opening)
  for (const each of late) one.run.attachLate(each.step, each.attempt, each.recorded)
  if (attach !== null) await one.run.attach(attach.step, attach.attempt, attach.recorded)
  return one
}

const lines = (name = 'run'): Record<string, unknown>[] =>
  readFileSync(at(`${name}/journal.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
const kindsOf = (name = 'run'): unknown[] => lines(name).map(({ kind }) => kind)

/** Says what a person at ease would say, until the run has ended. */
async function walkOn(run: Drive): Promise<Ending> {
  for (;;) {
    const { need } = run.snapshot()
    if (need.kind === 'finished') return run.ended
    const answer: Answer | null =
      need.kind === 'run'
        ? { kind: 'run', step: need.step, phrase: need.phrase }
        : need.kind === 'confirm'
          ? { kind: 'confirm', step: need.step, answer: 'yes', observed: null, note: null }
          : need.kind === 'choose'
            ? { kind: 'choose', step: need.step, option: need.options[0] ?? '', reason: null }
            : need.kind === 'decide'
              ? { kind: 'decide', step: need.step, choice: 'by-hand', reason: 'looked, and it was done' }
              : null
    if (answer === null) await nextEntry(run)
    else expect(await run.say(answer, KIM)).toEqual({ ok: true })
  }
}

async function nextEntry(run: Drive): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = run.onEntry(() => resolve())
  await Promise.race([promise, run.ended]).finally(stop)
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !holds(); await sleep(5))
    if (Date.now() > deadline) throw new Error('waited for 10 s')
}

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    value => ({ resolved: value }),
    (error: unknown) => ({ rejected: error }),
  )

describe('what is recorded, and when', () => {
  test('a listener hears of an event only when its line is in the file', async () => {
    const { run } = await newRun(runbookOf([task('a', 'echo hello'), { id: 'b', kind: 'confirmation' }]))
    const late: Entry[] = []
    run.onEntry(entry => {
      if (lines()[entry.seq]?.kind !== entry.event.kind) late.push(entry)
    })
    expect(await walkOn(run)).toEqual({ kind: 'ended', result: 'passed' })
    expect(late).toEqual([])
  })

  test('output comes before the end of its script, and the end before the next step', async () => {
    const { run } = await newRun(runbookOf([task('a', 'echo one; echo two >&2'), task('b', ':')]))
    await walkOn(run)
    const steps = lines()
      .filter(({ kind }) => ['step.start', 'output', 'output.end', 'step.end'].includes(String(kind)))
      .map(({ kind, step }) => `${String(kind)} ${String(step)}`)
    expect(steps.filter(line => line !== 'output a')).toEqual([
      'step.start a',
      'output.end a',
      'step.end a',
      'step.start b',
      'output.end b',
      'step.end b',
    ])
    expect(steps.slice(1, 3)).toEqual(['output a', 'output a'])
  })

  test('a script starts only when its start is in the file', async () => {
    const runbook = runbookOf([task('a', `cp ${at('run/journal.jsonl')} ${at('seen')}`)])
    const { run } = await newRun(runbook)
    await walkOn(run)
    expect(readFileSync(at('seen'), 'utf8').trim().split('\n').at(-1)).toContain('"kind":"step.start"')
  })

  test('the script that comes next is read, and not started, while the end of the one before is on its way to the disk', async () => {
    const onDisk = Promise.withResolvers<void>()
    let isEnd = false
    const slow = (journal: Journal): Journal => ({
      append(event) {
        isEnd ||= event.kind === 'step.end'
        return journal.append(event)
      },
      async barrier() {
        if (isEnd) await onDisk.promise
        await journal.barrier()
      },
    })
    const { run } = await newRun(runbookOf([task('a', ':'), task('b', ': the next one')]), { wrap: slow })
    const over = walkOn(run)
    const read = at('run-state/checked')
    await until(() => existsSync(read) && readFileSync(read, 'utf8').includes(': the next one'))
    expect([started(), kindsOf().at(-1), run.snapshot().state.running?.step]).toEqual([['a'], 'step.end', 'a'])
    onDisk.resolve()
    expect(await over).toEqual({ kind: 'ended', result: 'passed' })
    expect(started()).toEqual(['a', 'b'])
  })

  test('two answers at once start one script', async () => {
    const { run } = await newRun(runbookOf([task('a', 'sleep 0.1')]))
    const twice = [1, 2].map(() => run.say({ kind: 'run', step: 'a', phrase: null }, KIM))
    expect(await Promise.all(twice)).toEqual([{ ok: true }, { ok: false, why: '1.1 is running' }])
    expect(await walkOn(run)).toEqual({ kind: 'ended', result: 'passed' })
    expect(started()).toEqual(['a'])
    expect(kindsOf().filter(kind => kind === 'step.start')).toHaveLength(1)
  })
})

describe('a journal that cannot be written', () => {
  const full = new SignoffError('JOURNAL_UNWRITABLE', 'no room')
  const failingAt =
    (kind: RunEvent['kind']) =>
    (journal: Journal): Journal => ({
      append: event => (event.kind === kind ? Promise.reject(full) : journal.append(event)),
      barrier: () => journal.barrier(),
    })

  test('stops the script, starts nothing more, and ends what waits for the run', async () => {
    const told = at('told')
    const script = `trap 'echo told > ${told}; exit 3' TERM\necho hello\nwhile ((SECONDS < 100)); do sleep 0.05; done`
    const { run } = await newRun(runbookOf([task('a', script), task('b', ':')]), { wrap: failingAt('output') })
    expect(await run.say({ kind: 'run', step: 'a', phrase: null }, KIM)).toEqual({ ok: true })
    const [failed, ended] = await Promise.all([outcome(run.failed), outcome(run.ended)])
    expect(failed).toEqual({ rejected: full })
    // A screen or a reader of lines that waits for the end must not wait for ever.
    expect(ended).toEqual({ rejected: full })
    await until(() => existsSync(told))
    expect((await run.say({ kind: 'run', step: 'b', phrase: null }, KIM)).ok).toBe(false)
    expect(started()).toEqual(['a'])
  })

  test('nothing is started whose start could not be recorded', async () => {
    const { run } = await newRun(runbookOf([task('a', ':')]), { wrap: failingAt('step.start') })
    expect(await outcome(run.say({ kind: 'run', step: 'a', phrase: null }, KIM))).toEqual({ rejected: full })
    expect(await outcome(run.failed)).toEqual({ rejected: full })
    await sleep(100)
    expect(started()).toEqual([])
  })
})

describe('leaving and coming back', () => {
  const waits = (): string =>
    `echo 5/5 ready\nuntil [[ -e ${at('go')} || SECONDS -gt 100 ]]; do sleep 0.02; done\necho bye`

  async function leftWhileRunning(runbook: Runbook): Promise<void> {
    const first = await newRun(runbook)
    await first.run.say({ kind: 'run', step: 'a', phrase: null }, KIM)
    await until(() => kindsOf().includes('output'))
    const pause: RunEvent = { kind: 'run.pause', reason: 'SIGTERM', step: 'a', by: null }
    await first.run.interrupt({ kind: 'signal', signal: 'SIGTERM' }, pause)
    expect(await first.run.ended).toEqual({ kind: 'signal', signal: 'SIGTERM' })
    expect(kindsOf().at(-1)).toBe('run.pause')
    expect(await first.run.say({ kind: 'note', step: null, text: 'x' }, KIM)).toMatchObject({ ok: false })
    await first.close()
  }

  test('an interrupt records the pause and leaves the script to its supervisor; resume records the rest of it', async () => {
    const runbook = runbookOf([task('a', waits())])
    await leftWhileRunning(runbook)
    writeFileSync(at('go'), '')
    const second = await resumed(runbook)
    expect(await walkOn(second.run)).toEqual({ kind: 'ended', result: 'passed' })
    expect(
      lines()
        .filter(({ kind }) => kind === 'output')
        .map(({ text }) => text)
        .join(''),
    ).toBe('5/5 ready\nbye\n')
    expect(started()).toEqual(['a'])
  })

  test('an expectation is held against all of the output, whichever process recorded it', async () => {
    const runbook = runbookOf([task('a', waits(), { expect: { kind: 'exact', text: '5/5 ready\nbye' } })])
    await leftWhileRunning(runbook)
    const second = await resumed(runbook)
    writeFileSync(at('go'), '')
    expect(await walkOn(second.run)).toEqual({ kind: 'ended', result: 'passed' })
    expect(lines().find(({ kind }) => kind === 'step.end')).toMatchObject({ result: 'passed', checks: [{ ok: true }] })
  })

  test('from every line of a finished run the walk goes on, and nothing that was started is started again', async () => {
    const runbook = runbookOf([
      task('a', 'echo out'),
      {
        id: 'pick',
        kind: 'choice',
        options: [
          { name: 'X', steps: ['x'] },
          { name: 'Y', steps: ['y'] },
        ],
      },
      task('x', ':', { choice: { group: 'pick', option: 'X' } }),
      task('y', ':', { choice: { group: 'pick', option: 'Y' } }),
      { id: 'seen', kind: 'confirmation' },
      task('z', 'echo end', { risk: 'danger' }),
    ])
    const whole = await newRun(runbook, { name: 'whole' })
    await walkOn(whole.run)
    await whole.close()
    expect(started()).toEqual(['a', 'x', 'z'])
    const text = readFileSync(at('whole/journal.jsonl'), 'utf8').trim().split('\n')
    for (let length = 1; length < text.length; length++) {
      const before = text.slice(0, length).map(line => JSON.parse(line) as { kind: string; step?: string })
      const begun = new Set(before.filter(({ kind }) => kind === 'step.start').map(({ step }) => step))
      rmSync(at('started'), { force: true })
      rmSync(at('cut'), { recursive: true, force: true })
      rmSync(at('cut-state'), { recursive: true, force: true })
      const first = await openProcess(runbook, { name: 'cut' })
      await first.close()
      writeFileSync(at('cut/journal.jsonl'), `${text.slice(0, length).join('\n')}\n`)
      const again = await resumed(runbook, 'cut')
      expect(await walkOn(again.run), `after line ${length}`).toEqual({ kind: 'ended', result: 'passed' })
      await again.close()
      expect(started(), `after line ${length}`).toEqual(['a', 'x', 'z'].filter(id => !begun.has(id)))
      const starts = lines('cut').filter(({ kind }) => kind === 'step.start')
      expect(starts.map(({ step }) => step)).toEqual(['a', 'x', 'z'])
    }
  }, 60_000)
})

test('what a script reports after its end was recorded changes nothing', async () => {
  const { run, executor } = await newRun(runbookOf([task('a', ':'), { id: 'b', kind: 'confirmation' }]))
  let report: ((report: Parameters<Parameters<LocalExecutor['run']>[1]>[0]) => Promise<void>) | null = null
  const real = executor.run
  executor.run = (order, take) => {
    report = take
    return real(order, take)
  }
  await run.say({ kind: 'run', step: 'a', phrase: null }, KIM)
  await until(() => run.snapshot().need.kind === 'confirm')
  const before = kindsOf()
  const late = report as unknown as Parameters<LocalExecutor['run']>[1]
  await late({
    kind: 'stopping',
    event: { kind: 'step.stop', step: 'a', attempt: 1, signal: 'SIGINT', why: 'person', by: null },
  })
  const end = { kind: 'output.end' as const, step: 'a', attempt: 1, streams: [] }
  await late({ kind: 'ended', end, outcome: 'exited', exit: 9, signal: null, ms: 1 })
  expect(kindsOf()).toEqual(before)
  expect(run.snapshot().need).toMatchObject({ kind: 'confirm', step: 'b' })
})

describe('what comes late', () => {
  const leaves = (): string =>
    `(until [[ -e ${at('go')} || SECONDS -gt 100 ]]; do sleep 0.02; done; echo late) & exit 0`
  const lateText = (): string =>
    lines()
      .filter(({ kind }) => kind === 'output.late')
      .map(({ text }) => text)
      .join('')

  test('is recorded while the run goes on, under the step that it belongs to', async () => {
    const { run } = await newRun(runbookOf([task('a', leaves()), { id: 'b', kind: 'confirmation' }]))
    await run.say({ kind: 'run', step: 'a', phrase: null }, KIM)
    await until(() => run.snapshot().need.kind === 'confirm')
    expect(lines().find(({ kind }) => kind === 'step.left')).toMatchObject({ step: 'a', open: ['out', 'err'] })
    writeFileSync(at('go'), '')
    await until(() => kindsOf().includes('output.late.end'))
    expect(lateText()).toBe('late\n')
    expect(await walkOn(run)).toEqual({ kind: 'ended', result: 'passed' })
    expect(kindsOf().filter(kind => kind === 'output.late.end')).toHaveLength(1)
    expect(kindsOf().at(-1)).toBe('run.end')
  })

  test('is left where the run ends: that is the last but one line, and nothing follows the end', async () => {
    const { run } = await newRun(runbookOf([task('a', leaves())]))
    expect(await walkOn(run)).toEqual({ kind: 'ended', result: 'passed' })
    expect(lines().find(({ kind }) => kind === 'output.late.end')).toMatchObject({ step: 'a', why: 'left' })
    writeFileSync(at('go'), '')
    await sleep(200)
    expect(kindsOf().at(-1)).toBe('run.end')
    expect(lateText()).toBe('')
  })

  test('is taken up by the process that goes on after a kill', async () => {
    const runbook = runbookOf([task('a', leaves()), { id: 'b', kind: 'confirmation' }])
    const first = await newRun(runbook)
    await first.run.say({ kind: 'run', step: 'a', phrase: null }, KIM)
    await until(() => first.run.snapshot().need.kind === 'confirm')
    await first.close()
    const second = await resumed(runbook)
    writeFileSync(at('go'), '')
    await until(() => kindsOf().includes('output.late.end'))
    expect(lateText()).toBe('late\n')
    expect(await walkOn(second.run)).toEqual({ kind: 'ended', result: 'passed' })
  })
})

describe('secrets', () => {
  test('that a later process was not given keep it from reading a spool: what is not on record is counted as lost', async () => {
    const secret = { name: 'TOKEN', kind: 'env', secret: true } as const
    const wait = `until [[ -e ${at('go')} || SECONDS -gt 100 ]]; do sleep 0.02; done`
    const step = task('a', `echo first\n${wait}\necho "$TOKEN"`, { needs: ['TOKEN'] })
    const runbook = runbookOf([step], { parameters: [secret] })
    const first = await newRun(runbook)
    await first.run.say({ kind: 'value', name: 'TOKEN', value: 's3cr3t-xyz' }, KIM)
    await first.run.say({ kind: 'run', step: 'a', phrase: null }, KIM)
    const isRecorded = (): boolean =>
      lines()
        .filter(({ kind }) => kind === 'output')
        .map(({ text }) => text)
        .join('') === 'first\n'
    await until(isRecorded)
    await first.close()
    const second = await resumed(runbook)
    writeFileSync(at('go'), '')
    expect(await walkOn(second.run)).toEqual({ kind: 'ended', result: 'passed' })
    expect(readFileSync(at('run/journal.jsonl'), 'utf8')).not.toContain('s3cr3t')
    const end = lines().find(({ kind }) => kind === 'output.end') as { streams: Record<string, unknown>[] } | undefined
    const sha256 = createHash('sha256').update('first\n').digest('hex')
    expect(end?.streams[0]).toEqual({ fd: 'out', bytes: 6, sha256, kept: 6, masked: 0, lost: 11 })
  })

  const parameters = [
    { name: 'TOKEN', kind: 'env', secret: true },
    { name: 'URL', kind: 'env' },
    { name: 'host', kind: 'placeholder' },
  ] as const

  test('neither a value nor a runbook that holds one brings it into the journal, and scripts get it whole', async () => {
    const script = `echo "$TOKEN $URL" > ${at('got')}\necho <h>\necho s3cr3t-xyz`
    const step = task('a', script, { needs: ['TOKEN', 'URL', 'host'] })
    const start = (step.script ?? '').indexOf('<h>')
    const slots = [{ parameter: 'host', start, end: start + 3, quoting: 'bare' as const }]
    const { run } = await newRun(runbookOf([{ ...step, detail: { slots } }], { parameters }))
    await run.say({ kind: 'value', name: 'TOKEN', value: 's3cr3t-xyz' }, KIM)
    await run.say({ kind: 'value', name: 'URL', value: 'https://u:s3cr3t-xyz@h/' }, KIM)
    await run.say({ kind: 'value', name: 'host', value: 's3cr3t-xyz.example' }, KIM)
    await run.say({ kind: 'note', step: null, text: 'it is s3cr3t-xyz' }, KIM)
    expect(await walkOn(run)).toEqual({ kind: 'ended', result: 'passed' })
    expect(readFileSync(at('got'), 'utf8')).toBe('s3cr3t-xyz https://u:s3cr3t-xyz@h/\n')
    expect(readFileSync(at('run/journal.jsonl'), 'utf8')).not.toContain('s3cr3t')
  })
})
