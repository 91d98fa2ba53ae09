import type { RecoveryFlow } from './plan.ts'
import { type Runbook, stepsOf } from './runbook.ts'

/** The key by which steps name their recovery flow. */
export function recoveryKey(flow: RecoveryFlow): string {
  return flow.for ?? 'document'
}

/** `Rollback, 3 steps`; of those that share a title with the position that each begins at: they lead back from different things. */
export function wayBackLabel(runbook: Runbook, flow: RecoveryFlow): string {
  const { recovery } = runbook.flows
  const first = stepsOf(runbook).find(({ id }) => id === flow.steps[0])
  const isShared = recovery.some(other => other !== flow && other.title === flow.title)
  const title = isShared && first !== undefined ? `${flow.title} (${first.position})` : flow.title
  return `${title}, ${flow.steps.length} ${flow.steps.length === 1 ? 'step' : 'steps'}`
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
