import { expect, test } from 'vitest'
import type { RunEvent } from '../../../src/model/index.ts'
import { EVENT_FIELDS } from '../../../src/model/index.ts'
import { sentenceFor } from '../../../src/tui/scene/narrate.ts'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'

const PERSON = { principal: 'kim', keyid: 'k', host: 'h' }
/** Fields that are more than a text or a number, so that an event of each kind can be made up. */
const MADE_UP: Readonly<Record<string, unknown>> = {
  step: 's1.1',
  steps: [],
  need: [],
  over: [],
  observed: [],
  checks: [],
  streams: [],
  jobs: [],
  descriptors: [],
  open: [],
  processes: [],
  interpreters: [],
  was: [],
  without: [],
  done: [],
  failed: [],
  attached: [],
  unknown: [],
  operator: PERSON,
  from: PERSON,
  to: PERSON,
  ms: 1,
  gapMs: 1,
  minMs: 1,
  leftMs: 1,
  why: 'person',
  how: 'early',
  choice: 'rerun',
}

/** Kinds for which some sentence came out when an event of it was told with made-up fields. */
const TOLD = new Set(
  Object.entries(EVENT_FIELDS).flatMap(([kind, fields]) => {
    const made = Object.fromEntries(Object.keys(fields).map(name => [name, MADE_UP[name] ?? 'x']))
    const event = { ...made, kind } as unknown as RunEvent
    const run = new FakeRun(demoRunbook(), new FakeClock())
    const sentence = sentenceFor({ seq: 9, atMs: 0, event }, run.snapshot(), run.runbook)
    return sentence === null ? [] : [kind]
  }),
)

function told(position: string, events: readonly RunEvent[]): (string | null)[] {
  const run = new FakeRun(demoRunbook(), new FakeClock()).skipTo(position)
  const sentences: (string | null)[] = []
  run.onEntry((entry, snapshot) => sentences.push(sentenceFor(entry, snapshot, run.runbook)))
  for (const event of events) run.emit(event)
  return sentences
}

test('a step that passed is told with its time, the count and the clock last', () => {
  const clock = new FakeClock()
  const run = new FakeRun(demoRunbook(), clock, { '1.2': { slow: true } }).skipTo('1.2')
  const sentences: (string | null)[] = []
  run.onEntry((entry, snapshot) => sentences.push(sentenceFor(entry, snapshot, run.runbook)))
  void run.say({ kind: 'run', step: 's1.2', phrase: null }, { by: 'kim', how: 'typed', source: null })
  return Promise.resolve().then(() => {
    clock.pass(2000)
    run.output('secretly not told\n')
    run.finish(0)
    const at = '\\d\\d:\\d\\d:\\d\\d'
    expect(sentences.filter(sentence => sentence !== null)).toEqual([
      expect.stringMatching(new RegExp(`^Step 1\\.2, Build, started\\. ${at}$`)),
      expect.stringMatching(new RegExp(`^Step 1\\.2 passed after 2 seconds\\. 2 of 12 done, 1 skipped\\. ${at}$`)),
    ])
  })
})

test('a failure names its exit code, a stop its signal, an unknown outcome the person', () => {
  const end = { kind: 'step.end' as const, step: 's1.1', attempt: 1, signal: null, ms: 44_000, checks: [] }
  const [failed, stopped, unknown] = told('1.1', [
    { ...end, outcome: 'exited', exit: 1, result: 'failed' },
    { ...end, outcome: 'cancelled', exit: null, signal: 'SIGINT', result: 'failed' },
    { ...end, outcome: 'unknown', exit: null, result: 'unknown' },
  ])
  expect(failed).toContain('Step 1.1 failed, exit 1, after 44 seconds.')
  expect(stopped).toContain('was stopped (SIGINT)')
  expect(unknown).toContain('the outcome is unknown')
})

test('a secret is never told, and what comes from outside is cleaned', () => {
  const [secret, note] = told('1.1', [
    { kind: 'param', name: 'TOKEN', value: null, masked: true, how: 'typed', by: 'kim', source: null },
    { kind: 'note', step: null, text: 'a\u001b[2J\u202eb', by: 'kim' },
  ])
  expect(secret).toContain('Value TOKEN given, hidden.')
  expect(note).toContain('a\\x1b[2J\\u202eb')
})

test('every event is told but output and what only frames it', () => {
  const silent = Object.keys(EVENT_FIELDS).filter(kind => !TOLD.has(kind))
  expect(silent.sort()).toEqual(['output', 'output.end', 'output.late', 'output.resize', 'run.plan'])
})

test('what a script left behind is named, with what is not done to it, and late output is counted', () => {
  const streams = [{ fd: 'out' as const, bytes: 5, sha256: 'a'.repeat(64), kept: 5, masked: 0, lost: 2 }]
  const left = { kind: 'step.left' as const, step: 's1.1', attempt: 1, jobs: [], descriptors: [], processes: [] }
  const [gone, running, late, silent] = told('1.1', [
    { ...left, state: 'before', open: [] },
    {
      ...left,
      state: 'kept',
      jobs: [7],
      descriptors: [5],
      open: ['out'],
      processes: [{ pid: 7, name: 'server', command: 'server -d', escaped: true }],
    },
    { kind: 'output.late.end', step: 's1.1', attempt: 1, why: 'left', streams },
    { kind: 'output.late.end', step: 's1.1', attempt: 1, why: 'closed', streams: [] },
  ])
  expect(gone).toContain('its shell left no state, so the next block finds the one before it')
  expect(running).toContain('left running, not stopped: server (7, out of its group)')
  expect(running).toContain('cannot wait for 7')
  expect(running).toContain('no descriptor 5')
  expect(late).toContain('5 bytes of late output, 2 not kept; what is said from now on is not recorded')
  expect(silent).toBeNull()
})

test('a script that ended with 0 and whose output is not as expected says so, with what was there', () => {
  const check = { name: '$.failed', op: '<', want: '5', got: '7', unit: null, ok: false }
  const output = {
    name: 'output',
    op: 'exact',
    want: 'a',
    got: 'not compared, because it is long',
    unit: null,
    ok: false,
  }
  const sentences = told('1.2', [
    {
      kind: 'step.end',
      step: 's1.2',
      attempt: 1,
      outcome: 'exited',
      exit: 0,
      signal: null,
      ms: 2000,
      result: 'failed',
      checks: [check, output, { ...check, name: '$.state', ok: true }],
    },
  ])
  expect(sentences.join('\n')).toContain(
    'failed, exit 0, but $.failed is 7, expected < 5; its output is not as expected (exact): not compared, because it is long, after',
  )
})
