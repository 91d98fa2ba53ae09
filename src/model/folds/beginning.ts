import { conditionKey } from '../condition-key.ts'
import { interpretersOfEvent } from '../interpreters.ts'
import { LayeredMap } from '../layered-map.ts'
import type { StepRecord } from '../run-state.ts'
import { type Fold, withOperator, withStatus } from './fold.ts'

export const runStarted: Fold<'run.start'> = (state, { event, atMs }) => ({
  ...withOperator(state, event.operator),
  start: event,
  startedAtMs: atMs,
})

export const planMade: Fold<'run.plan'> = (state, { event }) => ({
  ...state,
  phases: event.phases,
  steps: new LayeredMap<string, StepRecord>(
    new Map(
      event.steps.map(planned => [
        planned.id,
        {
          planned,
          status: { kind: 'pending' },
          attempts: 0,
          phraseSeq: null,
          observed: [],
          changedAtMs: 0,
          edited: null,
          started: null,
          lastCheck: null,
          checks: [],
          difference: null,
          lastEnd: null,
        },
      ]),
    ),
  ),
})

export const interpretersNamed: Fold<'run.interpreters'> = (state, { event }) => {
  const now = interpretersOfEvent(event.interpreters)
  return { ...state, interpreters: { planned: state.interpreters?.planned ?? now, now } }
}

export const valueGiven: Fold<'param'> = (state, { event }) => ({
  ...state,
  values: state.values.with(event.name, { value: event.value, masked: event.masked, how: event.how }),
})

export const optionTaken: Fold<'choice'> = (state, { event, atMs }) => ({
  ...withStatus(state, event.step, { kind: 'passed', how: 'chosen', by: event.by, atMs, note: event.option }),
  choices: state.choices.with(event.step, event.option),
})

export const conditionAnswered: Fold<'condition'> = (state, { event }) => {
  const key = conditionKey(event.when)
  let { conditionOfStep } = state
  let steps = state.stepsOfCondition.get(key) ?? new LayeredMap<string, true>()
  for (const step of new Set(event.steps)) {
    conditionOfStep = conditionOfStep.with(step, key)
    steps = steps.with(step, true)
  }
  const conditions = state.conditions.with(key, event.answer)
  return { ...state, conditions, conditionOfStep, stepsOfCondition: state.stepsOfCondition.with(key, steps) }
}
