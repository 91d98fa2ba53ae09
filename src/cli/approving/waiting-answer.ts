import { SignoffError } from '../../model/index.ts'
import { type ApprovalRequest, untrustedApproval } from '../../transcript/index.ts'
import { readArriving } from '../inbox/arriving-file.ts'

/**
 * The answer of the same key to the same request, which the run has not taken yet, is not replaced unsaid: it may be taken at any
 * moment. One to another request, or anything else that lies there, is no answer.
 *
 * @throws {SignoffError} `APPROVER_EXCLUDED` where there is one.
 */
export async function refuseSecondAnswer(target: string, { statement }: ApprovalRequest): Promise<void> {
  const there = await readArriving(target).catch(() => null)
  const said = there === null ? null : untrustedApproval(there.text)
  if (said === null || said.request.leaf !== statement.predicate.request.leaf) return
  throw new SignoffError(
    'APPROVER_EXCLUDED',
    `nothing was signed: you have said ${said.decision.toUpperCase()} already, in ${target}, which the run has not taken yet`,
    { advice: 'the run takes it once it goes on; to decide anew before that, remove the file first' },
  )
}
