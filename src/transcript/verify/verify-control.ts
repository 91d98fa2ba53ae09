import type { EventOf, RunEvent, RunState } from '../../model/index.ts'
import { encode } from '../encoding/canonical.ts'
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
    case 'rollback.start':
      return before.recovery === null ? [] : [policy('a way back was begun when one had been already', line)]
    case 'rollback.end':
      return isRollbackEnd(event, before) ? [] : [policy('the end of the rollback is not what its steps came to', line)]
    default:
      return []
  }
}

/** Whether a way back ended as its steps did: one that was left out by an answer did not have to be done. */
function isRollbackEnd({ result, done, failed }: EventOf<'rollback.end'>, { recovery, steps }: RunState): boolean {
  if (recovery === null || recovery.ended !== null) return false
  const isDone = (id: string) => ['passed', 'not-applicable'].includes(steps.get(id)?.status.kind ?? 'pending')
  const left = recovery.steps.filter(id => !isDone(id))
  return (
    encode(done) === encode(recovery.steps.filter(isDone)) &&
    encode(failed) === encode(left) &&
    result === (left.length === 0 ? 'complete' : 'incomplete')
  )
}

function policy(message: string, line: number): Finding {
  return { check: 'policy', exit: 6, message, line }
}
