import { type CheckedEnvelope, checkEnvelope, field, readJson, text } from './envelope.ts'
import { broken, type Finding, NAMESPACES, type Run, trustFinding } from './finding.ts'
import type { SignatureAnswer } from './ssh-signature.ts'

/** The signed statements that stand in the journal: approvals, and both halves of a hand-over. */
export async function checkStatements(run: Run): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [seq, line] of run.journal.lines.entries()) {
    const kind = kindOf(line)
    if (kind === 'approval') findings.push(await checkApproval(readJson(line), seq, run))
    if (kind === 'handoff.offer' || kind === 'handoff.accept')
      findings.push(await checkHandoff(readJson(line), kind, seq, run))
  }
  return findings
}

/** The kind of a line, from its beginning; null for one that is withheld. */
export function kindOf(line: string): string | null {
  return /^\{"seq":\d+,"prev":"[0-9a-f]{64}","t":"[^"]*","mono":\d+,"kind":"([^"]*)"/.exec(line)?.[1] ?? null
}

async function checkApproval(event: unknown, seq: number, run: Run): Promise<Finding> {
  const what = `Approval on line ${seq + 1}`
  const requestSeq = field(event, 'request')
  const request = typeof requestSeq === 'number' ? readJson(run.journal.lines[requestSeq] ?? '') : undefined
  const signed = await checkEnvelope(text(event, 'envelope'), NAMESPACES.approval)
  return statementFinding(what, signed, run, {
    principal: text(event, 'principal'),
    keyid: text(event, 'keyid'),
    request: requestSeq,
    seq,
    said: [
      ['step', field(event, 'step')],
      ['decision', field(event, 'decision')],
      ['role', field(event, 'role')],
      ...(isWithheld(request) ? [] : ([['meaning', field(request, 'ask')]] as const)),
    ],
    challenge: isWithheld(request) ? null : text(request, 'challenge'),
    refusal: ({ touch, key }) => {
      const asked = isWithheld(request) ? 'none' : text(request, 'touch')
      const isTouched = asked === 'none' || (asked === 'presence' ? touch?.presence : touch?.verified) === true
      if (!isTouched) return `its key was to ask for ${asked}, and does not say so`
      return key.keyid === run.operatorKeyid ? 'it is signed with the key of the operator' : null
    },
  })
}

async function checkHandoff(event: unknown, kind: string, seq: number, run: Run): Promise<Finding> {
  const isOffer = kind === 'handoff.offer'
  const what = `${isOffer ? 'Hand-over offered' : 'Hand-over accepted'} on line ${seq + 1}`
  const offerSeq = isOffer ? seq : field(event, 'offer')
  const offer = typeof offerSeq === 'number' ? readJson(run.journal.lines[offerSeq] ?? '') : undefined
  const signed = await checkEnvelope(text(event, 'envelope'), NAMESPACES.approval)
  return statementFinding(what, signed, run, {
    principal: text(event, 'by'),
    keyid: text(event, 'keyid'),
    // An offer is signed over the line before it, an acceptance over the offer.
    request: isOffer ? seq - 1 : offerSeq,
    seq,
    said: [
      ['decision', isOffer ? 'handoff-offer' : 'handoff-accept'],
      ...(isWithheld(offer) ? [] : ([['meaning', `Hand over to ${text(offer, 'to')}`]] as const)),
    ],
    challenge: isWithheld(offer) ? null : text(offer, 'challenge'),
    refusal: () => null,
  })
}

interface Due {
  readonly principal: string
  readonly keyid: string
  /** Number of the line that it answers. */
  readonly request: unknown
  /** Number of its own line: what it was shown lies before. */
  readonly seq: number
  readonly said: readonly (readonly [name: string, value: unknown])[]
  /** Null where the line that holds it is withheld: the leaf of that line is compared in any case. */
  readonly challenge: string | null
  /** Why a good signature does not count; null where it does. */
  readonly refusal: (signature: Extract<SignatureAnswer, { kind: 'good' }>) => string | null
}

/** Whether one statement is signed, and about this run, this line and these words. */
function statementFinding(what: string, signed: CheckedEnvelope | null, run: Run, due: Due): Finding {
  if (signed === null) return broken(what, 'there is no envelope')
  const { signature, statement } = signed
  if (signature.kind === 'unsupported') return { verdict: 'not-checked', what, detail: signature.why }
  if (signature.kind === 'bad') return broken(what, signature.why)
  const predicate = field(statement, 'predicate')
  const { leaves } = run.journal
  const head = field(predicate, 'head', 'seq')
  const shown = typeof head === 'number' && head >= Number(due.request) && head < due.seq
  const wrong = [
    ['key', signature.key.keyid, due.keyid],
    ['approver', field(predicate, 'approver'), due.principal],
    ['run', field(predicate, 'run'), run.run],
    ['release', field(predicate, 'release'), run.release],
    ['request', field(predicate, 'request', 'seq'), due.request],
    ['request', field(predicate, 'request', 'leaf'), typeof due.request === 'number' && leaves[due.request]],
    ['challenge', due.challenge === null ? null : field(predicate, 'request', 'challenge'), due.challenge],
    ['head', field(predicate, 'head', 'leaf'), shown && leaves[head]],
    ...due.said.map(([name, value]) => [name, field(predicate, name), value]),
  ].find(([, said, found]) => said !== found)
  if (wrong !== undefined) return broken(what, `its ${String(wrong[0])} is not the one on record`)
  if (!isAbout(statement, run.runbookSha256)) return broken(what, 'it is about another runbook')
  const refusal = due.refusal(signature)
  if (refusal !== null) return broken(what, refusal)
  return trustFinding(what, signature.key, {
    principal: due.principal,
    namespace: NAMESPACES.approval,
    at: run.finishedOn,
    byName: true,
    signers: run.signers,
  })
}

function isWithheld(line: unknown): boolean {
  return field(line, 'withheld') !== undefined
}

/** By number of the line: the reasons that good addenda give for withholding it. */
export type Withheld = ReadonlyMap<number, ReadonlySet<string>>

/** What was said after the seal, each over the one before; and which lines it says are withheld. */
export async function checkAddenda(
  lines: readonly string[],
  seal: CheckedEnvelope,
  run: Run,
): Promise<{ readonly findings: Finding[]; readonly withheld: Withheld }> {
  const findings: Finding[] = []
  const withheld = new Map<number, Set<string>>()
  let previous = seal.sha256
  for (const [index, line] of lines.entries()) {
    const what = `Addendum ${index + 1}`
    const signed = await checkEnvelope(line, NAMESPACES.addendum)
    if (signed === null) {
      findings.push(broken(what, 'it is no envelope'))
      continue
    }
    const finding = addendumFinding(what, signed, { n: index + 1, previous, seal: seal.sha256 }, run)
    findings.push(finding)
    previous = signed.sha256
    if (finding.verdict === 'broken' || text(signed.statement, 'predicate', 'type') !== 'withhold') continue
    const [, seqs = '', reason = ''] = /^([\d,]+): (.+)$/s.exec(text(signed.statement, 'predicate', 'text')) ?? []
    for (const seq of seqs.split(',').map(Number)) withheld.set(seq, (withheld.get(seq) ?? new Set()).add(reason))
  }
  return { findings, withheld }
}

function addendumFinding(
  what: string,
  { signature, statement }: CheckedEnvelope,
  due: { readonly n: number; readonly previous: string; readonly seal: string },
  run: Run,
): Finding {
  if (signature.kind === 'unsupported') return { verdict: 'not-checked', what, detail: signature.why }
  if (signature.kind === 'bad') return broken(what, signature.why)
  const predicate = field(statement, 'predicate')
  const isDue =
    isAbout(statement, due.seal) &&
    field(predicate, 'n') === due.n &&
    field(predicate, 'previous') === due.previous &&
    field(predicate, 'run') === run.run
  if (!isDue) return broken(what, 'it is not in its place')
  return trustFinding(what, signature.key, {
    principal: text(predicate, 'author'),
    namespace: NAMESPACES.addendum,
    at: text(predicate, 'at'),
    byName: false,
    signers: run.signers,
  })
}

function isAbout(statement: unknown, sha256: string): boolean {
  const subjects = field(statement, 'subject')
  return Array.isArray(subjects) && subjects.some(subject => text(subject, 'digest', 'sha256') === sha256)
}
