import { createHash } from 'node:crypto'
import { countSteps, type EventOf, fold, type RunEvent } from '../../../src/model/index.ts'
import { sha256Hex } from '../../../src/transcript/encoding/hash.ts'
import { addAddendum } from '../../../src/transcript/statements/addendum.ts'
import { signApproval } from '../../../src/transcript/statements/approval.ts'
import { buildHandoff } from '../../../src/transcript/statements/handoff.ts'
import { signersLine } from './keys.ts'
import * as run from './run.ts'

const MINUTE = 60_000
const RUNBOOK = `# Payments

## 1 Prepare

### 1.1 Before the rollout

- [ ] Tell support
- [ ] Error budget above 20 %

### 1.2 Backup

\`\`\`bash
pg_dump payments > payments.dump
\`\`\`

## 2 Production

\`\`\`bash
kubectl -n production set image deploy/payments api=acme/payments:v1.4.2
\`\`\`

## 3 Roll back production

\`\`\`bash
kubectl -n production rollout undo deploy/payments
\`\`\`
`

/** Who may sign what in {@link afternoonRun}: both operators hand over, so they may sign in both namespaces. */
export const AFTERNOON_SIGNERS =
  signersLine(run.operator, 'namespaces="signoff-*"') +
  signersLine(run.stranger, 'namespaces="signoff-*"') +
  signersLine(run.manager, 'namespaces="signoff-approval-v1"') +
  signersLine(run.lead, 'namespaces="signoff-approval-v1"')

/** A long afternoon: a failure, an edited script, colours, a terminal, a pause, a gate, a hand-over, a wait cut short, a skip. */
export async function afternoonRun(): Promise<{ writer: run.Writer; bundle: string }> {
  const writer = run.createWriter()
  const by = run.operator.principal
  const after = (minutes: number, ...events: RunEvent[]): void => {
    writer.atMs += minutes * MINUTE
    writer.add(...events)
  }
  const start = run.runStart({
    env: 'production',
    runbook: { path: 'payments/RELEASE.md', sha256: sha256Hex(RUNBOOK), gitBlob: null, text: RUNBOOK },
    signersSha256: sha256Hex(AFTERNOON_SIGNERS),
    host: { name: 'bastion-2', user: 'op', os: 'linux' },
  })
  if (start.kind !== 'run.start') throw new TypeError('not a start')
  after(0, start, PLAN)
  after(0, param('image', 'acme/payments:v1.4.2'), { ...param('DB_PASSWORD', null), masked: true })
  after(3, confirm('tell-support', 'Tell support', []))
  after(
    4,
    confirm('budget', 'Error budget above 20 %', [
      { name: 'error budget', value: '18', unit: '%', op: '>', want: '20', ok: false },
    ]),
  )
  after(2, ...script('backup', 1, 'pg_dump payments > payments.dump\n', ['err', FAILURE], 1))
  after(1, decide('backup', 'rerun', 'the replica was read-only; pointed at the primary'))
  after(1, {
    kind: 'step.edit',
    step: 'backup',
    was: 'set -e\npg_dump payments > payments.dump\nls -l\n',
    script: 'set -e\npg_dump -h primary payments > payments.dump\nls -l\n',
    reason: 'the replica cannot be dumped while it is upgraded',
    by,
  })
  after(1, ...script('backup', 2, 'set -e\npg_dump -h primary payments > payments.dump\nls -l\n', ['out', LONG], 0, 3))
  after(1, ...script('login', 1, 'gcloud auth login\n', ['pty', SESSION], 0))
  after(0, { kind: 'note', step: 'login', text: 'second factor by Kim\nat the desk', by })
  after(1, phaseEnd('prepare', 30 * MINUTE, 10 * MINUTE, 15 * MINUTE))
  after(1, { ...run.REQUEST, step: 'flip-dns', criteria: [CRITERION] })
  after(9, await run.approvalOf(writer, run.manager, 'Release Manager'))
  after(5, { kind: 'run.pause', reason: 'lunch', step: null, by })
  const head = writer.chain.head
  after(600, {
    kind: 'run.resume',
    head,
    tornBytes: 0,
    tornSha256: null,
    gapMs: 600 * MINUTE,
    operator: { principal: by, keyid: run.operator.keyid },
    attached: [],
    unknown: [],
  })
  after(3, await run.approvalOf(writer, run.lead, 'Platform Lead'))
  const approvals = writer.entries.filter(({ event }) => event.kind === 'approval').map(({ seq }) => seq)
  after(0, { kind: 'gate.end', step: 'flip-dns', decision: 'go', approvals, voided: [], criteria: [CRITERION] })
  const gate = writer.entries.at(-1)?.seq ?? 0
  after(0, {
    kind: 'choice',
    step: 'way',
    group: 'way',
    option: 'Rolling',
    reason: 'no downtime allowed',
    how: 'key',
    by,
    source: null,
  })
  after(0, {
    kind: 'step.skip',
    step: 'blue-green',
    why: 'other-option',
    reason: '2.2: "Rolling" was chosen',
    by: null,
  })
  after(2, ...script('set-image', 1, SET_IMAGE, ['out', COLOURS], 0, 0, [gate]))
  await handOver(writer, start)
  after(1, {
    kind: 'wait.start',
    step: 'soak',
    until: iso(writer.atMs + 30 * MINUTE),
    minMs: 30 * MINUTE,
    reason: null,
  })
  after(18, {
    kind: 'wait.end',
    step: 'soak',
    how: 'early',
    leftMs: 12 * MINUTE,
    reason: 'error rate flat at 0.02 %',
    by: run.stranger.principal,
  })
  after(1, {
    kind: 'step.skip',
    step: 'blog',
    why: 'person',
    reason: 'marketing publishes on Monday',
    by: run.stranger.principal,
  })
  after(0, {
    kind: 'form',
    step: 'handoff-mail',
    text: '**Release**: v1.4.2\n**Known issues**: none\n',
    by: run.stranger.principal,
  })
  after(1, phaseEnd('production', 40 * MINUTE, 60 * MINUTE, 90 * MINUTE))
  after(0, { kind: 'run.end', result: 'passed', steps: countSteps(fold(writer.entries)) })
  const sealed = await run.sealed(writer, run.stranger)
  const said = {
    type: 'review',
    text: 'The budget should have stopped this; see the post-mortem.',
    atMs: writer.atMs,
  } as const
  return { writer, bundle: await addAddendum(sealed, said, run.RUN, run.operator) }
}

