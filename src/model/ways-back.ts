import type { RecoveryFlow } from './plan.ts'
import { type Runbook, stepsOf } from './runbook.ts'

/** The key by which steps name their recovery flow. */
export function recoveryKey(flow: RecoveryFlow): string {
  return flow.for ?? 'document'
}

/**
 * What was changed and stays so when this flow is walked: tasks of risk `change` or `danger` that it does not lead back from.
 *
 * @param done ids of the steps that passed, in order.
 */
export function withoutWayBack(runbook: Runbook, done: readonly string[], key: string): string[] {
  const steps = new Map(stepsOf(runbook).map(step => [step.id, step]))
  return done.filter(id => {
    const step = steps.get(id)
    const changed = step?.kind === 'task' && (step.risk === 'change' || step.risk === 'danger')
    return changed && step.recovery !== key
  })
}
