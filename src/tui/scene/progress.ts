import type { RunState } from '../../model/index.ts'
import { countSteps, isEnded } from '../../model/index.ts'

/** How far a run has come: what is not applicable is done with, and was not skipped. */
export interface RunProgress {
  readonly done: number
  readonly total: number
  readonly skipped: number
}

/** Counted once for each change of a step. */
export function progressOf(state: RunState): RunProgress {
  const known = KNOWN.get(state.steps)
  if (known !== undefined && known.recovery === state.recovery) return known.progress
  const counts = countSteps(state)
  let skipped = 0
  for (const { status } of state.steps.values()) if (status.kind === 'skipped') skipped++
  const done = counts.passed + counts.skipped
  const progress = { done, total: done + counts.failed + counts.unknown + counts.open, skipped }
  KNOWN.set(state.steps, { recovery: state.recovery, progress })
  return progress
}

const KNOWN = new WeakMap<
  RunState['steps'],
  { readonly recovery: RunState['recovery']; readonly progress: RunProgress }
>()

/** How many of these steps are done, and whether any of them passed or was skipped. */
export interface StepsDone {
  readonly done: number
  readonly passed: boolean
  readonly skipped: boolean
}

/** @param ids those of one heading: the same list each time. */
export function doneOf(state: RunState, ids: readonly string[]): StepsDone {
  const known = DONE.get(ids)
  if (known !== undefined && known.steps === state.steps) return known.counts
  const counts = { done: 0, passed: false, skipped: false }
  for (const id of ids) {
    const status = state.steps.get(id)?.status
    if (status === undefined || !isEnded(status)) continue
    counts.done++
    counts.passed ||= status.kind === 'passed'
    counts.skipped ||= status.kind === 'skipped'
  }
  DONE.set(ids, { steps: state.steps, counts })
  return counts
}

const DONE = new WeakMap<readonly string[], { readonly steps: RunState['steps']; readonly counts: StepsDone }>()
