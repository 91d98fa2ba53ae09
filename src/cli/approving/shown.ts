import type { ApprovalRecord, EventOf } from '../../model/index.ts'
import { deviationsOf, deviationText } from '../../model/index.ts'
import type { FoundRequest } from './request.ts'
import { needText } from './role.ts'
import type { Asked } from './still-asked.ts'

/** What is decided on, as an approver reads it before signing: not cleaned. What is shown is what is signed. */
export function shown({ checked, position }: FoundRequest, { gate }: Asked): string[] {
  const { start, state } = checked
  const deviations = deviationsOf(state)
  const { criteria, need } = gate.event
  return [
    gate.event.ask,
    `Gate ${position}, release ${start.release}, ${start.env === null ? '' : `environment ${start.env}, `}run ${start.run}, operated by ${state.operator?.principal ?? '?'}`,
    `Runbook ${start.runbook.path}, sha256 ${start.runbook.sha256}`,
    ...(start.git?.commit == null
      ? []
      : [`Commit ${start.git.commit}${start.git.dirty ? ', with uncommitted changes' : ''}`]),
    ...(criteria.length === 0 ? ['Criteria: none'] : ['Criteria:', ...unmetFirst(criteria).map(criterionLine)]),
    ...(deviations.length === 0
      ? ['No deviation so far']
      : ['Deviations so far:', ...deviations.map(one => `  ${deviationText(one)}`)]),
    ...gate.earlier.map(one => `An earlier request got ${decisionLine(one)}`),
    ...(gate.askedAgain === null ? [] : [`Asked again by ${gate.askedAgain.by}: "${gate.askedAgain.reason}"`]),
    `The gate: ${needText(need)}`,
    ...touchLines(gate.event.touch),
    ...gate.approvals.map(one => `  ${decisionLine(one)}`),
  ]
}

function touchLines(touch: EventOf<'approval.request'>['touch']): string[] {
  if (touch === 'none') return []
  return [
    `Keys: only one on a token, ${touch === 'presence' ? 'touched' : 'with its PIN or a finger'} for this signature`,
  ]
}

type Criterion = EventOf<'approval.request'>['criteria'][number]

function unmetFirst(criteria: readonly Criterion[]): Criterion[] {
  return criteria.toSorted((a, b) => Number(a.ok) - Number(b.ok))
}

function criterionLine(check: Criterion): string {
  const unit = check.unit === null ? '' : ` ${check.unit}`
  const seen =
    check.op === 'confirmed' ? (check.got ?? 'open') : `${check.got ?? '?'}${unit} (${check.op} ${check.want}${unit})`
  return `  ${check.ok ? 'met    ' : 'NOT met'} ${check.name}: ${seen}`
}

function decisionLine({ event, reason }: ApprovalRecord): string {
  const role = event.role === null ? '' : `, ${event.role}`
  return `${event.decision.toUpperCase()} by ${event.principal}${role}${reason === null ? '' : `: "${reason}"`}`
}
