import { countSteps, type EventOf, type RunInterpreters } from '../model/index.ts'
import { checkAddendum } from './addendum.ts'
import { readAllowedSigners } from './allowed-signers.ts'
import { sha256Hex } from './hash.ts'
import { type JournalScan, scanJournal } from './journal-scan.ts'
import { createFactGatherer, type RunFacts } from './run-facts.ts'
import type { SealStatement } from './seal-statement.ts'
import type { Trust } from './signature-check.ts'
import type { SshKeygen } from './ssh-keygen.ts'
import { createApprovalCheck } from './verify-approvals.ts'
import { createClockCheck } from './verify-clock.ts'
import { checkControl } from './verify-control.ts'
import { checkExpectations, type Expectations } from './verify-expectations.ts'
import { checkEnd, checkFold, checkRunbook, checkSealed } from './verify-fold.ts'
import { createHandoffCheck } from './verify-handoffs.ts'
import { createOutputCheck, isOutput } from './verify-output.ts'
import { checkPolicy, checkStart, type DemandedPlan, type VerifyPolicy } from './verify-policy.ts'
import { exitOf, type Finding, statusOf, type VerifyReport } from './verify-report.ts'
import { type SealCheck, verifySeal } from './verify-seal.ts'

export interface VerifyInput {
  /** The bytes of `journal.jsonl`; null where there is no such file. Read once, in order; a piece need last only until the next. */
  readonly journal: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | null
  /** The text of `transcript.intoto.jsonl`; null where there is none. */
  readonly bundle: string | null
  /** The verifier's own signers file, never one that came with the transcript; null where there is none. */
  readonly signers: { readonly name: string; readonly text: string } | null
  /** The verifier's revocation file. `unreadable` is one that is configured and cannot be read: it revokes. */
  readonly revoked?: Uint8Array | 'unreadable' | null
  readonly expectations?: Expectations
  readonly policy?: VerifyPolicy
  /** Somebody holds the lock of this run: it is in progress. */
  readonly lockHeld?: boolean
  /** Reads the runbook that the transcript embeds, as a parser does; without it gates are held against the plan alone. */
  readonly planOf?: (runbookText: string, path: string, interpreters: RunInterpreters) => Promise<DemandedPlan>
  readonly sshKeygen?: SshKeygen
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
  if (input.journal === null) {
    const missing: Finding = { check: 'readable', exit: 8, message: 'there is no journal', line: null }
    return report(input, seal, null, [missing, ...(seal?.findings ?? [])], 0)
  }

  const read = await readRun(input.journal)
  const { scan, facts } = read
  const findings: Finding[] = [...(seal?.findings ?? []), ...journalFindings(scan, seal, input.lockHeld ?? false)]
  if (statement !== null) findings.push(...sealedFindings(read, statement))
  findings.push(...read.findings)

  const atMs = facts.finishedAtMs ?? facts.state.lastAtMs
  const { findings: ofApprovals, approvals } = await read.approvals.finish(trust, atMs)
  const ofHandoffs = await read.handoffs.finish(trust, atMs)
  const wanted = input.policy ?? {}
  if (seal === null) {
    // Trust is judged in any journal; what it is bound to, and policy, only once it is whole.
    findings.push(...[...ofApprovals, ...ofHandoffs].filter(({ exit }) => exit !== 6))
  } else {
    const good = approvals.filter(one => one.good)
    findings.push(...ofApprovals, ...ofHandoffs, ...read.startFindings, ...read.controlFindings)
    findings.push(...checkPolicy(facts.state, await demandedPlan(input, facts), good, wanted))
  }
  findings.push(...read.clock.findings(seal !== null && wanted.strictTime === true))
  const { start } = facts.state
  if (start !== null) findings.push(...checkExpectations(start, input.expectations ?? {}))
  const addenda = statement === null ? [] : await addendaFindings(bundle ?? [], seal, statement, trust)
  findings.push(...addenda)
  return { ...report(input, seal, read, findings, Math.max(0, (bundle?.length ?? 0) - 1)), ...runOf(facts, approvals) }
}

interface ReadRun {
  readonly scan: JournalScan
  readonly facts: RunFacts
  /** Integrity of what the lines hold. */
  readonly findings: Finding[]
  /** Scripts that started without their gates. */
  readonly startFindings: Finding[]
  /** Edits and jumps that no writer may record. */
  readonly controlFindings: Finding[]
  readonly approvals: ReturnType<typeof createApprovalCheck>
  readonly handoffs: ReturnType<typeof createHandoffCheck>
  readonly clock: ReturnType<typeof createClockCheck>
}

