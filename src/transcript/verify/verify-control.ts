import type { RunEvent, RunState } from '../../model/index.ts'
import type { Finding } from './verify-report.ts'

/** What a writer may record of an operator's deviations, held against the run as it stood before the line. */
export function checkControl(event: RunEvent, line: number, before: RunState): Finding[] {
  switch (event.kind) {
    case 'step.edit': {
      const planned = before.steps.get(event.step)?.planned
      const found = planned?.kind === 'task' ? [] : [policy(`${event.step} was edited, and is no task`, line)]
      return event.reason.trim() === '' ? [...found, policy(`${event.step} was edited without a reason`, line)] : found
    }
    case 'jump': {
      const gates = event.over.filter(id => before.steps.get(id)?.planned.kind === 'gate')
      const found = gates.map(id => policy(`the gate ${id} was jumped over`, line))
      return event.reason.trim() === '' ? [...found, policy(`a jump to ${event.to} gives no reason`, line)] : found
    }
    default:
      return []
  }
}

function policy(message: string, line: number): Finding {
  return { check: 'policy', exit: 6, message, line }
}
