import { ADDENDUM_NAMESPACE, APPROVAL_NAMESPACE, type Namespace, SEAL_NAMESPACE } from '../ssh/signer.ts'
import { verifySshSig } from '../ssh/sshsig.ts'
import { PAYLOAD_TYPE, pae, readEnvelope, type UntrustedEnvelope } from '../statements/dsse.ts'
import { addendaIn } from './addenda.ts'
import { checkScript, type PackedSignature } from './check-script.ts'
import { derivedText } from './derived.ts'
import { type ExportFile, type ExportFormat, type ExportSource, entriesOf } from './format.ts'
import { markdown } from './markdown.ts'

/**
 * The pack for an auditor: the two files as they are, each signature taken out of its envelope as the bytes that were signed and
 * the signature over them, the runbook, a report to read, and CHECK.txt, by which all of it is checked without Signoff.
 */
export const audit: ExportFormat = { kind: 'folder', files }

async function* files(source: ExportSource): AsyncGenerator<ExportFile> {
  const { bundle, report, signers } = source
  const { signatures, runbook } = await signaturesOf(source)
  yield { path: 'journal.jsonl', content: source.journal() }
  if (bundle !== null) yield { path: 'transcript.intoto.jsonl', content: [bundle] }
  for (const { file, envelope, namespace } of signatures) {
    yield { path: `${file}.pae`, content: [pae(PAYLOAD_TYPE, envelope.payload)] }
    yield { path: `${file}.sig`, content: [signatureIn(envelope, namespace)] }
  }
  if (runbook !== null) yield { path: 'runbook.md', content: [runbook] }
  if (markdown.kind === 'document') yield { path: 'report.md', content: markdown.write(source) }
  if (signers !== null) yield { path: SEEN, content: [`${UNTRUSTED}\n${signers.text}`] }
  yield {
    path: 'CHECK.txt',
    content: [
      checkScript(derivedText(report), signatures, { sealed: bundle !== null, withheld: report.withheld?.lines ?? 0 }),
    ],
  }
}

const SEEN = 'signers-as-seen.UNTRUSTED'
const UNTRUSTED =
  '# UNTRUSTED: the signers file of whoever made this pack, as evidence of what they believed. Check by a file of your own.'

type Signature = PackedSignature & { readonly envelope: UntrustedEnvelope; readonly namespace: Namespace }

/** Every signature of the transcript, and the runbook's text. The report was good: what is signed was looked at already. */
async function signaturesOf(
  source: ExportSource,
): Promise<{ readonly signatures: readonly Signature[]; readonly runbook: string | null }> {
  const { run, seal } = source.report
  const sealed = readEnvelope(source.bundle?.split('\n', 1)[0] ?? '')
  const addenda = addendaIn(source.bundle).map(addendumOf)
  const found: Omit<Signature, 'atMs'>[] = []
  let runbook: string | null = null
  let lastAtMs = 0
  const common: Pick<Signature, 'namespace'> = { namespace: APPROVAL_NAMESPACE }
  for await (const { seq, atMs, event } of entriesOf(source)) {
    lastAtMs = atMs
    if (event.kind === 'run.start') runbook = event.runbook.text
    if (event.kind !== 'approval' && event.kind !== 'handoff.offer' && event.kind !== 'handoff.accept') continue
    const envelope = readEnvelope(event.envelope)
    if (envelope === null) continue
    if (event.kind === 'approval') {
      const { principal, decision, request } = event
      found.push({ ...common, file: `approval-${seq}`, envelope, principal, decision, request: request + 1 })
    } else {
      // An offer is over the line before it, an acceptance over the offer.
      const request = event.kind === 'handoff.offer' ? seq : event.offer + 1
      const decision = event.kind === 'handoff.offer' ? 'handoff-offer' : 'handoff-accept'
      found.push({ ...common, file: `handoff-${seq}`, envelope, principal: event.by, decision, request })
    }
  }
  // Keys have to be valid when the run ended, as `verify` has it.
  const atMs = Date.parse(run?.finishedOn ?? '') || lastAtMs
  const signatures = [...found.map(one => ({ ...one, atMs })), ...addenda]
  if (sealed === null || seal === null) return { signatures, runbook }
  const ofSeal = { file: 'seal', namespace: SEAL_NAMESPACE, envelope: sealed, request: null, decision: null } as const
  return { signatures: [{ ...ofSeal, principal: seal.signer.principal, atMs }, ...signatures], runbook }
}

function addendumOf({ n, author: principal, at, envelope }: ReturnType<typeof addendaIn>[number]): Signature {
  const common = { namespace: ADDENDUM_NAMESPACE, request: null, decision: null } as const
  return { ...common, file: `addendum-${n}`, envelope, principal, atMs: Date.parse(at) }
}

/** The armored signature that its key made over these bytes; of one that only ssh-keygen can judge, the first. */
function signatureIn({ signatures, payload }: UntrustedEnvelope, namespace: Namespace): string {
  const message = pae(PAYLOAD_TYPE, payload)
  return signatures.find(armored => verifySshSig(armored, namespace, message).ok) ?? signatures[0] ?? ''
}
