import { type EventOf, eachHasANeed, type GateRecord, type RunState, type StepRecord } from '../../model/index.ts'
import type { ScannedLine } from '../journal/scanned-line.ts'
import type { WithheldLine } from '../journal/withheld-line.ts'
import { checkApproval } from '../statements/check-approval.ts'
import type { Trust } from '../statements/signature-check.ts'
import type { Finding, VerifyReport } from './verify-report.ts'

/** More lines than this while a gate is open are not held: an approval that was shown a later one counts as stale. */
const HELD_LEAVES = 200_000

export interface ApprovalCheck {
  /** Takes every line, with the run as it stood before it. */
  add(line: ScannedLine, before: RunState): void
  /** Takes a line that is withheld: it may be the one that an approver was shown. */
  withhold(line: WithheldLine): void
  /** Checks what was collected. Keys must be valid at `atMs`. */
  finish(trust: Trust | null, atMs: number): Promise<{ findings: Finding[]; approvals: ApprovalFact[] }>
}

type ApprovalFact = NonNullable<VerifyReport['run']>['approvals'][number]

interface Collected {
  readonly seq: number
  readonly event: EventOf<'approval'>
  readonly gate: GateRecord | undefined
  readonly requestLeaf: string
  readonly state: RunState
  /** Leaf of the line that the approver says was shown; it is what it is whether that is true or not. */
  readonly leafOf: (seq: number) => string | undefined
}

interface Ended {
  readonly seq: number
  readonly event: EventOf<'gate.end'>
  /** Criteria that were met by their steps when it was asked, and no longer were. */
  readonly unmet: readonly string[]
  /** Whether the request was still open: approvals of one that was answered, or given up, decide nothing any more. */
  readonly isOpen: boolean
  readonly gate: GateRecord | undefined
}

/** Approvals as they lie in the journal, checked as the writer had to check them, with the verifier's own signers. */
export function createApprovalCheck(): ApprovalCheck {
  const collected: Collected[] = []
  const ended: Ended[] = []
  const open = new Set<string>()
  let criteria = criteriaOf(null)
  const metWhenAsked = new Map<string, readonly string[]>()
  let held = new Map<number, string>()

  return {
    add(line, before) {
      const { seq, leaf } = line
      const event = line.output === undefined ? line.entry?.event : undefined
      if (event?.kind === 'run.plan') criteria = criteriaOf(event)
      if (event?.kind === 'approval.request') {
        open.add(event.step)
        metWhenAsked.set(event.step, criteria.met(event, before))
      }
      if (event?.kind === 'approval') {
        const gate = before.gates.get(event.step)
        const leaves = held
        const requestLeaf = leaves.get(event.request) ?? ''
        collected.push({ seq, event, gate, requestLeaf, state: before, leafOf: asked => leaves.get(asked) })
      }
      if (event?.kind === 'gate.end') {
        const isOpen = before.steps.get(event.step)?.status.kind === 'open-gate'
        const gate = before.gates.get(event.step)
        // Once for each request, however many lines say that it ended.
        const metNow = new Set(gate === undefined || !isOpen ? [] : criteria.met(gate.event, before))
        const unmet = isOpen ? (metWhenAsked.get(event.step) ?? []).filter(name => !metNow.has(name)) : []
        ended.push({ seq, event, isOpen, gate, unmet })
        open.delete(event.step)
      }
      // The map that approvals look into is left to them; the next gate begins a new one.
      if (open.size === 0) held = held.size === 0 ? held : new Map()
      else if (held.size < HELD_LEAVES) held.set(seq, leaf)
    },
    withhold({ seq, leaf }) {
      if (open.size > 0 && held.size < HELD_LEAVES) held.set(seq, leaf)
    },
    async finish(trust, atMs) {
      const findings: Finding[] = []
      const approvals: ApprovalFact[] = []
      for (const one of collected) {
        const problem = trust === null ? noSigners(one) : await problemOf(one, trust, atMs)
        if (problem !== null) findings.push(problem)
        const { step, role, principal, decision } = one.event
        approvals.push({ step, seq: one.seq, role, principal, decision, good: problem === null })
      }
      const bySeq = new Map(approvals.map(approval => [approval.seq, approval]))
      for (const one of ended) findings.push(...gateFindings(one, bySeq))
      return { findings, approvals }
    },
  }
}

