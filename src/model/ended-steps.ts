import type { StepCounts } from './run-event.ts'
import type { RunState, StepStatus } from './run-state.ts'

/** True once nothing more is expected of the step. A failed or unknown step is not ended: a person decides. */
export function isEnded(status: StepStatus): boolean {
  return status.kind === 'passed' || status.kind === 'skipped' || status.kind === 'not-applicable'
}

/** Skipped together with others by a jump: the run cannot have passed. */
export function isJumpedOver(status: StepStatus | undefined): boolean {
  return status?.kind === 'skipped' && status.how === 'jump'
}

/** Counts over the main flow, and over a recovery flow once it was entered. Not applicable counts as skipped. */
export function countSteps(state: RunState): StepCounts {
  const counts = { passed: 0, failed: 0, skipped: 0, unknown: 0, open: 0 }
  // Of a sealed run that is led back from, nothing forward is walked here.
  const leadsBackFromAnother = (state.recovery?.of ?? null) !== null
  for (const { planned, status } of state.steps.values()) {
    const inRecovery = state.recovery?.steps.includes(planned.id) === true
    if (!inRecovery && (planned.flow !== 'main' || leadsBackFromAnother)) continue
    if (status.kind === 'passed') counts.passed++
    else if (status.kind === 'failed') counts.failed++
    else if (status.kind === 'skipped' || status.kind === 'not-applicable') counts.skipped++
    else if (status.kind === 'unknown') counts.unknown++
    else counts.open++
  }
  return counts
}
