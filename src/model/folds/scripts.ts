import type { Entry, EventOf } from '../run-event.ts'
import type { RunState, StepStatus } from '../run-state.ts'
import { type Fold, isTask, withRecord, withStatus } from './fold.ts'

export const scriptEdited: Fold<'step.edit'> = (state, { event, seq }) =>
  withRecord(state, event.step, { edited: { seq, script: event.script, reason: event.reason, by: event.by } })

export const scriptStarted: Fold<'step.start'> = (state, { event, atMs }) => {
  const running = { step: event.step, attempt: event.attempt, sinceMs: atMs, told: new Set<never>() }
  const begun = { attempts: event.attempt, phraseSeq: null, checks: [], difference: null }
  const next = withRecord({ ...state, running }, event.step, begun)
  return isTask(next, event.step)
    ? withRecord(withStatus(next, event.step, { kind: 'running', attempt: event.attempt, sinceMs: atMs }), event.step, {
        started: event.script,
      })
    : next
}

export const scriptStopped: Fold<'step.stop'> = (state, { event }) => {
  const { running } = state
  if (running?.step !== event.step || running.attempt !== event.attempt || event.by === null) return state
  return { ...state, running: { ...running, stoppedBy: event.by } }
}

/** Of the end of a running script something is on record: what it printed, what it left behind. */
export function endTold(
  state: RunState,
  { event }: Entry<EventOf<'step.left' | 'output.end' | 'output.differs'>>,
): RunState {
  const { running } = state
  if (running?.step !== event.step || running.attempt !== event.attempt) return state
  return { ...state, running: { ...running, told: new Set([...running.told, event.kind]) } }
}

export const outputDiffered: Fold<'output.differs'> = (state, entry) =>
  endTold(withRecord(state, entry.event.step, { difference: entry.event.diff }), entry)

export const scriptEnded: Fold<'step.end'> = (state, { event, atMs }) => {
  const lastEnd = {
    ms: event.ms,
    signal: event.signal,
    stoppedBy: state.running?.stoppedBy ?? null,
    unmet: event.checks.filter(({ ok }) => !ok),
  }
  const next = withRecord({ ...state, running: null }, event.step, { lastEnd })
  if (!isTask(next, event.step)) return withRecord(next, event.step, { lastCheck: { result: event.result, atMs } })
  return withStatus(withRecord(next, event.step, { checks: event.checks }), event.step, statusOfEnd(event, atMs))
}

function statusOfEnd(event: EventOf<'step.end'>, atMs: number): StepStatus {
  if (event.result === 'passed') return { kind: 'passed', how: 'script', by: null, atMs, note: null }
  if (event.result === 'unknown') return { kind: 'unknown' }
  const why = event.outcome === 'timed-out' || event.outcome === 'cancelled' ? event.outcome : 'exit'
  return { kind: 'failed', why, exit: event.exit, by: null, ms: event.ms }
}
