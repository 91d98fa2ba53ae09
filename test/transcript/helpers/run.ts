import { createHash } from 'node:crypto'
import { countSteps, type Entry, type EventOf, fold, type RunEvent } from '../../../src/model/index.ts'
import { sha256Hex } from '../../../src/transcript/encoding/hash.ts'
import { type Chain, createChain } from '../../../src/transcript/journal/chain.ts'
import type { Signer } from '../../../src/transcript/ssh/signer.ts'
import { buildApproval, signApproval } from '../../../src/transcript/statements/approval.ts'
import { buildApprovalRequest, readApprovalRequest } from '../../../src/transcript/statements/approval-request.ts'
import { sealJournal } from '../../../src/transcript/statements/seal.ts'
import { type VerifyInput, verifyTranscript } from '../../../src/transcript/verify/verify.ts'
import type { DemandedPlan, DemandedStep } from '../../../src/transcript/verify/verify-policy.ts'
import type { VerifyReport } from '../../../src/transcript/verify/verify-report.ts'
import { signerFrom, signersLine } from './keys.ts'

export const operator = signerFrom(0, 'op@example.com')
export const manager = signerFrom(40, 'rm@example.com')
export const lead = signerFrom(80, 'pl@example.com')
export const stranger = signerFrom(120, 'eve@example.com')

const SEAL = 'namespaces="signoff-seal-v1,signoff-addendum-v1"'
const APPROVE = 'namespaces="signoff-approval-v1"'
export const SIGNERS = signersLine(operator, SEAL) + signersLine(manager, APPROVE) + signersLine(lead, APPROVE)

export const RUN = '01a203bc-45c0-7d3b-9f52-6a1c0de9b001'
export const RUNBOOK = '# Release\n\n- [ ] Tell support\n'
const START_MS = Date.parse('2026-11-22T14:50:00.000Z')

/** A journal in memory that events are appended to, a second apart. */
export interface Writer {
  readonly chain: Chain
  readonly entries: Entry[]
  add(...events: RunEvent[]): void
  bytes(): Buffer
  atMs: number
  /** Of the process that writes: set it to 0 where another one goes on. */
  monoMs: number
}

export function createWriter(): Writer {
  const chain = createChain()
  const lines: string[] = []
  const writer: Writer = {
    chain,
    entries: [],
    atMs: START_MS,
    monoMs: 0,
    add(...events) {
      for (const event of events) {
        const stamp = { atMs: writer.atMs, monoMs: writer.monoMs, salt: 'A'.repeat(22) }
        const { line, entry } = chain.append(event, stamp)
        lines.push(line)
        writer.entries.push(entry)
        writer.atMs += 1000
        writer.monoMs += 1000
      }
    },
    bytes: () => Buffer.from(lines.join('')),
  }
  return writer
}

export function runStart(changes: Partial<EventOf<'run.start'>> = {}): RunEvent {
  return {
    kind: 'run.start',
    v: 1,
    run: RUN,
    release: 'v1.4.2',
    env: 'staging',
    selection: null,
    runbook: { path: 'RELEASE.md', sha256: sha256Hex(RUNBOOK), gitBlob: null, text: RUNBOOK },
    git: { commit: 'c'.repeat(40), tag: 'v1.4.2', tree: null, remote: 'https://github.com/acme/app', dirty: false },
    operator: { principal: operator.principal, keyid: operator.keyid },
    tool: { name: 'signoff', version: '1.0.0', rules: 1 },
    host: { name: 'h', user: 'op', os: 'linux' },
    signersSha256: sha256Hex(SIGNERS),
    configSha256: null,
    parents: [],
    ...changes,
  }
}

type Planned = EventOf<'run.plan'>['steps'][number]
export function planned(id: string, kind: Planned['kind'], changes: Partial<Planned> = {}): Planned {
  return {
    id,
    position: id,
    kind,
    title: `Title of ${id}`,
    line: 3,
    phase: 'one',
    flow: 'main',
    required: true,
    approvers: null,
    ...changes,
  }
}

export const GATE = planned('flip-dns', 'gate', {
  approvers: [
    { role: 'Release Manager', principal: null },
    { role: 'Platform Lead', principal: null },
  ],
})
export const PLAN: EventOf<'run.plan'> = {
  kind: 'run.plan',
  phases: [{ id: 'one', position: '1', title: 'Deploy', role: 'main' }],
  steps: [planned('tell-support', 'confirmation'), GATE, planned('deploy', 'task')],
}
/** What the runbook of a run with that plan demands, where nothing in it hangs on an answer. */
export function demanded(change: (step: DemandedStep) => DemandedStep = step => step): DemandedPlan {
  return { rules: 1, recovery: [], steps: PLAN.steps.map(step => change({ ...step, when: null, choice: null })) }
}
export const REQUEST: EventOf<'approval.request'> = {
  kind: 'approval.request',
  step: 'flip-dns',
  ask: 'Point production DNS at v1.4.2?',
  need: [
    { role: 'Release Manager', from: [manager.principal] },
    { role: 'Platform Lead', from: [lead.principal] },
  ],
  touch: 'none',
  criteria: [],
  challenge: 'QUJDREVGR0hJSktMTU5PUA',
}

