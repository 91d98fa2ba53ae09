import type { Approver, EventOf, GateRecord, PlannedStep, RunEvent, RunState } from '../../model/index.ts'
import type { VerifyPolicy } from './verify-policy.ts'
import type { Finding } from './verify-report.ts'

export interface RequestCheck {
  /** Takes every event, with the run as it stood before it. */
  add(event: RunEvent, before: RunState): void
  /** Of the requests that were asked anew after they had said go, and of the last one of each gate. */
  findings(end: RunState): Finding[]
}

/**
 * What was asked at each gate must be no less than its plan, and the people those whom the verifier knows for the role. A request that
 * said go let scripts past, and is judged although its gate was asked again; one that was asked anew before that let nothing past.
 * Only findings are held, not requests: there may be millions.
 */
export function createRequestCheck(wanted: VerifyPolicy): RequestCheck {
  const roles = new Map(
    Object.entries(wanted.roles ?? {}).map(([role, principals]) => [role, new Set(principals)] as const),
  )
  const replaced: Finding[] = []
  const judge = (gate: GateRecord, planned: PlannedStep | undefined) =>
    requestFindings(gate, planned?.approvers ?? [], wanted.touch ?? 'none', roles)
  return {
    add(event, before) {
      if (event.kind !== 'approval.request') return
      const gate = before.gates.get(event.step)
      const wentAt = before.gatesPassed.get(event.step)
      if (gate === undefined || wentAt === undefined || wentAt < gate.request) return
      for (const finding of judge(gate, before.steps.get(event.step)?.planned)) replaced.push(finding)
    },
    findings: end => {
      const findings = [...replaced]
      for (const [step, gate] of end.gates)
        for (const finding of judge(gate, end.steps.get(step)?.planned)) findings.push(finding)
      return findings
    },
  }
}

type Asked = EventOf<'approval.request'>['need']
type Touch = EventOf<'approval.request'>['touch']

/** The weakest first. */
const TOUCHES = ['none', 'presence', 'verified'] as const

function requestFindings(
  { request, event: { step, need, touch } }: GateRecord,
  planned: readonly Approver[],
  wantedTouch: Touch,
  roles: ReadonlyMap<string, ReadonlySet<string>>,
): Finding[] {
  const findings: Finding[] = []
  const found = (message: string) => findings.push(policy(`the gate ${step} ${message}`, request + 1))
  if (!isAnyTwo(planned, need) && !asksAll(planned, need)) found('asked for less than its plan does')
  if (TOUCHES.indexOf(touch) < TOUCHES.indexOf(wantedTouch))
    found(`asked keys for ${touch}, and you ask for ${wantedTouch}`)
  const others = new Set<string>()
  for (const { role, from } of need) {
    const own = role === null ? undefined : roles.get(role)
    if (role === null || own === undefined) continue
    if (from === null || from.some(principal => !own.has(principal))) others.add(role)
  }
  for (const role of others) found(`took others for ${role} than you have`)
  return findings
}

/** Where no role of a gate is mapped to anybody, any two signers decide. */
function isAnyTwo(planned: readonly Approver[], asked: Asked): boolean {
  return (
    asked.length >= 2 &&
    planned.every(({ principal }) => principal === null) &&
    asked.every(({ role, from }) => role === null && from === null)
  )
}

function asksAll(planned: readonly Approver[], asked: Asked): boolean {
  // One signer is enough only where it is known who that must be.
  const least = asked.some(({ from }) => from !== null) ? 1 : 2
  if (asked.length < Math.max(least, planned.length)) return false
  // Gathered once and not searched for each approver: a hostile request may name ten thousand, and be asked as often.
  const people = new Map<string | null, Set<string>>()
  for (const { role, from } of asked) {
    const ofRole = people.get(role) ?? new Set()
    for (const principal of from ?? []) ofRole.add(principal)
    people.set(role, ofRole)
  }
  return planned.every(({ role, principal }) => {
    const ofRole = people.get(role)
    return ofRole !== undefined && (principal === null || ofRole.has(principal))
  })
}

function policy(message: string, line: number): Finding {
  return { check: 'policy', exit: 6, message, line }
}
