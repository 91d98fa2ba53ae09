import type { Conversation, Ending, Need, ProbeNeed, RunState, Speaker } from '../../model/index.ts'
import type { RunContext } from '../deciding/context.ts'
import { decisionFor } from './decided-beforehand.ts'
import { answerFor, type Found, needOfText, type Provided } from './provided-answer.ts'

/**
 * Walks a run for which nobody is there: says what was provided, and stops where something is not.
 *
 * @param waitLimitMs a wait that has more than this left pauses the run.
 */
export async function walkUnattended(
  context: RunContext,
  conversation: Conversation,
  given: Provided,
  waitLimitMs: number,
  nowMs: () => number,
): Promise<Ending> {
  const speaker: Speaker = { by: given.operator, how: 'flag', source: null }
  const used = new Set<string>()
  for (;;) {
    const { need, state } = conversation.snapshot()
    if (need.kind === 'finished') return conversation.ended
    const asked = `${need.kind} ${'step' in need ? need.step : ''}`
    // One decision is for one failure: a step that fails again asks again.
    const decision = used.has(asked) ? null : decisionFor(context, state, need, given)
    const found = decision ?? answerFor(context, needOfText(context, state, need, given) ?? need, given)
    if (found.kind === 'answer') {
      if (decision !== null && found.answer.kind !== 'edit') used.add(asked)
      const reply = await conversation.say(found.answer, found.speaker)
      if (reply.ok || conversation.snapshot().need.kind !== need.kind) continue
      return pause('missing', reply.why)
    }
    if (need.kind === 'changed') {
      // Nobody is there to look at the difference: it is recorded, and a person goes on.
      const reply = await conversation.say({ kind: 'runbook', decision: 'stop' }, speaker)
      // Refused though it is still asked: nobody drives the run any more, and `ended` says why.
      if (reply.ok || conversation.snapshot().need.kind === 'changed') return conversation.ended
      continue
    }
    if (need.kind === 'decide' && need.state === 'no-go') {
      const stop = { kind: 'decide', step: need.step, choice: 'stop', reason: 'NO-GO' } as const
      const reply = await conversation.say(stop, speaker)
      if (reply.ok) continue
    }
    const why = pauseReason(context, state, need, found, waitLimitMs, nowMs())
    if (why !== null) return pause(why.why, why.reason)
    await nextEntry(conversation)
  }

  async function pause(why: Extract<Ending, { kind: 'paused' }>['why'], reason: string): Promise<Ending> {
    const reply = await conversation.say({ kind: 'pause', reason }, speaker)
    // The run may have ended, or been left, while this was said: that is how it stands then.
    return reply.ok ? { kind: 'paused', why, reason } : conversation.ended
  }
}

function pauseReason(
  context: RunContext,
  state: RunState,
  need: Need,
  found: Found,
  waitLimitMs: number,
  nowMs: number,
): { readonly why: Extract<Ending, { kind: 'paused' }>['why']; readonly reason: string } | null {
  const at = 'step' in need ? (context.steps.get(need.step)?.position ?? '') : ''
  switch (need.kind) {
    case 'running':
    case 'finished':
    case 'changed':
      return null
    case 'gate':
      return { why: found.kind === 'missing' ? 'missing' : 'gate', reason: `${at} needs approval` }
    case 'wait': {
      if (need.probe != null) return pauseOfProbe(at, state, need, need.probe, waitLimitMs, nowMs)
      const leftMs = need.untilMs - nowMs
      return leftMs > waitLimitMs
        ? { why: 'wait', reason: `${at} waits ${Math.ceil(leftMs / 60_000)} more minutes` }
        : null
    }
    case 'decide':
      return need.state === 'unknown'
        ? { why: 'unknown', reason: `${at}: outcome unknown` }
        : { why: 'failed', reason: `${at} ${need.state}` }
    case 'held':
      return { why: 'missing', reason: `${at} is blocked by ${need.by}: ${need.reason}` }
    case 'blocked':
      return { why: need.rejected ? 'rejected' : 'missing', reason: `${at} ${need.why}` }
    default:
      return {
        why: 'missing',
        reason: found.kind === 'missing' ? found.missing.map(m => m.what).join('; ') : `${at} needs a person`,
      }
  }
}

/** A probe is waited for as long as any wait is; one that must pass all along and fails needs a person at once. */
function pauseOfProbe(
  at: string,
  state: RunState,
  need: Extract<Need, { kind: 'wait' }>,
  probe: ProbeNeed,
  waitLimitMs: number,
  nowMs: number,
): ReturnType<typeof pauseReason> {
  if (probe.notPolled !== null) return { why: 'missing', reason: `${at}: its probe is not polled: ${probe.notPolled}` }
  if (probe.watches && probe.last === 'failed') return { why: 'wait', reason: `${at}: its probe fails` }
  const leftMs = need.untilMs - nowMs
  const status = state.steps.get(need.step)?.status
  const waitedMs = status?.kind === 'waiting' ? nowMs - status.sinceMs : 0
  if (leftMs > waitLimitMs) return { why: 'wait', reason: `${at} waits ${Math.ceil(leftMs / 60_000)} more minutes` }
  return waitedMs > Math.max(waitLimitMs, leftMs)
    ? { why: 'wait', reason: `${at}: its probe has not passed for ${Math.round(waitedMs / 60_000)} minutes` }
    : null
}

function nextEntry(conversation: Conversation): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = conversation.onEntry(() => resolve())
  return Promise.race([promise, conversation.ended]).finally(stop)
}
