import { z } from 'zod'
import type { EventOf } from '../../model/index.ts'
import { STATEMENT_TYPE, type Subject, SubjectSchema, subjectsOf } from './seal-statement.ts'

export const APPROVAL_TYPE = 'urn:signoff:approval:v1'

const hex = z.string().regex(/^[0-9a-f]{64}$/)
const place = z.strictObject({ seq: z.int().nonnegative(), leaf: hex })

/** What is asked of an approver; `step` is null in a hand-off, which is of the whole run. */
const askedShape = {
  run: z.string(),
  release: z.string(),
  step: z.string().nullable(),
  /** The line that asks, its leaf and the challenge in it: it covers, through the chain, everything before it. */
  request: z.strictObject({ ...place.shape, challenge: z.string() }),
  /** The last line that the approver was shown. */
  head: place,
}

/** The order of keys is free in these: what is signed is bytes, and any tool may have written them. */
export const ApprovalStatementSchema = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(SubjectSchema).min(1),
  predicateType: z.literal(APPROVAL_TYPE),
  predicate: z.strictObject({
    ...askedShape,
    role: z.string().nullable(),
    decision: z.enum(['go', 'no-go', 'handoff-offer', 'handoff-accept']),
    reason: z.string().nullable(),
    /** The question, word for word. */
    meaning: z.string(),
    approver: z.string(),
    decidedOn: z.string(),
  }),
})
export type ApprovalStatement = z.infer<typeof ApprovalStatementSchema>

/** The file that travels to an approver: the statement without decision and approver, and the lines up to the head. */
export const ApprovalRequestSchema = z.strictObject({
  schema: z.literal('signoff.approval-request/1'),
  statement: z.strictObject({
    _type: z.literal(STATEMENT_TYPE),
    subject: z.array(SubjectSchema).min(1),
    predicateType: z.literal(APPROVAL_TYPE),
    predicate: z.strictObject({ ...askedShape, meaning: z.string() }),
  }),
  /** The journal up to the head, a string each, without LF. */
  lines: z.array(z.string()).min(2),
})
export type ApprovalRequest = z.infer<typeof ApprovalRequestSchema>

/** What a statement about one run says it is about: the runbook by digest, the release by commit where it has one. */
export function approvalSubjects(start: EventOf<'run.start'>): Subject[] {
  const [runbook, inGit] = subjectsOf(start)
  const file: Subject = { name: runbook?.name ?? start.runbook.path, digest: { sha256: start.runbook.sha256 } }
  const commit = inGit?.digest.gitCommit
  return commit === undefined ? [file] : [file, { name: start.release, digest: { gitCommit: commit } }]
}

/** Why the subjects are not those of this run; null if they are. The digest counts, the name is for people. */
export function wrongSubject(
  subjects: readonly Subject[],
  runbookSha256: string,
  commit: string | null,
): string | null {
  const has = (algorithm: string, digest: string) => subjects.some(subject => subject.digest[algorithm] === digest)
  if (!has('sha256', runbookSha256)) return 'it is about another runbook'
  return commit === null || has('gitCommit', commit) ? null : 'it is about another commit'
}
