import type { Answer, EventOf, RunEvent, RunState, Speaker, Step } from '../../model/index.ts'
import { passingPhrase } from './asking.ts'
import { conditionOf } from './condition.ts'
import type { RunContext } from './context.ts'
import { type Decision, decided, refused } from './decision.ts'
import { activeFlow } from './need.ts'
import { limitOf, probeOf } from './probe.ts'
import { stopPoll } from './running.ts'

/** Longer than this is another plan, not a longer wait. */
const LONGEST_EXTENSION_MS = 7 * 24 * 3600 * 1000

/**
 * What follows of itself for a wait: its start, its end once the time is over and its probe has passed, and its failure once
 * polling has gone on for as long as the runbook allows.
 */
export function waitEvent(context: RunContext, state: RunState, step: Step, nowMs: number): RunEvent | null {
  if (step.kind !== 'wait' || (step.when !== null && !state.conditions.has(conditionOf(context, step)))) return null
  const record = state.steps.get(step.id)
  const status = record?.status
  if (status?.kind === 'pending') return startEvent(context, state, step, nowMs)
  if (status?.kind !== 'waiting') return null
  const probe = probeOf(context, state, step)
  const passed = probe === null || record?.lastCheck?.result === 'passed'
  if (passed && nowMs >= status.untilMs) return endEvent(step, 'elapsed', 0, null, null)
  const limitMs = probe === null ? null : limitOf(step, status)
  return limitMs !== null && nowMs >= limitMs
    ? endEvent(step, 'cancelled', 0, 'the probe has not passed within its time', null)
    : null
}

/** A person ends the wait before its time. A poll that runs is stopped with it. */
export function endWaitEvents(
  context: RunContext,
  state: RunState,
  step: Step,
  answer: Extract<Answer, { kind: 'end-wait' }>,
  speaker: Speaker,
): Decision {
  const status = state.steps.get(step.id)?.status
  if (status?.kind !== 'waiting') return refused(`${step.position} is not a wait`)
  if (answer.reason.trim() === '') return refused('a reason is needed')
  const phrase = passingPhrase(step, context.environment, context.release)
  if (phrase !== null && answer.phrase?.trim() !== phrase)
    return refused(`the phrase does not match: type "${phrase}" to end the wait early`)
  const leftMs = Math.max(0, Math.round(status.untilMs - state.lastAtMs))
  return decided([endEvent(step, 'early', leftMs, answer.reason, speaker.by)], stopPoll(context, state, speaker.by))
}

/** A person makes the wait longer: its end is recorded as extended, and the new time begins where the old one would have ended. */
export function extendWaitEvents(
  state: RunState,
  step: Step,
  answer: Extract<Answer, { kind: 'extend-wait' }>,
  speaker: Speaker,
): Decision {
  const status = state.steps.get(step.id)?.status
  if (status?.kind !== 'waiting') return refused(`${step.position} is not a wait`)
  const { byMs, reason } = answer
  if (!Number.isSafeInteger(byMs) || byMs <= 0 || byMs > LONGEST_EXTENSION_MS)
    return refused(`${step.position}: a wait is extended by some time of at most a week`)
  if (reason.trim() === '') return refused('a reason is needed')
  const leftMs = Math.max(0, Math.round(status.untilMs - state.lastAtMs))
  const until = new Date(Math.max(status.untilMs, state.lastAtMs) + byMs).toISOString()
  return decided([
    endEvent(step, 'extended', leftMs, reason, speaker.by),
    { kind: 'wait.start', step: step.id, until, minMs: status.minMs + byMs, reason },
  ])
}

function startEvent(context: RunContext, state: RunState, step: Step, nowMs: number): RunEvent {
  const minMs = step.durationMs ?? 0
  const detail = context.runbook.details.get(step.id)
  const flow = activeFlow(context, state)
  const sectionIds = flow.filter(id => context.runbook.details.get(id)?.section === detail?.section)
  const fromMs = detail?.countsFrom === 'section' ? beganAt(flow, sectionIds, state) : nowMs
  return { kind: 'wait.start', step: step.id, until: new Date(fromMs + minMs).toISOString(), minMs, reason: null }
}

function endEvent(
  step: Step,
  how: EventOf<'wait.end'>['how'],
  leftMs: number,
  reason: string | null,
  by: string | null,
): RunEvent {
  return { kind: 'wait.end', step: step.id, how, leftMs, reason, by }
}

/** When the first of `ids` became the current step: the last change of any step before it in the flow, or the start of the run. */
export function beganAt(flow: readonly string[], ids: readonly string[], state: RunState): number {
  const first = ids[0]
  const before = first === undefined ? [] : flow.slice(0, flow.indexOf(first))
  return Math.max(state.startedAtMs, ...before.map(id => state.steps.get(id)?.changedAtMs ?? 0))
}
