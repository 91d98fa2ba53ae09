import { SignoffError } from '../../model/index.ts'
import { holderText } from '../../runner/local/index.ts'
import { readRecorded } from './quiet-append.ts'
import type { Session } from './run-session.ts'

const LOOK_MS = 300

/**
 * Tells the person at this terminal soon when somebody has taken the run over: at a question nothing is appended, and they would
 * go on answering a run that is no longer theirs.
 */
export function watchHolding(session: Session): { stop(): void } {
  const timer = setInterval(() => {
    // Whoever took it may be done with it, and its locks gone: the journal is another file all the same.
    const misplaced = session.journal.misplaced()
    if (session.locks.isHeld() && misplaced === null) return
    clearInterval(timer)
    if (misplaced?.code === 'JOURNAL_UNWRITABLE') session.drive.fail(misplaced)
    else takenOver(session).then(session.drive.fail, session.drive.fail)
  }, LOOK_MS)
  return { stop: () => clearInterval(timer) }
}

async function takenOver(session: Session): Promise<SignoffError> {
  const holder = session.locks.takenBy()
  const recorded = holder === null ? await lastTaking(session) : null
  const who =
    holder !== null
      ? holderText(holder)
      : recorded !== null
        ? `${recorded.to.principal} (on ${recorded.to.host})`
        : 'somebody'
  const reason = holder?.reason ?? recorded?.reason
  return new SignoffError('LOCKED', `${who} has taken this run over${reason === undefined ? '' : `: ${reason}`}`, {
    advice: `nothing is recorded here any more, and what runs goes on there; watch it by: signoff status ${session.context.run} --watch`,
  })
}

/** What the journal says of it; null where it cannot be read just now. */
async function lastTaking(session: Session) {
  const recorded = await readRecorded(session.files).catch(() => null)
  const takings = recorded?.state.changes.flatMap(event => (event.kind === 'writer.changed' ? [event] : []))
  return takings?.at(-1) ?? null
}
