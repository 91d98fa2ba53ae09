import type { RunState } from '../../model/index.ts'
import type { ScriptOrder } from '../ports.ts'
import type { RunContext } from './context.ts'
import { currentStep, type Live } from './need.ts'
import { orderOf } from './order.ts'
import { probeOf, whyNotPolled } from './probe.ts'

/** A poll that hangs ends after its interval, and not before this. */
const LEAST_POLL_LIMIT_MS = 60_000

/**
 * The poll that is due, or when the next one will be; null where nothing is polled. A command that only looks is polled by itself.
 * Any other needs its person each time: it is offered, and its passing counts the same.
 */
export function nextPoll(
  context: RunContext,
  state: RunState,
  live: Live,
  nowMs: number,
): { readonly kind: 'due'; readonly order: ScriptOrder } | { readonly kind: 'later'; readonly atMs: number } | null {
  if (state.running !== null || state.paused !== null || state.result !== null || state.aborted !== null) return null
  const step = currentStep(context, state)
  const record = step === null ? undefined : state.steps.get(step.id)
  if (step === null || record?.status.kind !== 'waiting') return null
  const probe = probeOf(context, state, step)
  if (probe === null || whyNotPolled(state, live, step, probe) !== null) return null
  const dueMs = record.lastCheck === null ? nowMs : record.lastCheck.atMs + probe.everyMs
  if (dueMs > nowMs) return { kind: 'later', atMs: dueMs }
  const order = orderOf(context, state, step, probe.script, null)
  return { kind: 'due', order: { ...order, timeoutMs: Math.max(probe.everyMs, LEAST_POLL_LIMIT_MS) } }
}
