import { type Diagnostic, diagnostic, type Runbook } from '../../model/index.ts'
import { firstProductionChanges } from './production-changes.ts'

/** One finding a phase: its first change in production that nobody owns. */
export function ownerMissing(runbook: Runbook): Diagnostic[] {
  return firstProductionChanges(runbook, step => step.owners.length === 0).map(({ phase, step }) =>
    diagnostic(
      'SO036',
      { line: step.line, column: 1 },
      `"${step.title}" changes production, and "${phase.title}" names nobody who owns it`,
      'add "**Owner**: Platform Team" below its heading',
    ),
  )
}
