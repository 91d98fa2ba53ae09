import type { RunState } from '../../model/index.ts'
import type { RunContext } from './context.ts'
import type { Order } from './decision.ts'

/** `4.3.1`, or the id where the runbook has no such step. */
export function positionOf(context: RunContext, id: string): string {
  return context.steps.get(id)?.position ?? id
}

/** Deterministic, so that a claim on it is a claim for good. */
export function orderId(context: RunContext, step: string, attempt: number): string {
  return `${context.run}:${step}:${attempt}`
}

/** True while the script that runs is the poll of a wait: the question that stands is the wait, and people may act on it. */
export function isPoll(context: RunContext, state: RunState): boolean {
  const step = state.running === null ? undefined : context.steps.get(state.running.step)
  return step?.kind === 'wait' && step.probe !== null && state.steps.get(step.id)?.status.kind === 'waiting'
}

/** Position of the step whose script keeps anything else from being decided; null where there is none. */
export function runningInTheWay(context: RunContext, state: RunState): string | null {
  return state.running === null || isPoll(context, state) ? null : positionOf(context, state.running.step)
}

/** Ends a poll whose wait is over by a person's word. */
export function stopPoll(context: RunContext, state: RunState, by: string): Order[] {
  if (state.running === null || !isPoll(context, state)) return []
  const { step, attempt } = state.running
  return [{ kind: 'stop', id: orderId(context, step, attempt), signal: 'escalate', by }]
}
