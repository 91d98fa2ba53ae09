import { type EventOf, type NeededApproval, personRefusal, type Refusal } from '../../model/index.ts'
import { sha256Hex } from '../encoding/hash.ts'
import { readAllowedSigners } from '../ssh/allowed-signers.ts'
import type { RevocationFile } from '../ssh/revoked-keys.ts'
import { APPROVAL_NAMESPACE } from '../ssh/signer.ts'
import type { SshPublicKey } from '../ssh/ssh-key.ts'
import type { SshKeygen } from '../ssh/ssh-keygen.ts'
import type { Touch } from '../ssh/sshsig.ts'
import { type ApprovalStatement, ApprovalStatementSchema, wrongSubject } from './approval-statement.ts'
import { readEnvelope, type UntrustedEnvelope } from './dsse.ts'
import { askSshKeygen, checkSigned, checkTrusted, type Trust } from './signature-check.ts'

/** Everything that an approval is held against: the run as its journal has it, and the signers as the reader has them. */
export interface ApprovalContext {
  readonly run: string
  readonly release: string
  readonly runbookSha256: string
  /** `git.commit` of the run; null outside a repository. */
  readonly commit: string | null
  readonly step: string
  readonly request: { readonly seq: number; readonly leaf: string; readonly challenge: string }
  readonly meaning: string
  readonly need: readonly NeededApproval[]
  readonly touch: EventOf<'approval.request'>['touch']
  /** Everybody who has operated the run so far. */
  readonly operators: readonly { readonly principal: string; readonly keyid: string }[]
  /** Those of this request that count already. */
  readonly given: readonly { readonly role: string | null; readonly principal: string; readonly keyid: string }[]
  readonly leafOf: (seq: number) => string | undefined
  /** Number of the last line before the approval's own. */
  readonly headSeq: number
  readonly signersText: string
  /** Every revocation file that is configured. */
  readonly revoked: readonly RevocationFile[]
  readonly sshKeygen?: SshKeygen
  /** When the approver's key must be valid. */
  readonly nowMs: number
}

export type ApprovalAnswer =
  | {
      readonly ok: true
      readonly role: string | null
      readonly decision: 'go' | 'no-go'
      readonly principal: string
      readonly keyid: string
      readonly reason: string | null
      readonly head: { readonly seq: number; readonly leaf: string }
    }
  | {
      readonly ok: false
      /** For `approval.refused`, with the digest of what came. */
      readonly why: EventOf<'approval.refused'>['why']
      readonly sha256: string
      readonly detail: string
      /** What `verify` makes of it: 5 for signature and trust, 6 for what it is bound to. */
      readonly exit: 5 | 6
    }

/** Whether an approval counts. It may come from anywhere: how it travelled is no part of the trust. */
export async function checkApproval(untrustedEnvelope: string, context: ApprovalContext): Promise<ApprovalAnswer> {
  const refusal = (why: Refusal['why'], detail: string, exit: 5 | 6): ApprovalAnswer => ({
    ok: false,
    why,
    sha256: sha256Hex(untrustedEnvelope),
    detail,
    exit,
  })
  // It must fit a line of the journal, escapes and all.
  const envelope = untrustedEnvelope.length > ENVELOPE_CHARACTERS ? null : readEnvelope(untrustedEnvelope)
  if (envelope === null) return refusal('bad-signature', 'not a signed envelope', 5)
  const trust: Trust = {
    signers: readAllowedSigners(context.signersText),
    signersText: context.signersText,
    revoked: context.revoked,
    ...(context.sshKeygen === undefined ? {} : { sshKeygen: context.sshKeygen }),
  }
  const signed = await checkWho(envelope, trust, context.nowMs)
  if (!signed.ok) return refusal(signed.why, signed.detail, signed.exit)
  const { key, touch, statement, named } = signed
  const wrong =
    wrongRun(statement, context) ??
    wrongQuestion(statement, context) ??
    personRefusal(statement.predicate, key, named, context) ??
    touchRefusal(touch, context.touch)
  if (wrong !== null) return refusal(wrong.why, wrong.detail, 6)
  const { role, decision, approver, reason, head } = statement.predicate
  if (decision !== 'go' && decision !== 'no-go') return refusal('stale', 'a hand-off is no decision of a gate', 6)
  return { ok: true, role, decision, principal: approver, keyid: key.keyid, reason, head }
}

