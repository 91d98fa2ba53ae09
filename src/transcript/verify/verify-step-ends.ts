import type { EventOf, RunEvent, RunState } from '../../model/index.ts'
import type { Finding } from './verify-report.ts'

type StepKind = EventOf<'run.plan'>['steps'][number]['kind']

/** What may begin or end a step of one kind alone. A script ends a task, and a phrase or a command beside a question ends nothing. */
const OF_ONE_KIND: { readonly [K in RunEvent['kind']]?: StepKind } = {
  choice: 'choice',
  form: 'form',
  'wait.start': 'wait',
  'wait.end': 'wait',
  'approval.request': 'gate',
  'gate.end': 'gate',
}

/**
 * Whether a step ends by what a step of its kind ends by, and with a reason where a person passes it over. A gate in particular: it says
 * go by signed approvals, or an answer of the runbook's own leaves it out; no word of an operator's does either.
 */
export function checkStepEnd(event: RunEvent, line: number, before: RunState): Finding[] {
  const found = (message: string): Finding[] => [{ check: 'policy', exit: 6, message, line }]
  const due = OF_ONE_KIND[event.kind]
  if (due !== undefined && 'step' in event && event.step !== null) {
    const kind = before.steps.get(event.step)?.planned.kind
    return kind === due ? [] : found(`${event.step} has a ${event.kind}, and is ${kind ?? 'no step of the plan'}`)
  }
  switch (event.kind) {
    case 'step.decide': {
      if (event.reason.trim() === '') return found(`${event.step} was decided on without a reason`)
      const isGate = before.steps.get(event.step)?.planned.kind === 'gate'
      return isGate && event.choice !== 'rerun' && event.choice !== 'stop'
        ? found(`the gate ${event.step} was decided on by its operator: ${event.choice}`)
        : []
    }
    case 'confirm':
      return event.answer === 'n/a' && (event.note ?? '').trim() === ''
        ? found(`${event.step} was said not to apply, without a reason`)
        : []
    case 'step.skip': {
      const why = whyNotLeftOut(event, before)
      return why === null ? [] : found(`${event.step} was left out ${why}`)
    }
    default:
      return []
  }
}

/** What is missing of the answer that leaves a step out; null where it is there. A skip by a person is judged at the end of the run. */
function whyNotLeftOut({ step, why, reason }: EventOf<'step.skip'>, before: RunState): string | null {
  const isGate = before.steps.get(step)?.planned.kind === 'gate'
  switch (why) {
    case 'person':
      return null
    case 'not-applicable':
      if (isGate) return 'by somebody’s word, and is a gate'
      return (reason ?? '').trim() === '' ? 'without a reason' : null
    case 'selection':
      if (isGate) return 'by a selection, and is a gate'
      return before.start?.selection == null ? 'by a selection, and the run has none' : null
    case 'condition':
      return isAnsweredNo(step, before) ? null : 'by a condition that nobody said no to'
    case 'other-option':
      // Which option that is, and what was chosen instead, the runbook says.
      return null
    default:
      why satisfies never
      return null
  }
}

/** Whether a condition was answered for a step, and by no. */
export function isAnsweredNo(step: string, { conditionOfStep, conditions }: RunState): boolean {
  const key = conditionOfStep.get(step)
  return key !== undefined && conditions.get(key) === 'no'
}
