import type { Io } from '../io.ts'
import { judgeAcceptance } from '../keys/handoff-halves.ts'
import type { Session } from '../runs/run-session.ts'

/**
 * Brings a signed acceptance into the run that is walked here: it counts, and the run pauses for its new operator, or it is refused
 * aloud. Both are recorded. Returns false where neither could be.
 */
export async function takeAcceptance(session: Session, untrustedEnvelope: string, io: Io): Promise<boolean> {
  const { state } = session.drive.snapshot()
  const { workspace, chain } = session
  const { detail, ...verdict } = await judgeAcceptance(state, untrustedEnvelope, { workspace, chain, nowMs: io.nowMs })
  if (verdict.kind === 'refused') io.say(`signoff: an acceptance was refused (${verdict.event.why}): ${detail}`)
  return (await session.drive.acceptance(verdict)).ok
}
