import type { EventOf, RunEvent } from '../../../src/model/index.ts'
import { encode } from '../../../src/transcript/encoding/canonical.ts'
import { leafHash, leafOfLine, sha256Hex } from '../../../src/transcript/encoding/hash.ts'
import { createMerkleTree } from '../../../src/transcript/journal/merkle.ts'
import { encodeWithheld } from '../../../src/transcript/journal/withheld-line.ts'
import type { Signer } from '../../../src/transcript/ssh/signer.ts'
import { addAddendum } from '../../../src/transcript/statements/addendum.ts'
import { PAYLOAD_TYPE, pae, toEnvelope } from '../../../src/transcript/statements/dsse.ts'
import type { SealStatement } from '../../../src/transcript/statements/seal-statement.ts'
import { readUntrustedSeal } from '../../../src/transcript/statements/seal-statement.ts'
import { withholdLine, withholdText } from '../../../src/transcript/verify/withhold.ts'
import * as run from './run.ts'

/** A transcript that somebody has changed, with the signers that its reader trusts. */
export interface Tampered {
  readonly journal: Buffer
  readonly bundle: string | null
  readonly signersText?: string
}

type Events = readonly (RunEvent | ((writer: run.Writer) => Promise<RunEvent> | RunEvent))[]

/** A run that was written and sealed by whoever has the operator's key: chain, digests and counts are all as they should be. */
async function forged(events: Events, signer: Signer = run.operator, start = run.runStart()): Promise<Tampered> {
  const writer = run.createWriter()
  writer.add(start, run.PLAN)
  for (const event of events) writer.add(typeof event === 'function' ? await event(writer) : event)
  writer.add(run.runEnd(writer))
  return { journal: writer.bytes(), bundle: await run.sealed(writer, signer) }
}

const opened: Events = [run.confirm('tell-support'), run.REQUEST]
const byManager = (writer: run.Writer) => run.approvalOf(writer, run.manager, 'Release Manager')
const byLead = (writer: run.Writer) => run.approvalOf(writer, run.lead, 'Platform Lead')
const deployed = (gates = [6]): RunEvent[] => run.script('deploy', gates)
const approved: Events = [...opened, byManager, byLead, run.gateEnd([4, 5])]
const MET = { name: 'open incidents', op: '=', want: '0', got: '0', unit: null, ok: true }
const skipped = (why: EventOf<'step.skip'>['why']): RunEvent => ({
  kind: 'step.skip',
  step: 'flip-dns',
  why,
  reason: 'not today',
  by: null,
})
const decided = (choice: EventOf<'step.decide'>['choice']): RunEvent => ({
  kind: 'step.decide',
  step: 'flip-dns',
  attempt: 1,
  state: 'failed',
  choice,
  reason: 'agreed by phone',
  by: 'op@example.com',
})

const whole = await run.wholeRun()
const journal = whole.bytes()
const bundle = await run.sealed(whole)
const lines = journal.toString().trimEnd().split('\n')
const text = (some: readonly string[]) => Buffer.from(`${some.join('\n')}\n`)
const seal = readUntrustedSeal(bundle) as SealStatement
const note = { type: 'note', text: 'later', atMs: whole.atMs } as const
const noted = await addAddendum(bundle, note, run.RUN, run.operator)

/** The same journal under a seal that says something else, signed by the operator. */
const sealedAs = async (change: (predicate: SealStatement['predicate']) => object): Promise<Tampered> => {
  const predicate = { ...seal.predicate, ...change(seal.predicate) } as SealStatement['predicate']
  return { journal, bundle: await sealOf({ ...seal, predicate }) }
}

/** Our own tool signs no seal for anybody but the operator whom the journal names. */
async function sealOf(statement: object): Promise<string> {
  const payload = Buffer.from(encode(statement))
  const armored = await run.operator.sign('signoff-seal-v1', pae(PAYLOAD_TYPE, payload))
  return `${toEnvelope(payload, run.operator.keyid, armored)}\n`
}

/** A copy of which some lines are withheld, as a signed addendum says. */
async function copy(seqs: readonly number[], said: readonly number[] | null = seqs, signer = run.operator) {
  const reason = 'names of customers'
  const withheld = lines.map((line, seq) => {
    if (!seqs.includes(seq)) return line
    // By hand, since our own tool withholds no line that has no salt.
    return line.includes('"salt"')
      ? withholdLine(line, reason)
      : encodeWithheld({ seq, leaf: leafOfLine(line), reason })
  })
  const addendum = { type: 'withhold', text: withholdText({ seqs: said ?? [], reason }), atMs: whole.atMs } as const
  return {
    journal: text(withheld),
    bundle: said === null ? bundle : await addAddendum(bundle, addendum, run.RUN, signer),
  }
}

