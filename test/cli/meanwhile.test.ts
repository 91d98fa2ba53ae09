import { expect, test } from 'vitest'
import { meanwhileText } from '../../src/cli/walking/meanwhile.ts'
import type { Entry, RunEvent } from '../../src/model/index.ts'
import { fold } from '../../src/model/index.ts'
import type { RunRecord } from '../../src/tui/index.ts'

const PAUSE: RunEvent = { kind: 'run.pause', reason: 'x', step: null, by: null }
const RESUME: RunEvent = {
  kind: 'run.resume',
  head: 'a'.repeat(64),
  tornBytes: 0,
  tornSha256: null,
  gapMs: 0,
  operator: { principal: 'kim', keyid: 'k' },
  attached: [],
  unknown: [],
}
const note = (by: string): RunEvent => ({ kind: 'note', step: null, text: 't', by })
const GO: RunEvent = {
  kind: 'approval',
  step: 'gate',
  request: 3,
  role: null,
  decision: 'go',
  principal: 'priya@example.com',
  keyid: 'k',
  via: 'inbox',
  envelope: 'e',
}
const END: RunEvent = {
  kind: 'step.end',
  step: 'build',
  attempt: 1,
  outcome: 'exited',
  exit: 0,
  signal: null,
  ms: 1,
  result: 'passed',
  checks: [],
}

function told(events: readonly RunEvent[]): Promise<string | null> {
  const atMs = new Date(2026, 0, 5, 14, 52).getTime()
  const entries = events.map((event, seq): Entry => ({ seq, atMs, event }))
  const record: RunRecord = {
    async *read() {
      for (const [place, entry] of entries.entries()) yield { entry, place }
      return entries.length
    },
  }
  return meanwhileText(record, fold(entries))
}

test('approvals, ends and notes since the pause are told, and nothing from before it', async () => {
  expect(await told([note('before'), PAUSE, RESUME, END, GO, note('ann')])).toBe(
    'meanwhile a note by ann 14:52, 2 more in the transcript',
  )
})

test('an approval is told with its gate, its decision and who gave it', async () => {
  expect(await told([PAUSE, RESUME, GO])).toBe('meanwhile gate: GO by priya@example.com 14:52')
})

test('after a kill it is what followed on the resumption', async () => {
  expect(await told([note('before'), RESUME, END])).toBe('meanwhile build ended 14:52, exit 0')
  expect(await told([PAUSE, RESUME, note('before'), RESUME, END])).toBe('meanwhile build ended 14:52, exit 0')
})

test('nothing is told where nothing happened, or nobody had left', async () => {
  expect(await told([note('before'), PAUSE, RESUME])).toBeNull()
  expect(await told([note('before'), END])).toBeNull()
})
