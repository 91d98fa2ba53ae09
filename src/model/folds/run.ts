import { SharedList } from '../shared-list.ts'
import { type Fold, withOperator } from './fold.ts'

export const noteMade: Fold<'note'> = (state, { event, atMs }) => ({
  ...state,
  notes: state.notes.with({ step: event.step, text: event.text, by: event.by, atMs }),
})

export const blockSet: Fold<'block'> = (state, { event, seq, atMs }) => ({
  ...state,
  blockers: state.blockers.with(seq, { seq, step: event.step, reason: event.reason, by: event.by, atMs }),
})

export const blockLifted: Fold<'block.end'> = (state, { event }) => ({
  ...state,
  blockers: state.blockers.without(event.block),
})

export const phaseEnded: Fold<'phase.end'> = (state, { event, seq }) => ({
  ...state,
  phasesEnded: state.phasesEnded.with(event.phase, true),
  phasesToCall: state.phasesToCall.with(event.phase, seq),
})

export const rollbackStarted: Fold<'rollback.start'> = (state, { event }) => ({
  ...state,
  recovery: { for: event.for, of: event.of, steps: event.steps, without: event.without, ended: null },
})

export const rollbackEnded: Fold<'rollback.end'> = (state, { event }) => ({
  ...state,
  recovery: state.recovery === null ? null : { ...state.recovery, ended: event.result },
})

export const runbookChanged: Fold<'runbook.changed'> = (state, { event }) => ({
  ...state,
  keptRunbook: event.decision === 'keep' ? { now: event.now } : null,
})

export const handoverOffered: Fold<'handoff.offer'> = (state, { event, seq, atMs }) => ({
  ...state,
  offer: { seq, atMs, event, refused: new SharedList() },
})

export const handoverWithdrawn: Fold<'handoff.withdraw'> = (state, { event }) =>
  state.offer?.seq === event.offer ? { ...state, offer: null } : state

export const handoverAccepted: Fold<'handoff.accept'> = (state, { event }) =>
  withOperator(state, { principal: event.by, keyid: event.keyid })

export const runTakenOver: Fold<'writer.changed'> = (state, { event }) => ({
  ...withOperator(state, { principal: event.to.principal, keyid: event.to.keyid }),
  interruptions: state.interruptions + 1,
})

export const runPaused: Fold<'run.pause'> = (state, { event }) => ({ ...state, paused: event })

export const runResumed: Fold<'run.resume'> = (state, { event }) => ({
  ...withOperator(state, event.operator),
  paused: null,
  interruptions: state.interruptions + 1,
})

export const runAborted: Fold<'run.abort'> = (state, { event }) => ({ ...state, aborted: event })

export const runEnded: Fold<'run.end'> = (state, { event }) => ({ ...state, result: event.result })
