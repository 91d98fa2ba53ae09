import { countSteps, type EventKind, type EventOf, fold, type RunEvent } from '../../../src/model/index.ts'
import { sha256Hex } from '../../../src/transcript/encoding/hash.ts'
import { addAddendum } from '../../../src/transcript/statements/addendum.ts'
import * as run from './run.ts'

const by = run.operator.principal
const SHA = 'ab'.repeat(32)
const counts = { passed: 0, failed: 0, skipped: 0, unknown: 0, open: 0 }
const LATE = 'late\u001b[0m'
const late = { bytes: LATE.length, sha256: sha256Hex(LATE), kept: LATE.length, masked: 0, lost: 0 }
const order = { step: 'deploy', attempt: 2 }
const given = { how: 'typed' as const, by, source: null }

/** One event of each kind that no run of the other helpers has, or few: as fields, not as a story. The compiler sees to it that none is missing. */
const OTHERS: { readonly [K in Exclude<EventKind, Told>]: Omit<EventOf<K>, 'kind'> } = {
  param: { name: 'org', value: 'acme', masked: false, ...given },
  choice: { step: 'way', group: 'way', option: 'Blue', reason: null, ...given },
  condition: { when: 'if security changes', answer: 'no', steps: ['tell-support'], ...given },
  'step.edit': { step: 'deploy', was: 'echo one\n', script: 'echo two\n', reason: 'say two', by },
  'output.resize': { ...order, cols: 80, rows: 24 },
  'step.stop': { ...order, signal: 'SIGINT', why: 'person', by },
  'output.late': { ...order, fd: 'err', at: 0, text: LATE },
  'output.late.end': { ...order, why: 'closed', streams: [{ fd: 'err', ...late }] },
  'step.left': {
    ...order,
    state: 'kept',
    jobs: [7],
    descriptors: [3],
    open: ['out'],
    processes: [{ pid: 7, name: 'sleep', command: 'sleep 9', escaped: false }],
  },
  'output.differs': { ...order, expected: 'similar', diff: '-one\n+two\n' },
  'step.decide': { ...order, state: 'failed', choice: 'rerun', reason: 'again', by },
  'step.skip': { step: 'soak', why: 'person', reason: 'not today', by },
  'step.reopen': { step: 'soak', reason: 'after all', by },
  jump: { from: 'deploy', to: 'soak', over: ['way'], reason: 'no need', by },
  block: { step: 'soak', reason: 'wait for it', by },
  'block.end': { block: 30, reason: 'it is there', by },
  form: { step: 'mail', text: 'Dear all\n', by },
  note: { step: null, text: 'caf\u00e9 \u{1f680}', by },
  'approval.refused': { request: 3, sha256: SHA, why: 'stale' },
  'wait.start': { step: 'soak', until: '2026-11-22T15:50:00.000Z', minMs: 60_000, reason: null },
  'wait.end': { step: 'soak', how: 'early', leftMs: 5, reason: 'quiet', by },
  'phase.end': {
    phase: 'one',
    result: 'passed',
    steps: counts,
    ms: 9000,
    planned: { minMs: null, maxMs: 60_000 },
    criteria: 'all green',
    by,
  },
  'rollback.start': { for: 'one', of: null, steps: ['undo'], without: [], reason: 'errors', by },
  'rollback.end': { for: 'one', result: 'complete', done: ['undo'], failed: [], without: [] },
  'runbook.changed': { was: SHA, now: null, diff: '-a\n', decision: 'keep', by },
  'run.interpreters': { interpreters: [{ tag: 'python', command: ['python3'] }], was: null, by },
  'handoff.offer': { to: 'kim@example.com', note: null, challenge: 'QUJD', by, keyid: 'SHA256:x', envelope: '{}' },
  'handoff.withdraw': { offer: 29, by },
  'handoff.accept': { offer: 29, by: 'kim@example.com', keyid: 'SHA256:x', envelope: '{}' },
  'writer.changed': {
    from: { principal: by, keyid: run.operator.keyid, host: 'h' },
    to: { principal: by, keyid: run.operator.keyid, host: 'i' },
    reason: 'h is gone',
    head: SHA,
  },
  'run.pause': { reason: 'lunch', step: null, by },
  'run.resume': {
    head: SHA,
    tornBytes: 4,
    tornSha256: SHA,
    gapMs: 60_000,
    operator: { principal: by, keyid: run.operator.keyid },
    attached: ['deploy:2'],
    unknown: [],
  },
  'journal.full': { errno: 'ENOSPC' },
  'run.abort': { reason: 'enough', by },
}

/** Kinds that the whole run of `run.ts` has. */
type Told =
  | 'run.start'
  | 'run.plan'
  | 'confirm'
  | 'approval.request'
  | 'approval'
  | 'gate.end'
  | 'step.start'
  | 'output'
  | 'output.end'
  | 'step.end'
  | 'run.end'

/** A sealed record with a line of every kind, two approvals, output in both codings, and an addendum. What it tells makes no sense. */
export async function everyKind(): Promise<{ readonly journal: Buffer; readonly bundle: string }> {
  const writer = run.atGate()
  writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
  writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
  writer.add(run.gateEnd([4, 5]), ...run.script('deploy', [6]))
  writer.add({ kind: 'output', ...order, fd: 'out', at: 0, b64: '//79/Pv6' })
  // The cast: each is of its own kind, which Object.entries forgets.
  writer.add(...Object.entries(OTHERS).map(([kind, fields]) => ({ kind, ...fields }) as unknown as RunEvent))
  writer.add({ kind: 'run.end', result: 'aborted', steps: countSteps(fold(writer.entries)) })
  const said = { type: 'review', text: 'looked at it', atMs: writer.atMs } as const
  return { journal: writer.bytes(), bundle: await addAddendum(await run.sealed(writer), said, run.RUN, run.operator) }
}
