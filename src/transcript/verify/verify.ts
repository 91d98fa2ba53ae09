import type { RunInterpreters } from '../../model/index.ts'
import type { JournalScan } from '../journal/journal-scan.ts'
import type { RunFacts } from '../journal/run-facts.ts'
import { readAllowedSigners } from '../ssh/allowed-signers.ts'
import type { RevocationFile } from '../ssh/revoked-keys.ts'
import type { SshKeygen } from '../ssh/ssh-keygen.ts'
import { type AddendumStatement, checkAddendum } from '../statements/addendum.ts'
import type { SealStatement } from '../statements/seal-statement.ts'
import type { Trust } from '../statements/signature-check.ts'
import { buildReport, type Checked } from './build-report.ts'
import { type ReadRun, readRun } from './read-run.ts'
import { checkExpectations, type Expectations } from './verify-expectations.ts'
import { checkFold, checkSealed } from './verify-fold.ts'
import { checkPolicy, type DemandedPlan, type VerifyPolicy } from './verify-policy.ts'
import type { Finding, VerifyReport } from './verify-report.ts'
import { type SealCheck, verifySeal } from './verify-seal.ts'
import { type CheckTimestamp, checkTimestamps } from './verify-timestamp.ts'
import { checkWithheld, type Gaps, gapsOf } from './verify-withheld.ts'
import { withheldBy } from './withhold.ts'

export interface VerifyInput {
  /** The bytes of `journal.jsonl`; null where there is no such file. Read once, in order; a piece need last only until the next. */
  readonly journal: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | null
  /** The text of `transcript.intoto.jsonl`; null where there is none. */
  readonly bundle: string | null
  /** The verifier's own signers file, never one that came with the transcript; null where there is none. `isCommitted`: HEAD has it so. */
  readonly signers: { readonly name: string; readonly text: string; readonly isCommitted?: boolean | null } | null
  /** The verifier's revocation files. `unreadable` is one that is configured and cannot be read: it revokes. */
  readonly revoked?: readonly RevocationFile[]
  readonly expectations?: Expectations
  readonly policy?: VerifyPolicy
  /** Somebody holds the lock of this run: it is in progress. */
  readonly lockHeld?: boolean
  /** Reads the runbook that the transcript embeds, as a parser does; without it gates are held against the plan alone. */
  readonly planOf?: (runbookText: string, path: string, interpreters: RunInterpreters) => Promise<DemandedPlan>
  readonly sshKeygen?: SshKeygen
  /** Judges time-stamp tokens by the authorities that the verifier trusts; without it nobody does. */
  readonly checkTimestamp?: CheckTimestamp
}

/**
 * Checks one transcript: every finding, and the exit code they come to. Nothing is started but the `sshKeygen` given, nothing is
 * fetched, and the journal is read once as a stream. Never throws for what is in the files.
 */
export async function verifyTranscript(input: VerifyInput): Promise<VerifyReport> {
  const trust = trustOf(input)
  const bundle = linesOf(input.bundle)
  const seal = bundle === null ? null : await verifySeal(bundle[0] ?? '', trust)
  const statement = seal?.statement ?? null
  const nothing: Checked = {
    findings: [],
    isInProgress: input.lockHeld === true,
    signers: input.signers,
    seal,
    addenda: Math.max(0, (bundle?.length ?? 0) - 1),
    timestamp: null,
    scan: null,
    facts: null,
    approvals: [],
    gaps: null,
  }
  if (input.journal === null) {
    const missing: Finding = { check: 'readable', exit: 8, message: 'there is no journal', line: null }
    return buildReport({ ...nothing, findings: [missing, ...(seal?.findings ?? [])] })
  }
  // Before the journal: they say which lines of a copy may be withheld.
  const addenda = await readAddenda(bundle ?? [], seal, trust)
  const listed = withheldBy(addenda.statements)

  const wanted = input.policy ?? {}
  const read = await readRun(input.journal, ({ seq, reason }) => listed.get(seq)?.has(reason) === true, wanted)
  const { scan, facts } = read
  // List by list: a hostile journal may come to a million findings, and so many are no arguments of one call.
  const lists: (readonly Finding[])[] = [seal?.findings ?? [], journalFindings(scan, seal, input.lockHeld ?? false)]
  const add = (...more: readonly (readonly Finding[])[]) => lists.push(...more)
  const gaps = statement === null || read.withheld.lines === 0 ? null : gapsOf(read.withheld, facts.kinds, statement)
  if (statement !== null) add(sealedFindings(read, statement, gaps))
  add(read.findings)
  if (gaps?.areHarmless !== false) add(read.endFindings)

  const atMs = facts.finishedAtMs ?? facts.state.lastAtMs
  const { findings: ofApprovals, approvals } = await read.approvals.finish(trust, atMs)
  const ofHandoffs = await read.handoffs.finish(trust, atMs)
  if (seal === null) {
    // Trust is judged in any journal; what it is bound to, and policy, only once it is whole.
    add([...ofApprovals, ...ofHandoffs].filter(({ exit }) => exit !== 6))
  } else {
    const good = approvals.filter(one => one.good)
    add(ofApprovals, ofHandoffs, read.startFindings, read.controlFindings)
    // Of a copy without a start or an end nothing is said of the other; one without a digest may have it withheld.
    if (gaps?.areHarmless !== false) add(read.orders.findings)
    if (gaps === null) add(read.orders.undigested)
    const demanded = await demandedPlan(input, facts)
    add(checkPolicy(facts.state, demanded, good, wanted), read.requests.findings(facts.state))
    if (demanded !== null && demanded.rules === facts.state.start?.tool.rules)
      add(read.leftOut.findings(demanded.steps, facts.state))
  }
  const isStrict = seal !== null && wanted.strictTime === true
  add(read.clock.findings(isStrict))
  const time = seal === null ? null : await checkTimestamps(seal, trust, input.checkTimestamp ?? null, isStrict)
  add(time?.findings ?? [])
  const timestamp = time?.fact ?? null
  const { start } = facts.state
  if (start !== null) add(checkExpectations(start, input.expectations ?? {}))
  add(addenda.findings)
  return buildReport({ ...nothing, findings: lists.flat(), timestamp, scan, facts, approvals, gaps })
}

