import type { EventOf, Refusal } from '../../model/index.ts'
import {
  APPROVAL_TYPE,
  type ApprovalStatement,
  ApprovalStatementSchema,
  approvalSubjects,
  wrongSubject,
} from './approval-statement.ts'
import { checkWho } from './check-approval.ts'
import { readEnvelope } from './dsse.ts'
import { STATEMENT_TYPE } from './seal-statement.ts'
import type { Trust } from './signature-check.ts'

/** What one half of a hand-off is bound to. */
export interface HandoffContext {
  readonly start: EventOf<'run.start'>
  readonly decision: 'handoff-offer' | 'handoff-accept'
  /** The line before the offer, for an offer; the offer, for its acceptance. */
  readonly request: { readonly seq: number; readonly leaf: string; readonly challenge: string }
  readonly to: string
  readonly by: string
  /** For an acceptance: the key that made the offer, which cannot accept it as well. */
  readonly offeredBy?: string
}

/** The statement that both sign in a hand-off, each with their own key, as an approval is signed. */
export function buildHandoff(context: HandoffContext, decidedOnMs: number): ApprovalStatement {
  const { start, request } = context
  return {
    _type: STATEMENT_TYPE,
    subject: approvalSubjects(start),
    predicateType: APPROVAL_TYPE,
    predicate: {
      run: start.run,
      release: start.release,
      step: null,
      request,
      head: { seq: request.seq, leaf: request.leaf },
      role: null,
      decision: context.decision,
      reason: null,
      meaning: handoffMeaning(context.to),
      approver: context.by,
      decidedOn: new Date(decidedOnMs).toISOString(),
    },
  }
}

export type HandoffAnswer =
  | { readonly ok: true; readonly keyid: string }
  | {
      readonly ok: false
      readonly exit: 5 | 6
      /** What the writer records of it: `approval.refused` is for acceptances too. */
      readonly why: EventOf<'approval.refused'>['why']
      readonly detail: string
    }

/** Whether a signed envelope says of itself that it accepts a hand-over: believed by nobody, it only says who is to look at it. */
export function saysAcceptance(untrustedEnvelope: string): boolean {
  try {
    const said: unknown = JSON.parse(readEnvelope(untrustedEnvelope)?.payload.toString('utf8') ?? 'null')
    return ApprovalStatementSchema.safeParse(said).data?.predicate.decision === 'handoff-accept'
  } catch {
    return false
  }
}

/** Whether one half of a hand-off holds. Keys must be valid at `atMs`. */
export async function checkHandoff(
  untrustedEnvelope: string,
  context: HandoffContext,
  trust: Trust,
  atMs: number,
): Promise<HandoffAnswer> {
  const envelope = readEnvelope(untrustedEnvelope)
  if (envelope === null) return { ok: false, exit: 5, why: 'bad-signature', detail: 'not a signed envelope' }
  const who = await checkWho(envelope, trust, atMs)
  if (!who.ok) return { ok: false, exit: 5, why: who.why, detail: who.detail }
  const wrong = wrongBinding(who.statement, context)
  if (wrong !== null) return { ok: false, exit: 6, ...wrong }
  if (!who.named) return { ok: false, exit: 6, why: 'unlisted', detail: `no line names ${context.by}` }
  if (who.key.keyid === context.offeredBy)
    return { ok: false, exit: 6, why: 'operator', detail: 'it is signed with the key that made the offer' }
  return { ok: true, keyid: who.key.keyid }
}

function wrongBinding({ subject, predicate }: ApprovalStatement, context: HandoffContext): Refusal | null {
  const { start, request } = context
  const stale = (detail: string): Refusal => ({ why: 'stale', detail })
  const other = (detail: string): Refusal => ({ why: 'other-run', detail })
  if (predicate.decision !== context.decision) return stale('it is the other half, or an approval')
  if (predicate.run !== start.run || predicate.release !== start.release) return other('it is for another run')
  if (predicate.approver !== context.by) return { why: 'unlisted', detail: 'somebody else has signed it' }
  if (predicate.request.seq !== request.seq || predicate.request.leaf !== request.leaf)
    return stale('it is for another line')
  if (predicate.request.challenge !== request.challenge) return stale('its challenge is another')
  if (predicate.meaning !== handoffMeaning(context.to)) return stale('it is to somebody else')
  const detail = wrongSubject(subject, start.runbook.sha256, start.git?.commit ?? null)
  return detail === null ? null : other(detail)
}

function handoffMeaning(to: string): string {
  return `Hand over to ${to}`
}
