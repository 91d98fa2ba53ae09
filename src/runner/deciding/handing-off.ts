import { createHash } from 'node:crypto'
import type { Answer, EventOf, RunEvent, RunState, Speaker } from '../../model/index.ts'
import type { RunContext } from './context.ts'
import { type Decision, decided, refused } from './decision.ts'
import { currentStep } from './need.ts'

/** What came of checking a signed acceptance; the signature itself is checked outside the core. */
export type AcceptanceVerdict =
  | { readonly kind: 'counts'; readonly event: EventOf<'handoff.accept'> }
  | { readonly kind: 'refused'; readonly event: EventOf<'approval.refused'> }

/** An offer is made by the operator alone. It is signed before it is recorded: over the line that it will stand behind. */
export function decideOffer(state: RunState, answer: Extract<Answer, { kind: 'offer' }>, speaker: Speaker): Decision {
  const to = answer.to.trim()
  if (to === '') return refused('say to whom')
  if (speaker.by !== state.operator?.principal)
    return refused(`only the operator can hand the run over, ${state.operator?.principal ?? 'nobody yet'}`)
  if (to === speaker.by) return refused(`${to} operates this run already`)
  return decided([], [{ kind: 'sign-offer', to, note: answer.note?.trim() || null }])
}

export function decideWithdrawal(state: RunState, speaker: Speaker): Decision {
  const { offer } = state
  if (offer === null) return refused('the run is on offer to nobody')
  if (speaker.by !== state.operator?.principal) return refused('only the operator can withdraw the offer')
  return decided([{ kind: 'handoff.withdraw', offer: offer.seq, by: speaker.by }])
}

/**
 * An acceptance was checked against the offer as it stood then. Only the order of events tells whether it still stands. The new
 * operator goes on by `resume`, with a key of their own: here the run pauses, and a script that runs is left to its supervisor.
 */
export function decideAcceptance(context: RunContext, state: RunState, verdict: AcceptanceVerdict): Decision {
  if (verdict.kind === 'refused') return decided([verdict.event])
  const { event } = verdict
  if (state.result !== null || !isOpenTo(state, event)) return decided([staleAcceptance(event)])
  const step = currentStep(context, state)?.id ?? null
  const pause: RunEvent = { kind: 'run.pause', reason: `handed over to ${event.by}`, step, by: event.by }
  return decided([event, pause])
}

/** Whether the offer that an acceptance names is the one that stands, and was made to whoever accepts. */
export function isOpenTo(state: RunState, event: EventOf<'handoff.accept'>): boolean {
  return state.offer?.seq === event.offer && state.offer.event.to === event.by
}

function staleAcceptance(event: EventOf<'handoff.accept'>): EventOf<'approval.refused'> {
  const sha256 = createHash('sha256').update(event.envelope).digest('hex')
  return { kind: 'approval.refused', request: event.offer, sha256, why: 'stale' }
}