const ENVELOPE_CHARACTERS = 128 * 1024

export type SignedStatement =
  | {
      readonly ok: true
      readonly key: SshPublicKey
      readonly touch: Touch
      readonly statement: ApprovalStatement
      /** False where only a wildcard line lets this key be that person. */
      readonly named: boolean
    }
  | { readonly ok: false; readonly why: 'bad-signature' | 'unlisted'; readonly detail: string; readonly exit: 5 }

/** Signature and trust: who says this, before what is said is read. Shared with hand-offs. */
export async function checkWho(envelope: UntrustedEnvelope, trust: Trust, atMs: number): Promise<SignedStatement> {
  const bad = (detail: string): SignedStatement => ({ ok: false, why: 'bad-signature', detail, exit: 5 })
  const unlisted = (detail: string): SignedStatement => ({ ok: false, why: 'unlisted', detail, exit: 5 })
  const signed = checkSigned(envelope, APPROVAL_NAMESPACE)
  if (!signed.ok && signed.unsupported === null) return bad(signed.detail)
  const statement = readStatement(envelope.payload)
  if (typeof statement === 'string') return bad(statement)
  const asked = { principal: statement.predicate.approver, namespace: APPROVAL_NAMESPACE, atMs } as const
  if (signed.ok) {
    const trusted = await checkTrusted(trust, { ...asked, key: signed.key })
    if (!trusted.ok) return unlisted(trusted.detail)
    return { ok: true, key: signed.key, touch: signed.touch, statement, named: trusted.named }
  }
  const answer = await askSshKeygen(trust, { ...asked, armored: signed.unsupported ?? '', payload: envelope.payload })
  if (answer === null) return bad(signed.detail)
  if (!answer.ok) return answer.signed ? unlisted(answer.detail) : bad(answer.detail)
  const { key, touch, named } = answer
  return { ok: true, key, touch, statement, named }
}

function readStatement(payload: Buffer): ApprovalStatement | string {
  let value: unknown
  try {
    value = JSON.parse(payload.toString('utf8'))
  } catch {
    return 'what is signed is not JSON'
  }
  const parsed = ApprovalStatementSchema.safeParse(value)
  if (!parsed.success) return 'what is signed is no approval of version 1'
  const { decision, reason } = parsed.data.predicate
  return decision === 'no-go' && (reason ?? '').trim() === '' ? 'a no-go needs its reason' : parsed.data
}

function wrongRun({ subject, predicate }: ApprovalStatement, context: ApprovalContext): Refusal | null {
  const other = (detail: string): Refusal => ({ why: 'other-run', detail })
  if (predicate.run !== context.run) return other(`it is for the run ${predicate.run}`)
  if (predicate.release !== context.release) return other(`it is for the release ${predicate.release}`)
  const detail = wrongSubject(subject, context.runbookSha256, context.commit)
  return detail === null ? null : other(detail)
}

function wrongQuestion({ predicate }: ApprovalStatement, context: ApprovalContext): Refusal | null {
  const stale = (detail: string): Refusal => ({ why: 'stale', detail })
  const { request, head } = predicate
  if (predicate.step !== context.step) return stale(`it is for the step ${predicate.step ?? '(none)'}`)
  if (request.seq !== context.request.seq || request.leaf !== context.request.leaf)
    return stale('it answers another request')
  if (request.challenge !== context.request.challenge) return stale('its challenge is not the one that was asked')
  if (predicate.meaning !== context.meaning) return stale('it decides another question')
  if (head.seq < request.seq || head.seq > context.headSeq) return stale('the line it was shown is not of that time')
  if (context.leafOf(head.seq) !== head.leaf) return stale('the line it was shown is not in this journal')
  return null
}

/** ssh-keygen says Good to a signature that nobody touched a key for; we must not. */
export function touchRefusal(touch: Touch, asked: EventOf<'approval.request'>['touch']): Refusal | null {
  const met = asked === 'none' || (asked === 'presence' ? touch?.presence : touch?.verified) === true
  return met ? null : { why: 'no-touch', detail: `the key must be one that asks for ${asked}, and must say so` }
}
