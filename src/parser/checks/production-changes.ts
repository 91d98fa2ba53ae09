import type { Runbook, Section, Step } from '../../model/index.ts'
import { stepsIn } from './steps-in.ts'

/** A phase's first task of the main flow that changes production and lacks something, a phase each. */
export function firstProductionChanges(
  runbook: Runbook,
  lacks: (step: Step) => boolean,
): { readonly phase: Section; readonly step: Step }[] {
  const main = new Set(runbook.flows.main)
  return runbook.phases.flatMap(phase => {
    const step = stepsIn(phase).find(
      one =>
        main.has(one.id) &&
        one.kind === 'task' &&
        one.environment === 'production' &&
        (one.risk === 'change' || one.risk === 'danger') &&
        lacks(one),
    )
    return step === undefined ? [] : [{ phase, step }]
  })
}