/** The one pass over the journal: each line is folded, and shown to every check with the run as it stood before it. */
async function readRun(journal: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<ReadRun> {
  const gatherer = createFactGatherer()
  const approvals = createApprovalCheck()
  const handoffs = createHandoffCheck()
  const output = createOutputCheck()
  const clock = createClockCheck()
  const startFindings: Finding[] = []
  const controlFindings: Finding[] = []
  const findings: Finding[] = []
  let end: { readonly event: EventOf<'run.end'>; readonly line: number } | null = null
  const scan = await scanJournal(journal, line => {
    const before = gatherer.state
    const number = line.seq + 1
    clock.add(line)
    gatherer.add(line)
    approvals.add(line, before)
    if (line.output !== undefined) {
      output.addBytes({ kind: 'output', ...line.output }, number)
      return
    }
    handoffs.add(line, before)
    const event = line.entry?.event
    if (event === undefined) return
    if (isOutput(event)) output.add(event, number)
    if (event.kind === 'step.start') {
      output.add(event, number)
      startFindings.push(...checkStart(event, number, before))
    }
    controlFindings.push(...checkControl(event, number, before))
    if (event.kind === 'run.start') findings.push(...checkRunbook(event))
    if (event.kind === 'run.end') end = { event, line: number }
  })
  const facts = gatherer.facts()
  findings.push(...endFindings(end, facts), ...output.findings)
  return { scan, facts, findings, startFindings, controlFindings, approvals, handoffs, clock }
}

function endFindings(
  end: { readonly event: EventOf<'run.end'>; readonly line: number } | null,
  facts: RunFacts,
): Finding[] {
  return end === null || facts.finishedAtMs === null ? [] : checkEnd(end.event, facts, end.line)
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

function sealedFindings({ scan, facts }: ReadRun, statement: SealStatement): Finding[] {
  const findings = checkSealed(scan, statement)
  if (scan.wrong !== null || scan.torn !== null) return findings
  return [...findings, ...checkFold(facts, { ...scan.good, sha256: scan.sha256 }, statement)]
}

async function demandedPlan(input: VerifyInput, { state }: RunFacts): Promise<DemandedPlan | null> {
  if (input.planOf === undefined || state.start === null) return null
  const { text, path } = state.start.runbook
  return input.planOf(text, path, state.interpreters?.planned ?? {})
}

async function addendaFindings(
  bundle: readonly string[],
  seal: SealCheck | null,
  statement: SealStatement,
  trust: Trust | null,
): Promise<Finding[]> {
  const findings: Finding[] = []
  let previous = seal?.sha256 ?? ''
  for (const [index, line] of bundle.slice(1).entries()) {
    const due = { run: statement.predicate.run, seal: seal?.sha256 ?? '', n: index + 1, previous }
    const answer =
      trust === null
        ? { ok: false as const, detail: 'no signers file to judge it by' }
        : await checkAddendum(line, due, trust)
    if (answer.ok) previous = answer.sha256
    else
      findings.push({ check: 'addenda', exit: 5, message: `addendum ${index + 1}: ${answer.detail}`, line: index + 2 })
  }
  return findings
}

function trustOf({ signers, revoked, sshKeygen }: VerifyInput): Trust | null {
  if (signers === null) return null
  return {
    signers: readAllowedSigners(signers.text),
    signersText: signers.text,
    // One that cannot be read holds a line that is no key: it is refused where it is asked.
    revoked: revoked === 'unreadable' ? Buffer.from('unreadable') : (revoked ?? null),
    ...(sshKeygen === undefined ? {} : { sshKeygen }),
  }
}

/** The envelopes of a bundle. What follows the last LF counts too: no byte of the file is left out. */
function linesOf(bundle: string | null): string[] | null {
  if (bundle === null) return null
  return bundle.endsWith('\n') ? bundle.slice(0, -1).split('\n') : bundle.split('\n')
}

function report(
  input: VerifyInput,
  seal: SealCheck | null,
  read: ReadRun | null,
  findings: readonly Finding[],
  addenda: number,
): VerifyReport {
  const exitCode = exitOf(findings)
  const unsealed = input.lockHeld === true ? 'in-progress' : (read?.scan.torn ?? null) === null ? 'unsealed' : 'torn'
  const { statement = null, sha256 = null, keyid = null } = seal ?? {}
  return {
    schema: 'signoff.verify/1',
    exitCode,
    status: statusOf(exitCode, unsealed),
    findings: [...findings],
    signers: input.signers === null ? null : { name: input.signers.name, sha256: sha256Hex(input.signers.text) },
    seal:
      statement === null || sha256 === null || keyid === null
        ? null
        : {
            sha256,
            signer: { principal: statement.predicate.operator.principal, keyid },
            finishedOn: statement.predicate.finishedOn,
            time: 'self-asserted',
            addenda,
          },
    journal:
      read === null
        ? null
        : {
            lines: read.scan.good.lines,
            bytes: read.scan.bytes,
            sha256: read.scan.sha256,
            head: read.scan.good.head,
            root: read.scan.good.root,
            kinds: read.facts.kinds.map(([kind, lines]) => [kind, lines]),
          },
    run: null,
  }
}

function runOf(facts: RunFacts, approvals: NonNullable<VerifyReport['run']>['approvals']): Pick<VerifyReport, 'run'> {
  const { state } = facts
  const { start } = state
  if (start === null) return { run: null }
  return {
    run: {
      run: start.run,
      release: start.release,
      env: start.env,
      result: state.result,
      startedOn: new Date(facts.startedAtMs).toISOString(),
      finishedOn: facts.finishedAtMs === null ? null : new Date(facts.finishedAtMs).toISOString(),
      runbook: { path: start.runbook.path, sha256: start.runbook.sha256 },
      commit: start.git?.commit ?? null,
      operators: state.operators.map(({ principal, keyid }) => ({ principal, keyid })),
      steps: countSteps(state),
      approvals,
      interruptions: state.interruptions,
      masked: facts.masked,
      unmappedRoles: [...state.gates.values()].some(gate => gate.event.need.some(({ from }) => from === null)),
    },
  }
}
