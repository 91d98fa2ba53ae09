import type { RunState, StepRecord, StepStatus } from '../run-state.ts'
import { type Fold, withRecord, withStatus } from './fold.ts'
import { withAskedAgain } from './gates.ts'

/** What a person decided on a step that failed, or that nobody saw end. */
export const stepDecided: Fold<'step.decide'> = (state, { event, atMs }) => {
  switch (event.choice) {
    case 'rerun':
      return withStatus(withAskedAgain(state, event), event.step, { kind: 'pending' })
    case 'passed':
    case 'by-hand':
      return withStatus(state, event.step, { kind: 'passed', how: 'by-hand', by: event.by, atMs, note: event.reason })
    case 'failed':
      return withStatus(state, event.step, { kind: 'failed', why: 'declined', exit: null, by: event.by, ms: 0 })
    case 'skip':
      return withStatus(state, event.step, { kind: 'skipped', reason: event.reason, by: event.by, how: 'person' })
    case 'rollback':
      return state
    case 'stop':
      return { ...state, stopDecided: true }
    default:
      event.choice satisfies never
      return state
  }
}

export const stepSkipped: Fold<'step.skip'> = (state, { event }) =>
  withStatus(
    state,
    event.step,
    event.why === 'person'
      ? { kind: 'skipped', reason: event.reason, by: event.by, how: 'person' }
      : {
          kind: 'not-applicable',
          why: event.reason ?? event.why,
          cause: event.why === 'not-applicable' ? 'person' : event.why,
        },
  )

export const stepsJumpedOver: Fold<'jump'> = (state, { event }) =>
  [...new Set(event.over)].reduce<RunState>(
    (next, step) => withStatus(next, step, { kind: 'skipped', reason: event.reason, by: event.by, how: 'jump' }),
    state,
  )

export const stepReopened: Fold<'step.reopen'> = (state, { event }) => {
  const opened = withStatus(state, event.step, { kind: 'pending' })
  return withoutPhaseEnd(withoutAnswer(opened, event.step), event.step)
}

export const stepConfirmed: Fold<'confirm'> = (state, { event, seq, atMs }) => {
  const record = state.steps.get(event.step)
  if (record === undefined) return state
  // A phrase typed before a dangerous task is a confirm of that task; it does not end it.
  if (record.planned.kind === 'task')
    return withRecord(state, event.step, { phraseSeq: event.answer === 'yes' ? seq : null })
  if (record.planned.kind !== 'confirmation' && record.planned.kind !== 'manual') return state
  const status: StepStatus =
    event.answer === 'yes'
      ? { kind: 'passed', how: 'confirmed', by: event.by, atMs, note: event.note }
      : event.answer === 'no'
        ? { kind: 'failed', why: 'declined', exit: null, by: event.by, ms: 0 }
        : { kind: 'not-applicable', why: event.note ?? 'said to be not applicable', cause: 'person' }
  return withRecord(withStatus(state, event.step, status), event.step, { observed: event.observed })
}

export const formFilled: Fold<'form'> = (state, { event, atMs }) =>
  withStatus(state, event.step, { kind: 'passed', how: 'filled', by: event.by, atMs, note: null })

export const waitStarted: Fold<'wait.start'> = (state, { event, atMs }) => {
  const record = state.steps.get(event.step)
  const extended = record?.status.kind === 'waiting' ? record.status : null
  const status = {
    kind: 'waiting',
    sinceMs: extended?.sinceMs ?? atMs,
    untilMs: Date.parse(event.until),
    minMs: event.minMs,
  } as const
  // What a probe said before this wait began says nothing about it.
  const lastCheck = extended === null ? null : (record?.lastCheck ?? null)
  return withRecord(withStatus(state, event.step, status), event.step, { lastCheck })
}

export const waitEnded: Fold<'wait.end'> = (state, { event, atMs }) => {
  if (event.how === 'extended') return state
  if (event.how === 'cancelled')
    return withStatus(state, event.step, { kind: 'failed', why: 'cancelled', exit: null, by: event.by, ms: 0 })
  return withStatus(state, event.step, { kind: 'passed', how: 'waited', by: event.by, atMs, note: event.reason })
}

/** A condition is asked again once a step under it is opened again and nothing under it was done. */
function withoutAnswer(state: RunState, step: string): RunState {
  const key = state.conditionOfStep.get(step)
  if (key === undefined || !state.conditions.has(key)) return state
  for (const id of state.stepsOfCondition.get(key)?.keys() ?? []) {
    const record = state.steps.get(id)
    const shares = state.conditionOfStep.get(id) === key
    if (shares && record !== undefined && !isUntouched(record)) return state
  }
  return { ...state, conditions: state.conditions.without(key) }
}

function isUntouched({ status, attempts }: StepRecord): boolean {
  return attempts === 0 && (status.kind === 'pending' || status.kind === 'not-applicable')
}

/** A phase with an open step in it is not complete any more; its end is recorded anew. */
function withoutPhaseEnd(state: RunState, step: string): RunState {
  const phase = state.steps.get(step)?.planned.phase ?? null
  return phase === null ? state : { ...state, phasesEnded: state.phasesEnded.without(phase) }
}
