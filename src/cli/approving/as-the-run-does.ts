import { runSshKeygen } from '../../runner/local/index.ts'
import { checkApproval } from '../../transcript/index.ts'
import { readRevocations } from '../keys/revoked-file.ts'
import { refusalOf } from './refusal.ts'
import type { FoundRequest } from './request.ts'
import { needText } from './role.ts'
import type { Asked } from './still-asked.ts'

/**
 * Holds what was just signed against the gate as the run will, by the same function, before it is handed on: that a token was touched, or
 * that a certificate's authority is believed, is seen in a signature alone. What the run has beyond the request, such as lines since,
 * takes nothing away from an answer to it.
 *
 * @throws {SignoffError} as `approve` answers, where the run would refuse it.
 */
export async function refuseAsTheRunDoes(
  envelope: string,
  { checked, workspace }: FoundRequest,
  { gate, operators }: Asked,
  signersText: string,
  nowMs: number,
): Promise<void> {
  const { start, request } = checked
  const { predicate } = request.statement
  const answer = await checkApproval(envelope, {
    run: start.run,
    release: start.release,
    runbookSha256: start.runbook.sha256,
    commit: start.git?.commit ?? null,
    step: gate.event.step,
    request: predicate.request,
    meaning: gate.event.ask,
    need: gate.event.need,
    touch: gate.event.touch,
    operators,
    given: gate.approvals.map(({ event }) => event),
    leafOf: seq => (seq === predicate.head.seq ? predicate.head.leaf : undefined),
    headSeq: predicate.head.seq,
    signersText,
    revoked: await readRevocations(workspace),
    sshKeygen: runSshKeygen,
    nowMs,
  })
  if (answer.ok) return
  throw refusalOf(answer, needText(gate.event.need), 'what you signed was thrown away, since the run would refuse it')
}
