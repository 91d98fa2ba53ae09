import type { RunState, Step } from '../../model/index.ts'
import { gateNeed, type RunContext } from '../../runner/index.ts'
import {
  APPROVAL_NAMESPACE,
  approversNamedBy,
  checkSigner,
  principalsOf,
  type SignersFile,
} from '../../transcript/index.ts'
import type { AboutToRun } from './about-to-run.ts'
import { type PreflightFinding, preflightFinding } from './finding.ts'
import { behindText } from './obstacles.ts'
import type { StepsAhead } from './steps-ahead.ts'

/** Somebody who could approve: a principal with the keys that may sign for them now. */
interface Candidate {
  readonly principal: string
  readonly keyids: readonly string[]
}

/**
 * Gates ahead that nobody could open, or not everybody who is named: each approval must come from another person with another
 * key, and none of them from anybody who has operated the run. What was approved already counts.
 *
 * @param operator null where it is not known who will walk the run.
 */
export function gateFindings(
  { context, state }: AboutToRun,
  ahead: StepsAhead,
  signers: SignersFile,
  operator: Operator | null,
  nowMs: number,
): PreflightFinding[] {
  const candidates = candidatesOf(signers, nowMs, context.touch ?? 'none')
  const operators = [...state.operators, ...(operator === null ? [] : [operator])]
  const gates = [...ahead.forward, ...ahead.back].filter(({ kind }) => kind === 'gate')
  return gates.flatMap(step => {
    const given = state.steps.get(step.id)?.status.kind === 'open-gate' ? givenFor(state, step) : []
    const open = gateNeed(step, context.roles).filter(
      ({ role }) => role === null || !given.some(one => one.role === role),
    )
    const anyone = given.filter(({ role }) => role === null).length
    const need = open.slice(anyone)
    const others = without(candidates, [...operators, ...given])
    return need.length === 0 ? [] : gateFinding(context, ahead, { step, need, candidates, others, operators })
  })
}

interface Operator {
  readonly principal: string
  readonly keyid: string
}

function givenFor(state: RunState, step: Step): readonly (Operator & { readonly role: string | null })[] {
  return state.gates.get(step.id)?.approvals.map(({ event }) => event) ?? []
}

/** Nobody counts twice, neither by name nor by key. */
function without(candidates: readonly Candidate[], taken: readonly Operator[]): Candidate[] {
  return candidates
    .filter(({ principal }) => !taken.some(one => one.principal === principal))
    .map(one => ({ ...one, keyids: one.keyids.filter(keyid => !taken.some(other => other.keyid === keyid)) }))
    .filter(({ keyids }) => keyids.length > 0)
}

function gateFinding(
  context: RunContext,
  ahead: StepsAhead,
  gateOf: {
    readonly step: Step
    readonly need: ReturnType<typeof gateNeed>
    readonly candidates: readonly Candidate[]
    readonly others: readonly Candidate[]
    readonly operators: readonly Operator[]
  },
): PreflightFinding[] {
  const { step, need, candidates, others, operators } = gateOf
  const place = { path: context.runbook.path, line: step.line, steps: [step.position] }
  const gate = `the gate ${step.position} ${step.title}`
  const named = [...new Set(need.flatMap(({ from }) => from ?? []))]
  const findings = named.flatMap(principal => {
    if (others.some(other => other.principal === principal)) return []
    const why = operators.some(operator => operator.principal === principal)
      ? 'walks this run, and nobody approves their own'
      : candidates.some(candidate => candidate.principal === principal)
        ? 'has no key but the operator’s'
        : 'has no key in the signers file that may sign approvals now'
    const message = `${gate} counts on ${principal}, who ${why}`
    const help = 'let another person walk or approve, or have a line for them in .signoff/allowed_signers reviewed'
    return [preflightFinding('approver-cannot-sign', message, help, place)]
  })
  const unmapped = [
    ...new Set(
      (step.approvers ?? []).flatMap(({ role }) => (role !== null && context.roles[role] === undefined ? [role] : [])),
    ),
  ]
  if (unmapped.length > 0) {
    const who = need.every(({ role }) => role === null)
      ? 'any two different signers decide'
      : 'any signer may decide for it'
    const message = `${gate} names ${unmapped.map(role => `"${role}"`).join(' and ')}, whom .signoff/config.yaml maps to nobody: ${who}`
    findings.push(preflightFinding('role-not-mapped', message, `roles: { ${unmapped[0]}: [name@example.com] }`, place))
  }
  if (
    !canAllBeGiven(
      need.map(({ from }) => from),
      others,
    )
  ) {
    const message = `${gate} cannot be opened: it needs ${need.length} ${need.length === 1 ? 'approval' : 'approvals from different people'}, and ${others.length === 0 ? 'nobody but the operator may sign any' : `only ${others.map(({ principal }) => principal).join(', ')} may sign`}${behindText(ahead, step)}`
    const help = 'signoff init --role approver makes a line for whoever approves; have it reviewed like code'
    findings.push(preflightFinding('gate-cannot-open', message, help, place))
  }
  return findings
}

/** One person and one key for each approval. Gates name few people, so that trying all of them is quick. */
function canAllBeGiven(needs: readonly (readonly string[] | null)[], others: readonly Candidate[]): boolean {
  // Those with the fewest to choose from first: what cannot be met shows early.
  const ordered = [...needs].sort((a, b) => (a?.length ?? 1e6) - (b?.length ?? 1e6))
  const place = (index: number, people: ReadonlySet<string>, keys: ReadonlySet<string>): boolean => {
    const from = ordered[index]
    if (from === undefined) return true
    return others.some(
      ({ principal, keyids }) =>
        !people.has(principal) &&
        (from === null || from.includes(principal)) &&
        keyids.some(
          keyid => !keys.has(keyid) && place(index + 1, new Set(people).add(principal), new Set(keys).add(keyid)),
        ),
    )
  }
  return place(0, new Set(), new Set())
}

function candidatesOf(signers: SignersFile, nowMs: number, touch: NonNullable<RunContext['touch']>): Candidate[] {
  const keys = new Map<string, Set<string>>()
  const add = (principal: string, keyid: string) => keys.set(principal, (keys.get(principal) ?? new Set()).add(keyid))
  for (const line of signers.lines) {
    // Which key an authority certifies for somebody is seen once they sign: one that nobody else has, as far as can be told now.
    if (line.certAuthority)
      for (const principal of approversNamedBy(line, nowMs)) add(principal, `certificate of ${principal}`)
    // A key that is on no token cannot say that it was touched.
    else if (touch === 'none' || line.key.type.startsWith('sk-'))
      for (const principal of principalsOf(signers, line.key, APPROVAL_NAMESPACE))
        if (checkSigner(signers, { key: line.key, principal, namespace: APPROVAL_NAMESPACE, atMs: nowMs }).ok)
          add(principal, line.key.keyid)
  }
  return [...keys].map(([principal, keyids]) => ({ principal, keyids: [...keyids] }))
}
