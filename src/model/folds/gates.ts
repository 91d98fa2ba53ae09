import type { EventOf } from '../run-event.ts'
import type { RunState } from '../run-state.ts'
import { signedReason } from '../signed-reason.ts'
import { type Fold, withStatus } from './fold.ts'

export const approvalRequested: Fold<'approval.request'> = (state, { event, seq, atMs }) => {
  const before = state.gates.get(event.step)
  const earlier = before === undefined ? [] : [...before.earlier, ...before.approvals]
  const askedAgain = before?.askedAgain ?? null
  const gate = { request: seq, openedAtMs: atMs, event, approvals: [], refused: [], earlier, askedAgain }
  return {
    ...withStatus(state, event.step, { kind: 'open-gate' }),
    gates: new Map(state.gates).set(event.step, gate),
  }
}

export const approvalGiven: Fold<'approval'> = (state, { event, seq, atMs }) => {
  const gate = state.gates.get(event.step)
  if (gate === undefined) return state
  const approval = { seq, atMs, event, reason: signedReason(event.envelope) }
  return {
    ...state,
    gates: new Map(state.gates).set(event.step, { ...gate, approvals: [...gate.approvals, approval] }),
  }
}

/** An approval of a gate, or the acceptance of a hand-over, that was not good. */
export const approvalRefused: Fold<'approval.refused'> = (state, { event }) => {
  const found = [...state.gates].find(([, gate]) => gate.request === event.request)
  if (found === undefined) return withRefusedAcceptance(state, event)
  const [step, gate] = found
  return { ...state, gates: new Map(state.gates).set(step, { ...gate, refused: [...gate.refused, event.why] }) }
}

export const gateEnded: Fold<'gate.end'> = (state, { event, seq, atMs }) => {
  const by =
    state.gates
      .get(event.step)
      ?.approvals.map(({ event: approval }) => approval.principal)
      .join(', ') ?? null
  return event.decision === 'go'
    ? {
        ...withStatus(state, event.step, { kind: 'passed', how: 'go', by, atMs, note: null }),
        gatesPassed: [...state.gatesPassed, { step: event.step, seq }],
      }
    : withStatus(state, event.step, { kind: 'failed', why: 'no-go', exit: null, by, ms: 0 })
}

/** After a NO-GO: whoever decides next is told why it is asked again. */
export function withAskedAgain(state: RunState, { step, by, reason }: EventOf<'step.decide'>): RunState {
  const gate = state.gates.get(step)
  if (gate === undefined) return state
  return { ...state, gates: new Map(state.gates).set(step, { ...gate, askedAgain: { by, reason } }) }
}

function withRefusedAcceptance(state: RunState, event: EventOf<'approval.refused'>): RunState {
  const { offer } = state
  if (offer === null || offer.seq !== event.request) return state
  return { ...state, offer: { ...offer, refused: [...offer.refused, event.why] } }
}