const flipped = (at: number) => {
  const changed = Buffer.from(journal)
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}
const replaced = (from: string, to: string) => Buffer.from(journal.toString().replace(from, to))
/** One line changed and every line behind it chained anew, under a seal over that. */
async function rechained(change: (line: string, seq: number) => string): Promise<Tampered> {
  let prev = '0'.repeat(64)
  const out = lines.map((line, seq) => {
    const next = change(line.replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${prev}"`), seq)
    prev = leafOfLine(next)
    return next
  })
  const bytes = text(out)
  const tree = createMerkleTree()
  for (const line of out) tree.add(leafHash(line))
  const sealed = {
    ...seal,
    subject: seal.subject.map((one, at) => (at === 0 ? { ...one, digest: { sha256: sha256Hex(bytes) } } : one)),
    predicate: {
      ...seal.predicate,
      journal: { ...seal.predicate.journal, bytes: bytes.length, head: prev, root: tree.root().toString('hex') },
    },
  }
  return { journal: bytes, bundle: await sealOf(sealed) }
}

/** What may be done to a transcript, by name. Those that are nothing bad come first. */
export const TAMPERED: Readonly<Record<string, () => Promise<Tampered> | Tampered>> = {
  'nothing at all': () => ({ journal, bundle }),
  'an addendum': () => ({ journal, bundle: noted }),
  'output withheld, as an addendum says': () => copy([8]),
  'no seal': () => ({ journal, bundle: null }),
  'the last line cut': () => ({ journal: text(lines.slice(0, -1)), bundle }),
  'the last byte cut': () => ({ journal: journal.subarray(0, -1), bundle }),
  'bytes behind the end': () => ({ journal: Buffer.concat([journal, Buffer.from('{"seq":12')]), bundle }),
  'a blank last line': () => ({ journal: Buffer.concat([journal, Buffer.from('\n')]), bundle }),
  'a line dropped': () => ({ journal: text(lines.filter((_, at) => at !== 7)), bundle }),
  'a line doubled': () => ({ journal: text([...lines.slice(0, 8), ...lines.slice(7)]), bundle }),
  'two lines swapped': () => ({
    journal: text(lines.map((line, at) => lines[at === 7 ? 8 : at === 8 ? 7 : at] ?? line)),
    bundle,
  }),
  'a byte of output': () => ({ journal: replaced('"text":"one', '"text":"two'), bundle }),
  'a byte of a salt': () => ({ journal: replaced('AAAAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAAg'), bundle }),
  'a byte of the last line': () => ({ journal: flipped(journal.length - 4), bundle }),
  'line ends of DOS': () => ({ journal: Buffer.from(journal.toString().replaceAll('\n', '\r\n')), bundle }),
  'a byte order mark': () => ({ journal: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), journal]), bundle }),
  'an empty journal': () => ({ journal: Buffer.alloc(0), bundle }),
  'a seal that is no envelope': () => ({ journal, bundle: '{}\n' }),
  'a seal of other words': () => ({
    journal,
    bundle: withPayload(bundle, said => said.replace('"passed"', '"failed"')),
  }),
  'a seal by an approver': async () => ({ journal, bundle: await run.sealed(whole, named(run.manager)) }),
  'a seal by a stranger': async () => ({ journal, bundle: await run.sealed(whole, named(run.stranger)) }),
  'a seal in another namespace': async () => ({
    journal,
    bundle: await run.sealed(whole, {
      ...run.operator,
      sign: (_, bytes) => run.operator.sign('signoff-addendum-v1', bytes),
    }),
  }),
  'a seal that names another operator': () =>
    sealedAs(() => ({ operator: { principal: 'pl@example.com', keyid: run.operator.keyid } })),
  'a seal of another result': () => sealedAs(() => ({ result: 'failed' })),
  'a seal of other counts': () =>
    sealedAs(() => ({ steps: { passed: 9, failed: 0, skipped: 0, unknown: 0, open: 0 } })),
  'a seal of other kinds': () => sealedAs(({ journal: said }) => ({ journal: { ...said, kinds: [['note', 12]] } })),
  'a seal of other approvals': () => sealedAs(() => ({ approvals: [] })),
  'a seal of other parents': () => sealedAs(() => ({ parents: [{ run: run.RUN, leaf0: '0'.repeat(64), seal: null }] })),
  'a seal with fields of its own': () => sealedAs(() => ({ trusted: true })),
  'a seal with another end': () => sealedAs(() => ({ finishedOn: '2026-11-22T15:00:00.000Z' })),
  'a line that is not canonical': () =>
    rechained((line, seq) => (seq === 2 ? line.replace('{"seq"', '{ "seq"') : line)),
  'a line with another field': () =>
    rechained((line, seq) => (seq === 2 ? line.replace(',"salt"', ',"more":1,"salt"') : line)),
  'output of another digest': () =>
    rechained((line, seq) => (seq === 8 ? line.replace('"text":"one', '"text":"two') : line)),
  'a runbook of another digest': () =>
    rechained((line, seq) => (seq === 0 ? line.replace('Tell support\\n"', 'Tell nobody\\n"') : line)),
  'a line behind the end': () =>
    forged([
      ...opened,
      byManager,
      byLead,
      run.gateEnd([4, 5]),
      ...deployed(),
      (writer: run.Writer) => run.runEnd(writer),
    ]),
  'an approval by a stranger': () =>
    forged([
      ...opened,
      w => run.approvalOf(w, run.stranger, 'Release Manager'),
      byLead,
      run.gateEnd([4, 5]),
      ...deployed(),
    ]),
  'an approval of another question': () =>
    forged([
      ...opened,
      w => run.approvalOf(w, run.manager, 'Release Manager', changed({ meaning: 'Order pizza?' })),
      byLead,
      run.gateEnd([4, 5]),
      ...deployed(),
    ]),
  'an approval of another run': () =>
    forged([
      ...opened,
      w => run.approvalOf(w, run.manager, 'Release Manager', changed({ run: run.RUN.replace('b001', 'b002') })),
      byLead,
      run.gateEnd([4, 5]),
      ...deployed(),
    ]),
  'an approval of no signature': () =>
    forged([...opened, async w => unsigned(await byManager(w)), byLead, run.gateEnd([4, 5]), ...deployed()]),
  'an approval by the operator': async () => ({
    ...(await forged([
      ...opened,
      w => run.approvalOf(w, { ...run.operator, principal: run.manager.principal }, 'Release Manager'),
      byLead,
      run.gateEnd([4, 5]),
      ...deployed(),
    ])),
    signersText: `${run.SIGNERS}${run.SIGNERS.split('\n')[0]?.replace('op@example.com namespaces="signoff-seal-v1,signoff-addendum-v1"', 'rm@example.com')}\n`,
  }),
  'two approvals by one person': () =>
    forged([
      ...opened,
      byManager,
      w => run.approvalOf(w, run.manager, 'Platform Lead'),
      run.gateEnd([4, 5]),
      ...deployed(),
    ]),
  'a gate that opens with one of two': () => forged([...opened, byManager, run.gateEnd([4]), ...deployed([5])]),
  'a gate that opens against a no-go': () =>
    forged([...opened, w => declined(w), byLead, run.gateEnd([4, 5]), ...deployed()]),
  'a gate that voids a no-go': () =>
    forged([...opened, w => declined(w), byLead, { ...run.gateEnd([4, 5]), voided: [4] }, ...deployed()]),
  'a step that goes past its gate': () => forged([...opened, ...deployed([])]),
  'a gate left out by a word': () => forged([run.confirm('tell-support'), skipped('not-applicable'), ...deployed([])]),
  'a gate left out by a condition that nobody was asked': () =>
    forged([run.confirm('tell-support'), skipped('condition'), ...deployed([])]),
  'a gate passed by its operator': () => forged([...opened, decided('passed')]),
  'a gate passed as a form': () =>
    forged([...opened, { kind: 'form', step: 'flip-dns', text: 'go\n', by: 'op@example.com' }]),
  'a gate that says go again by the approvals from before': () =>
    forged([
      ...opened,
      byManager,
      byLead,
      run.gateEnd([4, 5]),
      { kind: 'step.reopen', step: 'flip-dns', reason: 'a criterion changed', by: 'op@example.com' },
      run.gateEnd([4, 5]),
      ...deployed([8]),
    ]),
  'a gate that goes on beside a criterion that was met before': () =>
    forged([
      run.confirm('tell-support'),
      { ...run.REQUEST, criteria: [MET] },
      byManager,
      byLead,
      run.gateEnd([4, 5]),
      ...deployed(),
    ]),
  'a script that started twice': () => forged([...approved, ...deployed(), ...deployed()]),
  'a script that ended twice': () => forged([...approved, ...deployed(), ...deployed().slice(-1)]),
  'output behind its digest': () => forged([...approved, ...deployed(), ...deployed().slice(1, 2)]),
  'a script without a digest of its output': () =>
    forged([...approved, ...deployed().filter(event => 'kind' in event && event.kind !== 'output.end')]),
  'a run that passed and was aborted': () =>
    forged([...approved, ...deployed(), { kind: 'run.abort', reason: 'enough', by: 'op@example.com' }]),
  'a way back that came to nothing': () =>
    forged([
      {
        kind: 'rollback.start',
        for: null,
        of: null,
        steps: ['deploy'],
        without: [],
        reason: 'x',
        by: 'op@example.com',
      },
      { kind: 'rollback.end', for: null, result: 'complete', done: [], failed: ['deploy'], without: [] },
    ]),
  'a process that went on behind another line': () =>
    forged([...approved, ...deployed(), { ...resumedBy(run.operator), head: 'a'.repeat(64) } as RunEvent]),
  'a required step that never ended': async () => {
    const writer = run.createWriter()
    writer.add(run.runStart(), run.PLAN, run.REQUEST)
    writer.add(await byManager(writer), await byLead(writer), run.gateEnd([3, 4]), ...run.script('deploy', [5]))
    writer.add(run.runEnd(writer))
    return { journal: writer.bytes(), bundle: await run.sealed(writer) }
  },
  'an approver whom only a wildcard names': async () => ({
    ...(await forged([...opened, byManager, byLead, run.gateEnd([4, 5]), ...deployed()])),
    signersText: run.SIGNERS.replace('rm@example.com', '*@example.com'),
  }),
  'an operator who came by no hand-over': async () => ({
    ...(await forged([...opened, byManager, resumedBy(run.lead)], run.lead)),
    signersText: run.SIGNERS.replace('pl@example.com namespaces="signoff-approval-v1"', 'pl@example.com'),
  }),
  'an operator whose key has expired': () => ({
    journal,
    bundle,
    signersText: run.SIGNERS.replace('op@example.com', 'op@example.com valid-before="20261101Z",').replace(
      ', namespaces',
      ',namespaces',
    ),
  }),
  'a line withheld that no addendum lists': () => copy([8], null),
  'a line withheld beside the one that is listed': () => copy([8], [9]),
  'a line withheld that has no salt, and none lists': () => copy([4], null),
  'a line withheld that has no salt, as an addendum says': () => copy([4]),
  'the end withheld': () => copy([11]),
  'a failure withheld, as an addendum says': () => copy([10]),
  'the gate withheld, as an addendum says': () => copy([6]),
  'the beginning withheld, as an addendum says': () => copy([0]),
  'output withheld, as a stranger says': () => copy([8], [8], run.stranger),
  'an addendum by an approver': async () => ({
    journal,
    bundle: await addAddendum(bundle, note, run.RUN, run.manager),
  }),
  'an addendum of another run': async () => ({
    journal,
    bundle: await addAddendum(bundle, note, 'another', run.operator),
  }),
  'an addendum twice': () => ({ journal, bundle: `${noted}${noted.split('\n')[1]}\n` }),
  'a blank line behind the addenda': () => ({ journal, bundle: `${noted}\n` }),
}

