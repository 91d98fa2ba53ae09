import { type Approver, type EventOf, isJumpedOver, type PlannedStep, type RunState } from '../../model/index.ts'
import { encode } from '../encoding/canonical.ts'
import type { Finding } from './verify-report.ts'

/** A step as the runbook demands it: what is asked there, and which answer may leave it out. */
export interface DemandedStep extends Pick<PlannedStep, 'id' | 'kind' | 'flow' | 'required' | 'approvers'> {
  /** The condition that it stands under; null where it is always due. */
  readonly when: string | null
  /** The option that it belongs to; null where nothing has to be chosen for it. */
  readonly choice: { readonly group: string; readonly option: string } | null
}

/** What the runbook in the transcript demands, as the verifier's own parser reads it. */
export interface DemandedPlan {
  /** Version of the rules that made it; another version's plan is not compared. */
  readonly rules: number
  readonly steps: readonly DemandedStep[]
  /** Its ways back, each with its steps in order, gates and all. */
  readonly recovery: readonly { readonly for: string | null; readonly steps: readonly string[] }[]
}

/** Settings of the one who verifies. */
export interface VerifyPolicy {
  readonly requirePassed?: boolean
  /** Approvals by different people that the run must have. */
  readonly requireApprovals?: number
  readonly strictTime?: boolean
  /** The verifier's own mapping of roles to principals. */
  readonly roles?: Readonly<Record<string, readonly string[]>>
  /** What the keys of approvers must have shown. */
  readonly touch?: EventOf<'approval.request'>['touch']
}

/** What is asked of a run as a whole, once it is sealed. */
export function checkPolicy(
  state: RunState,
  demanded: DemandedPlan | null,
  goodApprovals: readonly { readonly principal: string; readonly decision: string }[],
  wanted: VerifyPolicy,
): Finding[] {
  const findings = [...endedFindings(state), ...planFindings(state, demanded)]
  if (wanted.requirePassed === true && state.result !== 'passed')
    findings.push(policy(`the run ended ${state.result ?? 'nowhere'}, and must have passed`))
  const people = new Set(goodApprovals.filter(({ decision }) => decision === 'go').map(({ principal }) => principal))
  if (people.size < (wanted.requireApprovals ?? 0))
    findings.push(policy(`${people.size} people approved, and ${wanted.requireApprovals} must have`))
  return findings
}

/** A run that calls itself passed leaves no required step of its main flow open, failed or unknown. */
function endedFindings(state: RunState): Finding[] {
  if (state.result !== 'passed' && state.result !== 'partial') return []
  const findings: Finding[] = []
  for (const { planned, status } of state.steps.values()) {
    if (planned.flow !== 'main' || !planned.required) continue
    if (status.kind === 'skipped' && (status.reason ?? '').trim() === '')
      findings.push(policy(`${planned.id} was skipped without a reason`))
    if (status.kind === 'skipped' && planned.kind === 'gate')
      findings.push(policy(`the gate ${planned.id} was skipped`))
    if (state.result === 'passed' && isJumpedOver(status))
      findings.push(policy(`the run says passed, and ${planned.id} was jumped over`))
    const isOpen = !['passed', 'skipped', 'not-applicable'].includes(status.kind)
    if (isOpen && (state.result === 'passed' || status.kind === 'failed' || status.kind === 'unknown'))
      findings.push(policy(`the run says ${state.result}, and ${planned.id} is ${status.kind}`))
  }
  return findings
}

/** No gate that the embedded runbook demands is missing from the plan that was walked, or weaker in it. */
function planFindings(state: RunState, demanded: DemandedPlan | null): Finding[] {
  if (demanded === null || state.start === null) return []
  if (demanded.rules !== state.start.tool.rules)
    return [
      {
        ...policy(
          `the plan was made by rules ${state.start.tool.rules}, and is not compared with rules ${demanded.rules}`,
        ),
        exit: 0,
      },
    ]
  const findings: Finding[] = []
  for (const gate of demanded.steps.filter(step => step.kind === 'gate')) {
    const walked = state.steps.get(gate.id)?.planned
    if (walked === undefined || walked.kind !== 'gate') {
      findings.push(policy(`the runbook demands the gate ${gate.id}, and the plan has none`))
      continue
    }
    const isWeaker =
      (gate.required && !walked.required) ||
      (gate.flow === 'main' && walked.flow !== 'main') ||
      !covers(walked.approvers ?? [], gate.approvers ?? [])
    if (isWeaker) findings.push(policy(`the gate ${gate.id} is weaker in the plan than in the runbook`))
  }
  return [
    ...findings,
    ...flowFindings(state, demanded),
    ...orderFindings(state, demanded),
    ...recoveryFindings(state, demanded),
  ]
}

/** A way back that was walked is one of the runbook's, whole: a gate that was left out of it guards nothing. */
function recoveryFindings({ recovery }: RunState, demanded: DemandedPlan): Finding[] {
  if (recovery === null) return []
  const isWalked = (flow: DemandedPlan['recovery'][number]) =>
    flow.for === recovery.for && encode(flow.steps) === encode(recovery.steps)
  return demanded.recovery.some(isWalked) ? [] : [policy('the way back that was walked is none of the runbook’s')]
}

/** A step that was taken out of the main flow no longer stands behind the flow's gates. A selection leaves the plan as it is. */
function flowFindings(state: RunState, demanded: DemandedPlan): Finding[] {
  return demanded.steps
    .filter(({ id, flow }) => flow === 'main' && (state.steps.get(id)?.planned.flow ?? 'main') !== 'main')
    .map(({ id }) => policy(`the runbook has ${id} in its main flow, and the plan has not`))
}

/** A gate that was moved behind what it guards guards nothing. */
function orderFindings(state: RunState, demanded: DemandedPlan): Finding[] {
  const order = [...state.steps.keys()]
  const place = new Map(order.map((id, index) => [id, index]))
  const findings: Finding[] = []
  const main = demanded.steps.filter(step => step.flow === 'main')
  for (const [index, gate] of main.entries()) {
    const at = place.get(gate.id)
    if (gate.kind !== 'gate' || at === undefined) continue
    const early = main.slice(index + 1).find(step => (place.get(step.id) ?? Number.POSITIVE_INFINITY) < at)
    if (early !== undefined) findings.push(policy(`the plan has ${early.id} before the gate ${gate.id} that guards it`))
  }
  return findings
}

function covers(walked: readonly Approver[], demanded: readonly Approver[]): boolean {
  const left = [...walked]
  return demanded.every(approver => {
    const at = left.findIndex(one => one.role === approver.role && one.principal === approver.principal)
    if (at === -1) return false
    left.splice(at, 1)
    return true
  })
}

function policy(message: string, line: number | null = null): Finding {
  return { check: 'policy', exit: 6, message, line }
}