export function confirm(step: string): EventOf<'confirm'> {
  return {
    kind: 'confirm',
    step,
    ask: 'Tell support',
    answer: 'yes',
    observed: [{ name: 'errors', value: '0', unit: '%', op: '<', want: '1', ok: true }],
    how: 'key',
    by: operator.principal,
    source: null,
    note: 'caf\u00e9 \u009b31m *bold* <b>',
  }
}

/** The events of one script that prints `text` in one chunk. */
export function script(step: string, gates: number[], text = 'one\n````\ntwo\n'): RunEvent[] {
  const bytes = Buffer.byteLength(text)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return [
    {
      kind: 'step.start',
      step,
      attempt: 1,
      script: 'echo one\n',
      shell: 'bash',
      cwd: '/repo',
      env: ['PATH'],
      size: null,
      timeoutMs: null,
      gates,
    },
    { kind: 'output', step, attempt: 1, fd: 'out', at: 0, text },
    {
      kind: 'output.end',
      step,
      attempt: 1,
      streams: [{ fd: 'out', bytes, sha256, kept: bytes, masked: 1, lost: 0 }],
    },
    {
      kind: 'step.end',
      step,
      attempt: 1,
      outcome: 'exited',
      exit: 0,
      signal: null,
      ms: 12,
      result: 'passed',
      checks: [],
    },
  ]
}

/** The approval of the open gate by one signer, as an event; `change` alters the statement before it is signed. */
export async function approvalOf(
  writer: Writer,
  signer: Signer,
  role: string | null,
  change: (statement: ReturnType<typeof buildApproval>) => ReturnType<typeof buildApproval> = statement => statement,
): Promise<EventOf<'approval'>> {
  const { request } = await readApprovalRequest(await buildApprovalRequest(writer.bytes(), 'flip-dns'))
  const decided = { approver: signer.principal, role, decision: 'go', reason: null, decidedOnMs: writer.atMs } as const
  const envelope = await signApproval(change(buildApproval(request, decided)), signer)
  return {
    kind: 'approval',
    step: 'flip-dns',
    request: request.statement.predicate.request.seq,
    role,
    decision: 'go',
    principal: signer.principal,
    keyid: signer.keyid,
    via: 'file',
    envelope,
  }
}

export function gateEnd(approvals: number[], decision: 'go' | 'no-go' = 'go'): EventOf<'gate.end'> {
  return { kind: 'gate.end', step: 'flip-dns', decision, approvals, voided: [], criteria: [] }
}

export function runEnd(writer: Writer, result: EventOf<'run.end'>['result'] = 'passed'): EventOf<'run.end'> {
  return { kind: 'run.end', result, steps: countSteps(fold(writer.entries)) }
}

/** A writer up to the open gate: lines 0 to 3, the request is line 3. */
export function atGate(request: EventOf<'approval.request'> = REQUEST, start = runStart()): Writer {
  const writer = createWriter()
  writer.add(start, PLAN, confirm('tell-support'), request)
  return writer
}

/** A whole run with a gate that two people approved: lines 0 to 11. */
export async function wholeRun(start = runStart()): Promise<Writer> {
  const writer = atGate(REQUEST, start)
  writer.add(await approvalOf(writer, manager, 'Release Manager'))
  writer.add(await approvalOf(writer, lead, 'Platform Lead'))
  writer.add(gateEnd([4, 5]), ...script('deploy', [6]))
  writer.add(runEnd(writer))
  return writer
}

export async function sealed(writer: Writer, signer: Signer = operator): Promise<string> {
  return (await sealJournal(writer.bytes(), writer.chain, signer)).line
}

/** Bytes as a stream, in one piece or in small ones. */
export async function* stream(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export function verify(
  journal: Uint8Array,
  bundle: string | null,
  more: Partial<VerifyInput> & { readonly signersText?: string } = {},
): Promise<VerifyReport> {
  const { signersText = SIGNERS, ...input } = more
  return verifyTranscript({
    journal: stream(journal),
    bundle,
    signers: { name: 'allowed_signers', text: signersText },
    ...input,
  })
}
