import type { EventOf, RunEvent, RunState } from '../../model/index.ts'

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
 * An approval was checked against the gate as it stood then. Another may have been recorded since, so that what only the
 * order of events can tell is judged here: one person, one key and one role count once, and only for the open request.
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
  const again = gate.approvals.some(
    ({ event: given }) =>
      given.principal === event.principal ||
      given.keyid === event.keyid ||
      (event.role !== null && given.role === event.role),
  )
  return again ? refused('duplicate') : event
}
