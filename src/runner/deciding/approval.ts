import { type EventOf, personRefusal, type RunEvent, type RunState } from '../../model/index.ts'

/** What came of checking a signed approval; the signature itself is checked outside the core. */
export type ApprovalVerdict =
  | {
      readonly kind: 'counts'
      readonly event: EventOf<'approval'>
      /** sha256 of what came, should it be refused here after all. */
      readonly sha256: string
    }
  | { readonly kind: 'refused'; readonly event: EventOf<'approval.refused'> }

/**
 * An approval was checked against the gate as it stood then. Another may have been recorded since, or the run handed to whoever gave it, so
 * that who may decide is judged once more, by the same rule, as the run stands now; and only the open request is answered.
 */
export function approvalEvent(state: RunState, verdict: ApprovalVerdict): RunEvent {
  if (verdict.kind === 'refused') return verdict.event
  const { event, sha256 } = verdict
  const gate = state.gates.get(event.step)
  const open = state.steps.get(event.step)?.status.kind === 'open-gate'
  const refused = (why: EventOf<'approval.refused'>['why']): RunEvent => ({
    kind: 'approval.refused',
    request: event.request,
    sha256,
    why,
  })
  if (gate === undefined || !open || gate.request !== event.request) return refused('stale')
  const { principal: approver, role } = event
  const given = gate.approvals.map(one => one.event)
  // That a line of the signers file names them was seen with the signature.
  const refusal = personRefusal({ approver, role }, event, true, {
    operators: [...state.operators],
    given,
    need: gate.event.need,
  })
  return refusal === null ? event : refused(refusal.why)
}