const PLAN: EventOf<'run.plan'> = {
  kind: 'run.plan',
  phases: [
    { id: 'prepare', position: '1', title: 'Prepare', role: 'main' },
    { id: 'production', position: '2', title: 'Production', role: 'main' },
    { id: 'back', position: '3', title: 'Roll back production', role: 'recovery' },
  ],
  steps: [
    step('tell-support', '1.1.1', 'confirmation', 'Tell support', 'prepare'),
    step('budget', '1.1.2', 'confirmation', 'Error budget above 20 %', 'prepare'),
    step('backup', '1.2.1', 'task', 'Back up `payments`', 'prepare'),
    step('login', '1.2.2', 'task', 'Log in', 'prepare'),
    step('flip-dns', '2.1', 'gate', 'GO / NO-GO', 'production', { approvers: run.GATE.approvers }),
    step('way', '2.2', 'choice', 'Rolling or blue-green', 'production'),
    step('blue-green', '2.2b.1', 'task', 'Start the green side', 'production'),
    step('set-image', '2.3', 'task', 'Set the new image', 'production'),
    step('soak', '2.4', 'wait', 'Watch for 30 minutes', 'production'),
    step('blog', '2.5', 'manual', 'Publish the blog post', 'production', { required: false }),
    step('handoff-mail', '2.6', 'form', 'Write the hand-off', 'production'),
    step('undo', '3.1', 'task', 'Undo the rollout', 'back', { flow: 'recovery' }),
  ],
}

const CRITERION = { name: 'open incidents', op: '=', want: '0', got: '0', unit: null, ok: true }
const SET_IMAGE =
  'kubectl -n production set image deploy/payments api=acme/payments:v1.4.2\nkubectl -n production rollout status deploy/payments\n'
const FAILURE =
  'pg_dump: \u001b[31merror:\u001b[0m connection to server at "replica" failed:\r\nFATAL: the database system is in recovery mode\n'
