import { createHash } from 'node:crypto'
import type { EventOf } from '../../model/index.ts'
import { runSshKeygen } from '../../runner/local/index.ts'
import { checkApproval, saysAcceptance } from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { readRevocations } from '../keys/revoked-file.ts'
import type { Session } from '../runs/run-session.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { takeAcceptance } from './accepted.ts'

/**
 * Holds one signed approval against the open gate, and brings the answer into the run: it counts, or it is refused with
 * its reason. Both are recorded. Returns false where neither could be: no gate is open, or the run is being left.
 */
export async function takeApproval(
  session: Session,
  untrustedText: string,
  via: EventOf<'approval'>['via'],
  io: Io,
): Promise<boolean> {
  if (saysAcceptance(untrustedText.trim())) return takeAcceptance(session, untrustedText.trim(), io)
  const { state } = session.drive.snapshot()
  const open = [...state.gates].find(([step]) => state.steps.get(step)?.status.kind === 'open-gate')
  if (open === undefined || state.start === null) {
    io.say('signoff: an approval came, but no gate is open; it was left alone')
    return false
  }
  const [step, gate] = open
  const envelope = untrustedText.trim()
  const answer = await checkApproval(envelope, {
    run: session.context.run,
    release: session.context.release,
    runbookSha256: session.context.runbook.sha256,
    commit: state.start.git?.commit ?? null,
    step,
    request: { seq: gate.request, leaf: session.chain.leaf(gate.request) ?? '', challenge: gate.event.challenge },
    meaning: gate.event.ask,
    need: gate.event.need,
    touch: gate.event.touch,
    operators: [...state.operators],
    given: gate.approvals.map(({ event }) => event),
    leafOf: seq => session.chain.leaf(seq),
    headSeq: session.chain.lines - 1,
    // Read anew: whoever was added, or taken out, by a reviewed commit while the run waited counts from now on.
    signersText: (await readIfThere(session.workspace.signers)) ?? '',
    revoked: await readRevocations(session.workspace),
    sshKeygen: runSshKeygen,
    nowMs: io.nowMs(),
  })
  const position = session.context.steps.get(step)?.position ?? step
  if (!answer.ok) {
    io.say(`signoff: approval of ${position} refused (${answer.why}): ${answer.detail}`)
    const reply = await session.drive.approval({
      kind: 'refused',
      event: { kind: 'approval.refused', request: gate.request, sha256: answer.sha256, why: answer.why },
    })
    return reply.ok
  }
  const reply = await session.drive.approval({
    kind: 'counts',
    sha256: createHash('sha256').update(envelope).digest('hex'),
    event: {
      kind: 'approval',
      step,
      request: gate.request,
      role: answer.role,
      decision: answer.decision,
      principal: answer.principal,
      keyid: answer.keyid,
      via,
      envelope,
    },
  })
  if (!reply.ok) return false
  const recorded = session.drive.snapshot().state.gates.get(step)?.approvals ?? []
  if (!recorded.some(({ event }) => event.envelope === envelope))
    io.say(`signoff: approval of ${position} refused: it came twice, or the gate was answered before it came`)
  return true
}