async function problemOf(
  { seq, event, gate, requestLeaf, state, leafOf }: Collected,
  trust: Trust,
  atMs: number,
): Promise<Finding | null> {
  const found = (exit: 5 | 6, detail: string): Finding => ({
    check: 'approvals',
    exit,
    message: `the approval of ${event.step} by ${event.principal}: ${detail}`,
    line: seq + 1,
  })
  const start = state.start
  if (gate === undefined || start === null || gate.request !== event.request)
    return found(6, 'it answers no request that is open')
  const answer = await checkApproval(event.envelope, {
    run: start.run,
    release: start.release,
    runbookSha256: start.runbook.sha256,
    commit: start.git?.commit ?? null,
    step: event.step,
    request: { seq: gate.request, leaf: requestLeaf, challenge: gate.event.challenge },
    meaning: gate.event.ask,
    need: gate.event.need,
    touch: gate.event.touch,
    // Both are looked at only where the signature is good, by people whom the verifier trusts.
    get operators() {
      return [...state.operators]
    },
    get given() {
      return gate.approvals.map(({ event: { role, principal, keyid } }) => ({ role, principal, keyid }))
    },
    leafOf,
    headSeq: seq - 1,
    signersText: trust.signersText,
    revoked: trust.revoked,
    ...(trust.sshKeygen === undefined ? {} : { sshKeygen: trust.sshKeygen }),
    nowMs: atMs,
  })
  if (!answer.ok) return found(answer.exit, answer.detail)
  const same =
    answer.role === event.role &&
    answer.decision === event.decision &&
    answer.principal === event.principal &&
    answer.keyid === event.keyid
  return same ? null : found(6, 'the line says something else than what is signed in it')
}

function noSigners({ seq, event }: Collected): Finding {
  return {
    check: 'approvals',
    exit: 5,
    message: `the approval of ${event.step} by ${event.principal}: no signers file to judge it by`,
    line: seq + 1,
  }
}

/** A gate says GO only when each of its needs is met by a good approval that was not voided; one no-go closes it. */
function gateFindings(
  { seq, event, gate, isOpen, unmet }: Ended,
  approvals: ReadonlyMap<number, ApprovalFact>,
): Finding[] {
  const found = (message: string): Finding => ({
    check: 'approvals',
    exit: 6,
    message: `the gate ${event.step} ${message}`,
    line: seq + 1,
  })
  if (gate === undefined || !isOpen) return [found('ended without having asked for approval')]
  const findings: Finding[] = []
  const own = gate.approvals.flatMap(approval => approvals.get(approval.seq) ?? [])
  const places = new Set(own.map(approval => approval.seq))
  if ([...event.approvals, ...event.voided].some(approval => !places.has(approval)))
    findings.push(found('counts approvals that are not of its request'))
  const named = new Set(event.approvals)
  const voided = new Set(event.voided)
  const counted = own.filter(({ seq: at }) => named.has(at) && !voided.has(at))
  if (event.decision === 'no-go')
    return counted.some(({ decision }) => decision === 'no-go')
      ? findings
      : [...findings, found('is closed by no one’s no-go')]
  const go = counted.filter(({ decision }) => decision === 'go')
  // Nothing takes it back: it is asked anew instead.
  if (own.some(({ decision }) => decision === 'no-go')) findings.push(found('went on against a no-go'))
  // Whether each is good has its own finding; here it is whether they are enough.
  const due = gate.event.need
  if (due.length === 0 || go.length < due.length || !eachHasANeed(due, go.slice(0, due.length)))
    findings.push(found(`has ${go.length} approvals for ${due.length} that it needs`))
  const turned = gate.event.criteria.find(({ name, ok }, index) => {
    const after = event.criteria[index]
    return ok && !(after?.name === name && after.ok)
  })
  const name = turned?.name ?? unmet[0]
  if (name !== undefined) findings.push(found(`went on although "${name}" was no longer met`))
  return findings
}

/** Of more steps than these that bear one name none is taken for a criterion: a hostile plan may hold a hundred thousand. */
const MOST_NAMESAKES = 32

/**
 * Which criteria of a gate are met by the steps that they are of, which bear their names. One that no step bears is the word of the
 * writer; of several that bear it one is enough.
 */
function criteriaOf(plan: EventOf<'run.plan'> | null): {
  met(asked: EventOf<'approval.request'>, state: RunState): readonly string[]
} {
  const steps = Map.groupBy(plan?.steps ?? [], ({ title }) => title)
  const isMetBy = (name: string, state: RunState): boolean => {
    const namesakes = steps.get(name) ?? []
    return namesakes.length <= MOST_NAMESAKES && namesakes.some(({ id }) => isMet(state.steps.get(id)))
  }
  return {
    met: ({ criteria }, state) => criteria.flatMap(({ name }) => (isMetBy(name, state) ? [name] : [])),
  }
}

function isMet(record: StepRecord | undefined): boolean {
  const status = record?.status.kind
  return (status === 'passed' || status === 'not-applicable') && record?.observed[0]?.ok !== false
}
