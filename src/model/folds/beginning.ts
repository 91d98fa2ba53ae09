import { conditionKey } from '../condition-key.ts'
import { interpretersOfEvent } from '../interpreters.ts'
import { LayeredMap } from '../layered-map.ts'
import type { StepRecord } from '../run-state.ts'
import { type Fold, withStatus } from './fold.ts'

export const runStarted: Fold<'run.start'> = (state, { event, atMs }) => ({
  ...state,
  start: event,
  startedAtMs: atMs,
  operator: event.operator,
  operators: [event.operator],
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
  values: new Map(state.values).set(event.name, { value: event.value, masked: event.masked, how: event.how }),
})

export const optionTaken: Fold<'choice'> = (state, { event, atMs }) => ({
  ...withStatus(state, event.step, { kind: 'passed', how: 'chosen', by: event.by, atMs, note: event.option }),
  choices: new Map(state.choices).set(event.step, event.option),
})

export const conditionAnswered: Fold<'condition'> = (state, { event }) => ({
  ...state,
  conditions: new Map(state.conditions).set(conditionKey(event.when), event.answer),
  conditionOfStep: new Map([
    ...state.conditionOfStep,
    ...event.steps.map(step => [step, conditionKey(event.when)] as const),
  ]),
})
