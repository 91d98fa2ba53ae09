import type { EventOf } from '../run-event.ts'
import type { ApprovalRecord, RunState } from '../run-state.ts'
import { SharedList } from '../shared-list.ts'
import { signedReason } from '../signed-reason.ts'
import { type Fold, withStatus } from './fold.ts'

export const approvalRequested: Fold<'approval.request'> = (state, { event, seq, atMs }) => {
  const before = state.gates.get(event.step)
  // Each approval becomes an earlier one once.
  let earlier = before?.earlier ?? new SharedList<ApprovalRecord>()
  for (const approval of before?.approvals ?? []) earlier = earlier.with(approval)
  const nothing = { approvals: new SharedList<never>(), approvedBy: '', refused: new SharedList<never>() }
  const gate = { request: seq, openedAtMs: atMs, event, ...nothing, earlier, askedAgain: before?.askedAgain ?? null }
  return {
    ...withStatus(state, event.step, { kind: 'open-gate' }),
    gates: state.gates.with(event.step, gate),
    gateOfRequest: state.gateOfRequest.with(seq, event.step),
  }
}

export const approvalGiven: Fold<'approval'> = (state, { event, seq, atMs }) => {
  const gate = state.gates.get(event.step)
  if (gate === undefined) return state
  const approval = { seq, atMs, event, reason: signedReason(event.envelope) }
  const approvals = gate.approvals.with(approval)
  const approvedBy = gate.approvals.length === 0 ? event.principal : `${gate.approvedBy}, ${event.principal}`
  return { ...state, gates: state.gates.with(event.step, { ...gate, approvals, approvedBy }) }
}

/** An approval of a gate, or the acceptance of a hand-over, that was not good. */
export const approvalRefused: Fold<'approval.refused'> = (state, { event }) => {
  const step = state.gateOfRequest.get(event.request)
  const gate = step === undefined ? undefined : state.gates.get(step)
  if (step === undefined || gate?.request !== event.request) return withRefusedAcceptance(state, event)
  return { ...state, gates: state.gates.with(step, { ...gate, refused: gate.refused.with(event.why) }) }
}

export const gateEnded: Fold<'gate.end'> = (state, { event, seq, atMs }) => {
  const by = state.gates.get(event.step)?.approvedBy ?? null
  return event.decision === 'go'
    ? {
        ...withStatus(state, event.step, { kind: 'passed', how: 'go', by, atMs, note: null }),
        gatesPassed: state.gatesPassed.with(event.step, seq),
      }
    : withStatus(state, event.step, { kind: 'failed', why: 'no-go', exit: null, by, ms: 0 })
}

/** After a NO-GO: whoever decides next is told why it is asked again. */
export function withAskedAgain(state: RunState, { step, by, reason }: EventOf<'step.decide'>): RunState {
  const gate = state.gates.get(step)
  if (gate === undefined) return state
  return { ...state, gates: state.gates.with(step, { ...gate, askedAgain: { by, reason } }) }
}

function withRefusedAcceptance(state: RunState, event: EventOf<'approval.refused'>): RunState {
  const { offer } = state
  if (offer === null || offer.seq !== event.request) return state
  return { ...state, offer: { ...offer, refused: offer.refused.with(event.why) } }
}
