import type { Entry, EventOf, RunEvent } from '../run-event.ts'
import type { Operator, RunState, StepRecord, StepStatus } from '../run-state.ts'

/** What one kind of event makes of the state, in which its number and time stand already. Pure. */
export type Fold<K extends RunEvent['kind']> = (state: RunState, entry: Entry<EventOf<K>>) => RunState

export function withStatus(state: RunState, step: string, status: StepStatus): RunState {
  return withRecord(state, step, { status, changedAtMs: state.lastAtMs })
}

/** A step that the plan does not have changes nothing. */
export function withRecord(state: RunState, step: string, change: Partial<StepRecord>): RunState {
  const record = state.steps.get(step)
  return record === undefined ? state : { ...state, steps: state.steps.changed(step, { ...record, ...change }) }
}

export function isTask(state: RunState, step: string): boolean {
  return state.steps.get(step)?.planned.kind === 'task'
}

export function withOperator(state: RunState, operator: Operator): RunState {
  // What one operator offered is not the next one's to be taken from.
  const offer = state.operator?.principal === operator.principal ? state.offer : null
  const next = { ...state, operator, offer }
  // The same person with another key is another one.
  const key = JSON.stringify([operator.principal, operator.keyid])
  if (state.knownOperators.has(key)) return next
  return { ...next, operators: state.operators.with(operator), knownOperators: state.knownOperators.with(key, true) }
}