/** The journal by itself. Whether a break is tampering or a torn write, and whether the file is ours at all. */
function journalFindings(scan: JournalScan, seal: SealCheck | null, lockHeld: boolean): Finding[] {
  const found = (exit: 3 | 4 | 8, message: string, line: number | null = null): Finding => ({
    check: exit === 8 ? 'readable' : 'journal',
    exit,
    message,
    line,
  })
  const isOurs = scan.good.lines > 0 || seal !== null || (scan.wrong === null && scan.beginsAsJournal)
  if (!isOurs) return [found(8, `not a journal of version 1: ${scan.wrong?.why ?? 'its first line is none'}`, 1)]
  const findings: Finding[] = []
  if (scan.wrong !== null) findings.push(found(4, scan.wrong.why, scan.wrong.line))
  if (scan.torn !== null)
    findings.push(found(3, `the last ${scan.torn.bytes} bytes are no line: a write was cut`, scan.good.lines + 1))
  if (seal !== null) return findings
  findings.push(found(3, lockHeld ? 'the run is in progress' : 'there is no seal: nothing protects the last lines'))
  return findings
}

function sealedFindings({ scan, facts }: ReadRun, statement: SealStatement, gaps: Gaps | null): Finding[] {
  const findings = checkSealed(scan, statement, gaps !== null)
  if (scan.wrong !== null || scan.torn !== null) return findings
  if (gaps !== null) findings.push(...checkWithheld(gaps, facts.kinds, statement))
  return [...findings, ...checkFold(facts, { ...scan.good, sha256: scan.sha256 }, statement, gaps)]
}

async function demandedPlan(input: VerifyInput, { state }: RunFacts): Promise<DemandedPlan | null> {
  if (input.planOf === undefined || state.start === null) return null
  const { text, path } = state.start.runbook
  return input.planOf(text, path, state.interpreters?.planned ?? {})
}

async function readAddenda(
  bundle: readonly string[],
  seal: SealCheck | null,
  trust: Trust | null,
): Promise<{ readonly findings: Finding[]; readonly statements: AddendumStatement[] }> {
  const findings: Finding[] = []
  const statements: AddendumStatement[] = []
  if (seal === null || seal.statement === null || seal.sha256 === null) return { findings, statements }
  let previous = seal.sha256
  for (const [index, line] of bundle.slice(1).entries()) {
    const due = { run: seal.statement.predicate.run, seal: seal.sha256, n: index + 1, previous }
    const answer = await checkAddendum(line, due, trust)
    if (answer.statement !== null) statements.push(answer.statement)
    if (answer.ok) previous = answer.sha256
    else
      findings.push({ check: 'addenda', exit: 5, message: `addendum ${index + 1}: ${answer.detail}`, line: index + 2 })
  }
  return { findings, statements }
}

function trustOf({ signers, revoked, sshKeygen }: VerifyInput): Trust | null {
  if (signers === null) return null
  return {
    signers: readAllowedSigners(signers.text),
    signersText: signers.text,
    revoked: revoked ?? [],
    ...(sshKeygen === undefined ? {} : { sshKeygen }),
  }
}

/** The envelopes of a bundle. What follows the last LF counts too: no byte of the file is left out. */
function linesOf(bundle: string | null): string[] | null {
  if (bundle === null) return null
  return bundle.endsWith('\n') ? bundle.slice(0, -1).split('\n') : bundle.split('\n')
}
