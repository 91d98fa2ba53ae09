import { SignoffError } from '../../model/index.ts'
import { encode } from '../encoding/canonical.ts'
import { APPROVAL_NAMESPACE, type Signer } from '../ssh/signer.ts'
import type { ApprovalRequest, ApprovalStatement } from './approval-statement.ts'
import { PAYLOAD_TYPE, pae, toEnvelope } from './dsse.ts'

export interface Decision {
  readonly approver: string
  /** The role that is decided for, one of those the request needs; null where it names none. */
  readonly role: string | null
  readonly decision: 'go' | 'no-go'
  /** Why; due with a no-go. */
  readonly reason: string | null
  readonly decidedOnMs: number
  /** The last line that was shown, where it is not the head of the request. */
  readonly shownHead?: { readonly seq: number; readonly leaf: string }
}

/** The statement that an approver signs. @throws {SignoffError} `USAGE` for a no-go without a reason. */
export function buildApproval(request: ApprovalRequest, decision: Decision): ApprovalStatement {
  if (decision.decision === 'no-go' && (decision.reason ?? '').trim() === '')
    throw new SignoffError('USAGE', 'a no-go needs its reason')
  const { predicate, ...statement } = request.statement
  return {
    ...statement,
    predicate: {
      run: predicate.run,
      release: predicate.release,
      step: predicate.step,
      request: predicate.request,
      head: decision.shownHead ?? predicate.head,
      role: decision.role,
      decision: decision.decision,
      reason: decision.reason,
      meaning: predicate.meaning,
      approver: decision.approver,
      decidedOn: new Date(decision.decidedOnMs).toISOString(),
    },
  }
}

/** Signs a statement and gives the envelope, one line without LF: the `envelope` of an `approval` event. */
export async function signApproval(statement: ApprovalStatement, signer: Signer): Promise<string> {
  const payload = Buffer.from(encode(statement))
  const armored = await signer.sign(APPROVAL_NAMESPACE, pae(PAYLOAD_TYPE, payload))
  return toEnvelope(payload, signer.keyid, armored)
}

/** The exact bytes for `ssh-keygen -Y sign -n signoff-approval-v1`, where somebody signs without this tool. */
export function approvalBytes(statement: ApprovalStatement): { readonly payload: Buffer; readonly pae: Buffer } {
  const payload = Buffer.from(encode(statement))
  return { payload, pae: pae(PAYLOAD_TYPE, payload) }
}