const LONG = `${Array.from({ length: 204 }, (_, i) => `dumped table \u001b[36mpayments_${i}\u001b[0m (${(i * 7919) % 10007} rows)`).join('\n')}\n-rw-r--r-- 1 op op 1204311 payments.dump\n`
const SESSION =
  'Enter the code from your phone: ******\r\n\u001b[1mworking\u001b[0m |\b/\b-\b\\\b \r\u001b[K\u001b[32mYou are now logged in as [op@example.com].\u001b[0m\r\n'
const COLOURS = [
  '\u001b[1;32mdeployment.apps/payments image updated\u001b[0m',
  ...[30, 31, 32, 33, 34, 35, 36, 37].map(
    code =>
      `\u001b[${code}mcolour ${code}\u001b[0m \u001b[${code + 60}mbright\u001b[0m \u001b[${code + 10}mbehind\u001b[0m`,
  ),
  '\u001b[38;5;208m256: orange\u001b[0m \u001b[38;2;255;105;180mtrue: pink\u001b[0m \u001b[7minverse\u001b[0m \u001b[3;4mitalic, underlined\u001b[0m \u001b[9mstruck\u001b[0m \u001b[2mdim\u001b[0m',
  '\u001b[8mconcealed\u001b[0m \u001b[30;40mblack on black\u001b[0m \u001b]8;;https://evil.example/\u0007a link\u001b]8;;\u0007 \u202edesrever',
  'Waiting for deployment "payments" rollout to finish: 2 of 6 updated replicas are available...',
  'deployment "payments" successfully rolled out',
].join('\n')

function step(
  id: string,
  position: string,
  kind: EventOf<'run.plan'>['steps'][number]['kind'],
  title: string,
  phase: string,
  changes: Partial<EventOf<'run.plan'>['steps'][number]> = {},
): EventOf<'run.plan'>['steps'][number] {
  return run.planned(id, kind, { position, title, phase, line: 7, ...changes })
}

function param(name: string, value: string | null): EventOf<'param'> {
  return { kind: 'param', name, value, masked: false, how: 'flag', by: run.operator.principal, source: null }
}

function confirm(step: string, ask: string, observed: EventOf<'confirm'>['observed']): EventOf<'confirm'> {
  const note = observed.length === 0 ? null : 'agreed with the product owner; the budget resets tomorrow'
  return {
    kind: 'confirm',
    step,
    ask,
    answer: 'yes',
    observed,
    how: 'key',
    by: run.operator.principal,
    source: null,
    note,
  }
}

function decide(step: string, choice: EventOf<'step.decide'>['choice'], reason: string): EventOf<'step.decide'> {
  return { kind: 'step.decide', step, attempt: 1, state: 'failed', choice, reason, by: run.operator.principal }
}

function script(
  step: string,
  attempt: number,
  text: string,
  [fd, output]: readonly ['out' | 'err' | 'pty', string],
  exit: number,
  masked = 0,
  gates: number[] = [],
): RunEvent[] {
  const bytes = Buffer.byteLength(output)
  const sha256 = createHash('sha256').update(output).digest('hex')
  return [
    {
      kind: 'step.start',
      step,
      attempt,
      script: text,
      shell: 'bash',
      cwd: '/srv/payments',
      env: ['PATH'],
      size: null,
      timeoutMs: 600_000,
      gates,
    },
    { kind: 'output', step, attempt, fd, at: 0, text: output },
    { kind: 'output.end', step, attempt, streams: [{ fd, bytes, sha256, kept: bytes, masked, lost: 0 }] },
    {
      kind: 'step.end',
      step,
      attempt,
      outcome: 'exited',
      exit,
      signal: null,
      ms: 73_400,
      result: exit === 0 ? 'passed' : 'failed',
      checks: [],
    },
  ]
}

function phaseEnd(phase: string, ms: number, minMs: number, maxMs: number): EventOf<'phase.end'> {
  const steps = { passed: 4, failed: 0, skipped: 0, unknown: 0, open: 0 }
  return { kind: 'phase.end', phase, result: 'passed', steps, ms, planned: { minMs, maxMs }, criteria: null, by: null }
}

/** From the operator to the stranger, who is none any more. */
async function handOver(writer: run.Writer, start: EventOf<'run.start'>): Promise<void> {
  const [from, to] = [run.operator, run.stranger]
  const challenge = 'QUJDREVGR0hJSktMTU5PUA'
  const before = writer.entries.at(-1)?.seq ?? 0
  const statement = (decision: 'handoff-offer' | 'handoff-accept', seq: number, by: string) =>
    buildHandoff(
      { start, decision, request: { seq, leaf: writer.chain.leaf(seq) ?? '', challenge }, to: to.principal, by },
      writer.atMs,
    )
  const offer = await signApproval(statement('handoff-offer', before, from.principal), from)
  writer.add({
    kind: 'handoff.offer',
    to: to.principal,
    note: 'end of my shift',
    challenge,
    by: from.principal,
    keyid: from.keyid,
    envelope: offer,
  })
  writer.atMs += 2 * MINUTE
  const accept = await signApproval(statement('handoff-accept', before + 1, to.principal), to)
  writer.add({ kind: 'handoff.accept', offer: before + 1, by: to.principal, keyid: to.keyid, envelope: accept })
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}
