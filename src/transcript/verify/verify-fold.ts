import { countSteps, type EventOf, type RunState, type StepRecord } from '../../model/index.ts'
import { encode } from '../encoding/canonical.ts'
import { sha256Hex } from '../encoding/hash.ts'
import type { ChainSummary } from '../journal/chain.ts'
import type { JournalScan } from '../journal/journal-scan.ts'
import type { RunFacts } from '../journal/run-facts.ts'
import { buildSealStatement, type SealStatement } from '../statements/seal-statement.ts'
import type { Finding } from './verify-report.ts'
import type { Gaps } from './verify-withheld.ts'

/** Whether the file is the one that was sealed: a digest that is not is 4, whatever else it looks like. */
export function checkSealed(scan: JournalScan, seal: SealStatement, isCopy: boolean): Finding[] {
  const findings: Finding[] = []
  const differs = (what: string, found: string | number, sealed: string | number) => {
    if (found !== sealed)
      findings.push(broken('journal', `${what} of the journal is ${found}, and was sealed as ${sealed}`))
  }
  const { journal } = seal.predicate
  const subject = seal.subject.find(({ name }) => name === 'journal.jsonl')
  // A line that says only its leaf has other bytes: lines, head and root hold such a copy.
  if (!isCopy) {
    differs('the sha256', scan.sha256, subject?.digest.sha256 ?? 'nothing')
    differs('the size', scan.bytes, journal.bytes)
  }
  // Of the journal itself a cut is told by the digest.
  if (isCopy && scan.torn !== null) findings.push(broken('journal', 'the copy does not end as what was sealed'))
  if (scan.wrong !== null || scan.torn !== null) return findings
  differs('the number of lines', scan.good.lines, journal.lines)
  differs('the head', scan.good.head, journal.head)
  differs('the root', scan.good.root, journal.root)
  return findings
}

/**
 * Whether the seal says what the lines say: result, counts, kinds, approvals, operator, subjects; `run.end` last.
 * @param gaps what a copy leaves out; null for the journal itself.
 */
export function checkFold(facts: RunFacts, summary: ChainSummary, seal: SealStatement, gaps: Gaps | null): Finding[] {
  const isEnded = facts.finishedAtMs !== null && facts.state.start !== null
  if (!isEnded && gaps?.areHarmless === false) return []
  if (!isEnded) return [broken('fold', 'the last line is no run.end')]
  const due = buildSealStatement(facts, summary)
  const findings: Finding[] = []
  const untold = untoldBy(gaps)
  for (const [index, subject] of due.subject.entries())
    if (!(gaps !== null && index === 0) && encode(subject) !== encode(seal.subject[index] ?? null))
      findings.push(broken('fold', `the seal’s subject ${index + 1} is not the one of the journal, "${subject.name}"`))
  for (const field of Object.keys(due.predicate) as (keyof SealStatement['predicate'])[])
    if (!untold.has(field) && encode(due.predicate[field]) !== encode(seal.predicate[field]))
      findings.push(broken('fold', `the seal’s "${field}" is not what the journal comes to`))
  return findings
}

/** What the lines of a copy cannot be held against. Its journal has been, by `checkSealed`, and its kinds are what the gaps are told by. */
function untoldBy(gaps: Gaps | null): ReadonlySet<keyof SealStatement['predicate']> {
  if (gaps === null) return new Set()
  return gaps.areHarmless
    ? new Set(['journal', 'masked'])
    : new Set(['journal', 'masked', 'steps', 'approvals', 'operator', 'interruptions'])
}

/** What the last line says of the run must be what the lines before it come to. */
export function checkEnd(event: EventOf<'run.end'>, { state }: Pick<RunFacts, 'state'>, line: number): Finding[] {
  const findings: Finding[] = []
  if (encode(event.steps) !== encode(countSteps(state)))
    findings.push({ ...broken('fold', 'the counts of run.end are not what the lines come to'), line })
  if (!isResultOf(event.result, state))
    findings.push({ ...broken('fold', `the run says ${event.result}, and its lines do not come to that`), line })
  return findings
}

/** Whether what has been decided and walked can end so. How many steps a passed run may leave, policy says. */
function isResultOf(result: EventOf<'run.end'>['result'], state: RunState): boolean {
  const { aborted, stopDecided, recovery } = state
  const isStopped = aborted !== null || stopDecided
  switch (result) {
    case 'passed':
    case 'partial':
      return !isStopped && recovery === null
    case 'failed':
      return stopDecided
    case 'aborted':
      return aborted !== null
    case 'no-go':
      return [...state.steps.values()].some(isNoGo)
    case 'rolled-back':
      return recovery?.ended === 'complete'
    case 'rollback-incomplete':
      return recovery?.ended === 'incomplete'
    default:
      result satisfies never
      return false
  }
}

function isNoGo({ status }: StepRecord): boolean {
  return status.kind === 'failed' && status.why === 'no-go'
}

/** Nothing is written behind `run.end`, not even another one: what was sealed as the end would not be it. */
export function behindTheEnd(line: number): Finding {
  return { ...broken('fold', 'it lies behind the end of the run'), line }
}

/** The runbook lies in the journal whole: its text must be the file that its digest names. */
export function checkRunbook({ runbook }: EventOf<'run.start'>): Finding[] {
  return sha256Hex(runbook.text) === runbook.sha256
    ? []
    : [{ ...broken('fold', 'the runbook’s text has not the digest beside it'), line: 1 }]
}

function broken(check: 'journal' | 'fold', message: string): Finding {
  return { check, exit: 4, message, line: null }
}
