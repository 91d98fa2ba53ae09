import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/index.ts'
import { EMPTY_STATE, evolve } from '../../src/model/index.ts'
import { checkControl } from '../../src/transcript/verify/verify-control.ts'
import { checkPolicy } from '../../src/transcript/verify/verify-policy.ts'
import { planned, runStart } from './helpers/run.ts'

const plan: RunEvent = {
  kind: 'run.plan',
  phases: [],
  steps: [planned('build', 'task'), planned('go', 'gate'), planned('deploy', 'task')],
}
const after = (...events: RunEvent[]) =>
  [runStart(), plan, ...events].reduce((state, event, seq) => evolve(state, { seq, atMs: seq, event }), EMPTY_STATE)
const edit = (step: string, reason = 'typo'): RunEvent => ({
  kind: 'step.edit',
  step,
  was: 'a\n',
  script: 'b\n',
  reason,
  by: 'op@example.com',
})
const jump = (over: string[], reason = 'no time'): RunEvent => ({
  kind: 'jump',
  from: over[0] ?? null,
  to: 'deploy',
  over,
  reason,
  by: 'op@example.com',
})

test('an edited task and a jump over steps are accepted; an edited gate, a gate jumped over, or no reason are not', () => {
  const state = after()
  expect(checkControl(edit('build'), 3, state)).toEqual([])
  expect(checkControl(jump(['build']), 3, state)).toEqual([])
  for (const wrong of [edit('go'), edit('build', ' '), edit('nowhere'), jump(['build', 'go']), jump(['build'], '')])
    expect(checkControl(wrong, 3, state)).toMatchObject([{ check: 'policy', exit: 6, line: 3 }])
})

test('a run that says it passed and jumped over a step is not believed; one that says partial is', () => {
  const events = (result: 'passed' | 'partial') =>
    after(jump(['build']), {
      kind: 'run.end',
      result,
      steps: { passed: 0, failed: 0, skipped: 1, unknown: 0, open: 2 },
    })
  const about = (result: 'passed' | 'partial') =>
    checkPolicy(events(result), null, [], {}).filter(({ message }) => message.includes('build'))
  expect(about('passed')).toMatchObject([{ exit: 6 }])
  expect(about('partial')).toEqual([])
})
