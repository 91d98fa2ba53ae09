import type { EventOf } from '../../model/index.ts'
import { type JournalScan, scanJournal } from '../journal/journal-scan.ts'
import { createFactGatherer, type RunFacts } from '../journal/run-facts.ts'
import type { ScannedLine } from '../journal/scanned-line.ts'
import type { WithheldLine } from '../journal/withheld-line.ts'
import { createApprovalCheck } from './verify-approvals.ts'
import { createClockCheck } from './verify-clock.ts'
import { checkControl } from './verify-control.ts'
import { behindTheEnd, checkEnd, checkRunbook } from './verify-fold.ts'
import { createHandoffCheck } from './verify-handoffs.ts'
import { createLeftOutCheck } from './verify-left-out.ts'
import { createOrderCheck } from './verify-orders.ts'
import { createOutputCheck, isOutput } from './verify-output.ts'
import type { VerifyPolicy } from './verify-policy.ts'
import type { Finding } from './verify-report.ts'
import { createRequestCheck } from './verify-requests.ts'
import { createStartCheck } from './verify-start.ts'
import { checkStepEnd } from './verify-step-ends.ts'

/** What one pass over a journal finds. */
export interface ReadRun {
  readonly scan: JournalScan
  readonly facts: RunFacts
  /** Integrity of what the lines hold. */
  readonly findings: Finding[]
  /** Whether `run.end` says what the lines come to. */
  readonly endFindings: Finding[]
  readonly withheld: { readonly lines: number; readonly reasons: ReadonlySet<string> }
  /** Scripts that started without their gates. */
  readonly startFindings: readonly Finding[]
  /** What no writer may record: edits and jumps, steps that end as others do. */
  readonly controlFindings: Finding[]
  readonly orders: ReturnType<typeof createOrderCheck>
  readonly leftOut: ReturnType<typeof createLeftOutCheck>
  readonly requests: ReturnType<typeof createRequestCheck>
  readonly approvals: ReturnType<typeof createApprovalCheck>
  readonly handoffs: ReturnType<typeof createHandoffCheck>
  readonly clock: ReturnType<typeof createClockCheck>
}

/** The one pass over the journal: each line is folded, and shown to every check with the run as it stood before it. */
export async function readRun(
  journal: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mayBeWithheld: (line: WithheldLine) => boolean,
  wanted: VerifyPolicy,
): Promise<ReadRun> {
  const gatherer = createFactGatherer()
  const approvals = createApprovalCheck()
  const handoffs = createHandoffCheck()
  const output = createOutputCheck()
  const clock = createClockCheck()
  const orders = createOrderCheck()
  const leftOut = createLeftOutCheck()
  const requests = createRequestCheck(wanted)
  const starts = createStartCheck()
  const controlFindings: Finding[] = []
  const findings: Finding[] = []
  let end: { readonly event: EventOf<'run.end'>; readonly line: number } | null = null
  const withheld = { lines: 0, reasons: new Set<string>() }
  const takeWithheld = (line: WithheldLine): boolean => {
    if (!mayBeWithheld(line)) return false
    withheld.lines++
    withheld.reasons.add(line.reason)
    approvals.withhold(line)
    output.withhold()
    if (gatherer.state.result !== null) findings.push(behindTheEnd(line.seq + 1))
    return true
  }
  const takeLine = (line: ScannedLine): void => {
    const before = gatherer.state
    const number = line.seq + 1
    clock.add(line)
    gatherer.add(line)
    approvals.add(line, before)
    if (before.result !== null) findings.push(behindTheEnd(number))
    if (line.output !== undefined) {
      output.addBytes(line.output, number)
      orders.addOutput(line.output, number, before)
      return
    }
    handoffs.add(line, before)
    const event = line.entry?.event
    if (event === undefined) return
    if (isOutput(event)) output.add(event, number)
    if (event.kind === 'step.start') {
      output.add(event, number)
      starts.add(event, number, before)
    }
    orders.add(event, number, before)
    leftOut.add(event, number, before)
    requests.add(event, before)
    // One by one: a line may name 200,000 steps, and so many findings are no arguments of one call.
    for (const finding of checkControl(event, number, before)) controlFindings.push(finding)
    for (const finding of checkStepEnd(event, number, before)) controlFindings.push(finding)
    if (event.kind === 'run.start') findings.push(...checkRunbook(event))
    if (event.kind === 'run.end') end = { event, line: number }
  }
  const scan = await scanJournal(journal, takeLine, takeWithheld)
  const facts = gatherer.facts()
  const endFindings = findingsOfEnd(end, facts)
  return {
    scan,
    facts,
    findings: [...findings, ...output.findings],
    endFindings,
    withheld,
    startFindings: starts.findings,
    controlFindings,
    orders,
    leftOut,
    requests,
    approvals,
    handoffs,
    clock,
  }
}

function findingsOfEnd(
  end: { readonly event: EventOf<'run.end'>; readonly line: number } | null,
  facts: RunFacts,
): Finding[] {
  return end === null || facts.finishedAtMs === null ? [] : checkEnd(end.event, facts, end.line)
}
