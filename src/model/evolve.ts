import { isRunChange } from './deviations.ts'
import * as beginning from './folds/beginning.ts'
import type { Fold } from './folds/fold.ts'
import * as gates from './folds/gates.ts'
import * as run from './folds/run.ts'
import * as scripts from './folds/scripts.ts'
import * as steps from './folds/steps.ts'
import type { Entry, RunEvent } from './run-event.ts'
import { EMPTY_STATE, type RunState } from './run-state.ts'

/** The state after one more entry. Pure; an event that it does not know changes nothing. */
export function evolve(before: RunState, entry: Entry): RunState {
  const { event, seq, atMs } = entry
  const changes = isRunChange(event) ? before.changes.with(event) : before.changes
  const phasesToCall = isAct(before, event) ? EMPTY_STATE.phasesToCall : before.phasesToCall
  const state = { ...before, changes, phasesToCall, lastSeq: seq, lastAtMs: atMs }
  return FOLDS[event.kind]?.(state, entry as never) ?? state
}

/** Folds a whole list of entries. */
export function fold(entries: Iterable<Entry>, from: RunState = EMPTY_STATE): RunState {
  let state = from
  for (const entry of entries) state = evolve(state, entry)
  return state
}

/** What each kind of event does to the state. Kinds that are not here change nothing but its number and time. */
const FOLDS: { readonly [K in RunEvent['kind']]?: Fold<K> } = {
  'run.start': beginning.runStarted,
  'run.plan': beginning.planMade,
  'run.interpreters': beginning.interpretersNamed,
  param: beginning.valueGiven,
  choice: beginning.optionTaken,
  condition: beginning.conditionAnswered,

  'step.edit': scripts.scriptEdited,
  'step.start': scripts.scriptStarted,
  'step.stop': scripts.scriptStopped,
  'step.left': scripts.endTold,
  'output.end': scripts.endTold,
  'output.differs': scripts.outputDiffered,
  'step.end': scripts.scriptEnded,

  'step.decide': steps.stepDecided,
  'step.skip': steps.stepSkipped,
  'step.reopen': steps.stepReopened,
  jump: steps.stepsJumpedOver,
  confirm: steps.stepConfirmed,
  form: steps.formFilled,
  'wait.start': steps.waitStarted,
  'wait.end': steps.waitEnded,

  'approval.request': gates.approvalRequested,
  approval: gates.approvalGiven,
  'approval.refused': gates.approvalRefused,
  'gate.end': gates.gateEnded,

  note: run.noteMade,
  block: run.blockSet,
  'block.end': run.blockLifted,
  'phase.end': run.phaseEnded,
  'rollback.start': run.rollbackStarted,
  'rollback.end': run.rollbackEnded,
  'runbook.changed': run.runbookChanged,
  'handoff.offer': run.handoverOffered,
  'handoff.withdraw': run.handoverWithdrawn,
  'handoff.accept': run.handoverAccepted,
  'writer.changed': run.runTakenOver,
  'run.pause': run.runPaused,
  'run.resume': run.runResumed,
  'run.abort': run.runAborted,
  'run.end': run.runEnded,
}

/** Whether somebody did something in the walk: what follows by itself, what approvers sign, and a pause are no act of whoever walks it. */
function isAct({ steps, phasesToCall }: RunState, event: RunEvent): boolean {
  if (phasesToCall.size === 0) return false
  switch (event.kind) {
    case 'step.start':
      // The check of a wait is run by itself.
      return steps.get(event.step)?.planned.kind !== 'wait'
    case 'step.skip':
    case 'wait.end':
      return event.by !== null
    case 'confirm':
    case 'choice':
    case 'condition':
    case 'form':
    case 'note':
    case 'jump':
    case 'step.decide':
    case 'step.reopen':
    case 'rollback.start':
      return true
    default:
      return false
  }
}
