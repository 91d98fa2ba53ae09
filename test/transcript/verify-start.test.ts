import { expect, test } from 'vitest'
import { type EventOf, fold, type RunEvent, type RunState } from '../../src/model/index.ts'
import { createStartCheck } from '../../src/transcript/verify/verify-start.ts'
import * as run from './helpers/run.ts'

const start = (step: string, gates: number[] = []): EventOf<'step.start'> => ({
  kind: 'step.start',
  step,
  attempt: 1,
  script: 'make\n',
  shell: 'bash',
  cwd: '/repo',
  env: [],
  size: null,
  timeoutMs: null,
  gates,
})
const stateOf = (...events: RunEvent[]): RunState => fold(events.map((event, seq) => ({ seq, atMs: seq, event })))
const messagesOf = (state: RunState, event: EventOf<'step.start'>): string[] => {
  const check = createStartCheck()
  check.add(event, 9, state)
  return check.findings.map(({ message }) => message)
}
const recovery: EventOf<'rollback.start'> = {
  kind: 'rollback.start',
  for: null,
  of: null,
  steps: ['undo', 'ask', 'clean'],
  without: [],
  reason: 'errors',
  by: 'kim',
}
const plan: RunEvent = {
  ...run.PLAN,
  steps: [
    run.planned('build', 'task'),
    run.planned('undo', 'task', { flow: 'recovery' }),
    run.planned('go', 'gate'),
    run.planned('ask', 'gate', { flow: 'recovery' }),
    run.planned('deploy', 'task'),
    run.planned('clean', 'task', { flow: 'recovery' }),
    run.planned('look', 'task', { flow: 'none' }),
  ],
}

test('a script needs the gates before it in its own flow, and no others', () => {
  const state = stateOf(plan, recovery)
  expect(messagesOf(state, start('build'))).toEqual([])
  expect(messagesOf(state, start('deploy'))).toEqual(['deploy was started before the gate go said go'])
  expect(messagesOf(state, start('undo'))).toEqual([])
  expect(messagesOf(state, start('clean'))).toEqual(['clean was started before the gate ask said go'])
  expect(messagesOf(state, start('look'))).toEqual(['look was started, and is in no flow that is walked'])
  expect(messagesOf(stateOf(plan), start('undo'))).toEqual(['undo was started, and is in no flow that is walked'])
  expect(messagesOf(state, start('other'))).toEqual(['other is a step that the plan does not have'])
})

test('a recovery that is entered anew, with other steps, is looked through anew', () => {
  const check = createStartCheck()
  check.add(start('clean'), 8, stateOf(plan, recovery))
  check.add(start('clean'), 9, stateOf(plan, { ...recovery, steps: ['clean', 'ask'] }))
  expect(check.findings.map(({ line }) => line)).toEqual([8])
})

test('the gate must be named by where it last said go', () => {
  const gone: RunEvent = { kind: 'gate.end', step: 'go', decision: 'go', approvals: [], voided: [], criteria: [] }
  const state = stateOf(plan, gone, gone)
  expect(messagesOf(state, start('deploy', [2]))).toEqual([])
  expect(messagesOf(state, start('deploy', [1]))).toEqual(['deploy was started without naming the gate go'])
})

test('many starts of a plan of many steps are looked at in time that grows with their number, not with its square', () => {
  const few = leastMs(1000, 3)
  // Linear is 8 times, a square 64.
  expect(leastMs(8000, 2) / Math.max(few, 2)).toBeLessThan(8 * 4)
})

/** Processor time and not the clock's: what else the machine is doing must not decide. */
function leastMs(count: number, times: number): number {
  const steps = Array.from({ length: count }, (_, index) => run.planned(`step${index}`, 'task'))
  const state = stateOf({ ...run.PLAN, steps: [run.planned('go', 'gate'), ...steps] })
  const each = Array.from({ length: times }, () => {
    const check = createStartCheck()
    const from = process.cpuUsage()
    for (const { id } of steps) check.add(start(id), 1, state)
    return process.cpuUsage(from).user / 1000
  })
  return Math.min(...each)
}
