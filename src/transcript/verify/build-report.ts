import { countSteps } from '../../model/index.ts'
import { sha256Hex } from '../encoding/hash.ts'
import type { JournalScan } from '../journal/journal-scan.ts'
import type { RunFacts } from '../journal/run-facts.ts'
import { exitOf, statusOf } from './verdict.ts'
import type { Finding, VerifyReport } from './verify-report.ts'
import type { SealCheck } from './verify-seal.ts'
import type { TimestampFact } from './verify-timestamp.ts'
import type { Gaps } from './verify-withheld.ts'

/** Everything that a verification came to. What is null was not there, or was not read. */
export interface Checked {
  readonly findings: readonly Finding[]
  readonly isInProgress: boolean
  readonly signers: { readonly name: string; readonly text: string; readonly isCommitted?: boolean | null } | null
  readonly seal: SealCheck | null
  readonly addenda: number
  readonly timestamp: TimestampFact | null
  readonly scan: JournalScan | null
  readonly facts: RunFacts | null
  readonly approvals: NonNullable<VerifyReport['run']>['approvals']
  readonly gaps: Gaps | null
}

/** The report of a transcript that cannot be read at all. */
export function unreadableReport(message: string): VerifyReport {
  return buildReport({
    findings: [{ check: 'readable', exit: 8, message, line: null }],
    isInProgress: false,
    signers: null,
    seal: null,
    addenda: 0,
    timestamp: null,
    scan: null,
    facts: null,
    approvals: [],
    gaps: null,
  })
}

export function buildReport(checked: Checked): VerifyReport {
  const { findings, isInProgress, signers, scan, facts, approvals, gaps } = checked
  const exitCode = exitOf(findings)
  const unsealed = isInProgress ? 'in-progress' : (scan?.torn ?? null) === null ? 'unsealed' : 'torn'
  return {
    schema: 'signoff.verify/1',
    exitCode,
    status: statusOf(exitCode, unsealed),
    findings: [...findings],
    signers:
      signers === null
        ? null
        : { name: signers.name, sha256: sha256Hex(signers.text), committed: signers.isCommitted ?? null },
    seal: sealOf(checked),
    journal:
      scan === null || facts === null
        ? null
        : {
            lines: scan.good.lines,
            bytes: scan.bytes,
            sha256: scan.sha256,
            leaf0: scan.leaf0,
            head: scan.good.head,
            root: scan.good.root,
            kinds: facts.kinds.map(([kind, lines]) => [kind, lines]),
          },
    withheld:
      gaps === null
        ? null
        : {
            lines: gaps.lines,
            kinds: gaps.kinds.map(([kind, lines]) => [kind, lines]),
            reasons: [...gaps.reasons],
          },
    run: facts === null ? null : runOf(facts, approvals),
  }
}

function sealOf({ seal, addenda, timestamp }: Checked): VerifyReport['seal'] {
  const { statement = null, sha256 = null, keyid = null } = seal ?? {}
  if (statement === null || sha256 === null || keyid === null) return null
  const { operator, finishedOn } = statement.predicate
  return {
    sha256,
    signer: { principal: operator.principal, keyid },
    finishedOn,
    time: timestamp === null ? 'self-asserted' : 'time-stamped',
    timestamp: timestamp === null ? null : { at: new Date(timestamp.atMs).toISOString(), by: timestamp.authority },
    addenda,
  }
}

function runOf(facts: RunFacts, approvals: Checked['approvals']): VerifyReport['run'] {
  const { state } = facts
  const { start } = state
  if (start === null) return null
  return {
    run: start.run,
    release: start.release,
    env: start.env,
    result: state.result,
    startedOn: new Date(facts.startedAtMs).toISOString(),
    finishedOn: facts.finishedAtMs === null ? null : new Date(facts.finishedAtMs).toISOString(),
    runbook: { path: start.runbook.path, sha256: start.runbook.sha256 },
    commit: start.git?.commit ?? null,
    parents: start.parents.map(({ run, leaf0, seal }) => ({ run, leaf0, seal })),
    operators: state.operators.map(({ principal, keyid }) => ({ principal, keyid })),
    steps: countSteps(state),
    approvals,
    interruptions: state.interruptions,
    masked: facts.masked,
    unmappedRoles: [...state.gates.values()].some(gate => gate.event.need.some(({ from }) => from === null)),
  }
}
