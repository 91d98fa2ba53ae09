import { encode } from '../encoding/canonical.ts'
import { APPROVAL_NAMESPACE } from '../ssh/signer.ts'
import type { SshKeygen } from '../ssh/ssh-keygen.ts'
import { type ApprovalRequest, type ApprovalStatement, ApprovalStatementSchema } from './approval-statement.ts'
import { readEnvelope } from './dsse.ts'
import { keyThatSigned } from './signature-check.ts'

export type OwnAnswer =
  | { readonly own: true; readonly decision: 'go' | 'no-go' }
  /** `what`: what it is instead, as a sentence without its end. */
  | { readonly own: false; readonly what: string }

/**
 * Whether a file is an answer to this request that one's own key has signed: told by the signature alone, since anybody who can write to
 * an inbox can put a file there that says so. Who the key belongs to is not asked; it is one's own.
 */
export async function ownAnswer(
  untrustedText: string,
  { statement: asked }: ApprovalRequest,
  keyid: string,
  sshKeygen?: SshKeygen,
): Promise<OwnAnswer> {
  const other = (what: string): OwnAnswer => ({ own: false, what })
  const envelope = readEnvelope(untrustedText)
  if (envelope === null) return other('it is no signed answer')
  const key = await keyThatSigned(envelope, APPROVAL_NAMESPACE, sshKeygen)
  if (key === null) return other('its signature does not hold')
  if (key.keyid !== keyid) return other(`it is signed by another key, ${key.keyid}`)
  const said = readStatement(envelope.payload)
  if (said === null) return other('it is signed by your key, and is no answer of version 1')
  const { run, release, step, request, meaning, decision } = said.predicate
  if (decision !== 'go' && decision !== 'no-go') return other('it is your half of a hand-over')
  const { head: _, ...due } = asked.predicate
  const same =
    encode({ run, release, step, request: ordered(request), meaning }) ===
    encode({ ...due, request: ordered(due.request) })
  return same ? { own: true, decision } : other(`it is your ${decision.toUpperCase()} to another request`)
}

/** Any tool may have written an answer, with its keys in any order. */
function ordered({ seq, leaf, challenge }: ApprovalRequest['statement']['predicate']['request']) {
  return { seq, leaf, challenge }
}

function readStatement(payload: Buffer): ApprovalStatement | null {
  try {
    return ApprovalStatementSchema.safeParse(JSON.parse(payload.toString('utf8'))).data ?? null
  } catch {
    return null
  }
}
