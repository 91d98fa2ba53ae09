import { type Diagnostic, diagnostic, type Runbook } from '../../model/index.ts'
import { stepsIn } from './steps-in.ts'

/** One finding a phase: its first change in production that nobody owns. */
export function ownerMissing(runbook: Runbook): Diagnostic[] {
  const main = new Set(runbook.flows.main)
  return runbook.phases.flatMap(phase => {
    const step = stepsIn(phase).find(
      one =>
        main.has(one.id) &&
        one.kind === 'task' &&
        one.environment === 'production' &&
        (one.risk === 'change' || one.risk === 'danger') &&
        one.owners.length === 0,
    )
    if (step === undefined) return []
    return [
      diagnostic(
        'SO036',
        { line: step.line, column: 1 },
        `"${step.title}" changes production, and "${phase.title}" names nobody who owns it`,
        'add "**Owner**: Platform Team" below its heading',
      ),
    ]
  })
}