function named(signer: Signer): Signer {
  return { ...signer, principal: run.operator.principal, keyid: run.operator.keyid }
}

type Change = NonNullable<Parameters<typeof run.approvalOf>[3]>
function changed(predicate: Partial<Parameters<Change>[0]['predicate']>): Change {
  return statement => ({ ...statement, predicate: { ...statement.predicate, ...predicate } })
}

async function declined(writer: run.Writer): Promise<EventOf<'approval'>> {
  const no = await run.approvalOf(
    writer,
    run.manager,
    'Release Manager',
    changed({ decision: 'no-go', reason: 'full' }),
  )
  return { ...no, decision: 'no-go' }
}

function unsigned(approval: EventOf<'approval'>): EventOf<'approval'> {
  const envelope = JSON.parse(approval.envelope)
  return { ...approval, envelope: JSON.stringify({ ...envelope, signatures: [{ keyid: '', sig: '' }] }) }
}

function resumedBy({ principal, keyid }: Signer): RunEvent {
  return {
    kind: 'run.resume',
    head: '0'.repeat(64),
    tornBytes: 0,
    tornSha256: null,
    gapMs: 0,
    operator: { principal, keyid },
    attached: [],
    unknown: [],
  }
}

function withPayload(line: string, change: (payload: string) => string): string {
  const envelope = JSON.parse(line)
  const payload = change(Buffer.from(envelope.payload, 'base64').toString())
  return `${JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') })}\n`
}
