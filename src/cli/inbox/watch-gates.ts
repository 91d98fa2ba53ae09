import type { RunEvent } from '../../model/index.ts'
import type { Io } from '../io.ts'
import type { Session } from '../runs/run-session.ts'
import { takeApproval } from './gate-approvals.ts'
import type { Inbox, Take } from './inbox.ts'
import { NOTE_FILE, takeNote } from './inbox-notes.ts'
import { publishRequest, withdrawRequest } from './requests.ts'

/**
 * Publishes a request for each gate that opens, again after each approval, so that the next approver sees it, and takes it away once
 * nobody is asked any more; takes what comes back, as long as the run lasts.
 */
export function watchGates(session: Session, inbox: Inbox, io: Io): { stop(): Promise<void> } {
  let published: Promise<unknown> = Promise.resolve()
  const update = (step: string, status: string | undefined): void => {
    const work = status === 'open-gate' ? publishRequest : withdrawRequest
    published = published
      .then(() => work(session, inbox, step) as Promise<unknown>)
      .catch(error =>
        io.say(`signoff: ${session.workspace.inbox}: ${error instanceof Error ? error.message : String(error)}`),
      )
  }
  const { state } = session.drive.snapshot()
  for (const step of state.gates.keys()) update(step, state.steps.get(step)?.status.kind)
  const unsubscribe = session.drive.onEntry(({ event }, { state: now }) => {
    if (!MOVES_GATES.has(event.kind)) return
    for (const step of now.gates.keys()) {
      const asked = event.kind === 'approval.request' || event.kind === 'approval'
      if (!asked || event.step === step) update(step, now.steps.get(step)?.status.kind)
    }
  })
  const watcher = inbox.watch((...came) => takeArrival(session, came, io))
  return {
    async stop() {
      unsubscribe()
      await published
      await watcher.stop()
    },
  }
}

const MOVES_GATES: ReadonlySet<RunEvent['kind']> = new Set<RunEvent['kind']>([
  'approval.request',
  'approval',
  'gate.end',
  'step.reopen',
  'jump',
])

/** What came by the inbox goes where it belongs. */
export function takeArrival(session: Session, [text, name, owner]: Parameters<Take>, io: Io): Promise<boolean> {
  return name.endsWith(NOTE_FILE) ? takeNote(session, text, owner, io) : takeApproval(session, text, 'inbox', io)
}
