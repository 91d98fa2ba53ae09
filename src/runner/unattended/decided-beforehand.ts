import type { Need, RunState, Speaker, Step } from '../../model/index.ts'
import { isEnded } from '../../model/index.ts'
import type { RunContext } from '../deciding/context.ts'
import { activeFlow } from '../deciding/need.ts'
import {
  conditionEntry,
  type Found,
  type Provided,
  passingOf,
  type StepDecision,
  type StepEdit,
} from './provided-answer.ts'

/**
 * What was decided by flag about the step that is needed now: an edit of its script first, then its skip, its outcome, or that it runs
 * again. Null where nothing was, or it does not answer this need.
 */
export function decisionFor(context: RunContext, state: RunState, need: Need, given: Provided): Found | null {
  if (!('step' in need) || need.kind === 'running' || need.kind === 'changed') return null
  const step = context.steps.get(need.step)
  if (step === undefined) return null
  const speaker: Speaker = { by: given.operator, how: 'flag', source: null }
  const edit = given.edits.get(step.id)
  if (edit !== undefined && takesEdit(state, step, need, edit))
    return { kind: 'answer', answer: { kind: 'edit', step: step.id, ...edit }, speaker }
  const decision = given.decisions.get(step.id)
  if (decision === undefined || !answersNeed(context, step, need, decision, given)) return null
  const { choice, reason } = decision
  const passes = choice === 'skip' || (choice === 'by-hand' && need.kind !== 'decide')
  const passing = passes ? passingOf(context, given, step, 'pass it over') : { phrase: null, missing: null }
  if (passing.missing !== null) return passing.missing
  // What has not failed is skipped as a person skips it at a terminal: without an outcome to decide on.
  const skips = choice === 'skip' && need.kind !== 'decide'
  const said = { step: step.id, reason, phrase: passing.phrase }
  return { kind: 'answer', answer: skips ? { kind: 'skip', ...said } : { kind: 'decide', choice, ...said }, speaker }
}

/** Why a decision on a step makes no sense as the run stands; null where it may be meant. */
export function decisionProblem(
  context: RunContext,
  state: RunState,
  step: Step,
  choice: StepDecision['choice'] | 'edit',
): string | null {
  if (!activeFlow(context, state).includes(step.id)) return `${step.position} is not in the flow that is walked`
  const status = state.steps.get(step.id)?.status ?? { kind: 'pending' }
  if (isEnded(status)) return `${step.position} has ended: ${status.kind}`
  if (step.kind === 'gate' && choice !== 'rerun') return `${step.position} is a gate: only signed approvals decide it`
  if (choice === 'edit')
    return step.kind === 'task' && step.script !== null ? null : `${step.position} has no script to edit`
  if (wasSeen(state, step)) return null
  switch (choice) {
    case 'skip':
      return null
    case 'by-hand':
      return step.kind === 'task' ? null : `${step.position} is no script: an answers file answers it`
    case 'rerun':
      return step.kind === 'task' || step.kind === 'wait' ? null : `${step.position} has nothing to run again`
    default:
      return `${step.position} has not run: it has no outcome yet`
  }
}

/** Whether a decision on the step is about something that has happened: a failure, or an outcome that nobody saw. */
export function wasSeen(state: RunState, step: Step): boolean {
  const kind = state.steps.get(step.id)?.status.kind
  return kind === 'failed' || kind === 'unknown' || state.running?.step === step.id
}

function takesEdit(state: RunState, step: Step, need: Need, edit: StepEdit): boolean {
  const asked = need.kind === 'run' || need.kind === 'values' || need.kind === 'blocked'
  const failed = need.kind === 'decide' && need.state !== 'unknown'
  // Said once for one text: what was edited so already, here or before a resume, runs as it is.
  return (asked || failed) && state.steps.get(step.id)?.edited?.script !== edit.script
}

function answersNeed(
  context: RunContext,
  step: Step,
  need: Need,
  { choice, seen }: StepDecision,
  given: Provided,
): boolean {
  if (need.kind === 'decide') return seen || need.state !== 'unknown'
  if (need.kind === 'gate') return false
  switch (choice) {
    case 'skip':
      // Whether it applies at all comes first, where that was said.
      return need.kind !== 'condition' || conditionEntry(context, given.answers.conditions, step) === undefined
    case 'by-hand':
      return need.kind === 'run' || need.kind === 'values' || need.kind === 'blocked'
    default:
      return false
  }
}
