import type { EventOf, Step } from '../../model/index.ts'
import type { RunContext } from './context.ts'

/** The approvals that open a gate: one for each, from different people. `from` is null where any signer may give it. */
export function gateNeed(
  step: Pick<Step, 'approvers'>,
  roles: RunContext['roles'],
): EventOf<'approval.request'>['need'] {
  const need = (step.approvers ?? []).map(({ role, principal }) => ({
    role,
    from: principal !== null ? [principal] : role === null ? null : (roles[role]?.slice() ?? null),
  }))
  // Where nobody is mapped to a role, any two different signers decide, whatever the number of names in the runbook.
  const anyone = { role: null, from: null }
  return need.some(({ from }) => from !== null) ? need : [anyone, anyone]
}
