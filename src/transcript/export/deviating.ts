import type { Entry } from '../../model/index.ts'

/** Whether something went otherwise than the runbook has it: what a reader looks for first. */
export function isDeviation({ event }: Entry): boolean {
  switch (event.kind) {
    case 'step.edit':
    case 'step.decide':
    case 'step.reopen':
    case 'jump':
    case 'block':
    case 'runbook.changed':
    case 'writer.changed':
    case 'rollback.start':
    case 'run.abort':
      return true
    case 'run.interpreters':
      return event.was !== null
    case 'step.skip':
      return event.why === 'person' || event.why === 'not-applicable'
    case 'wait.end':
      return event.how !== 'elapsed'
    case 'confirm':
      return event.answer !== 'yes' || event.observed.some(({ ok }) => ok === false)
    default:
      return false
  }
}
