import { isEnded, type RunState, type Step } from '../../model/index.ts'
import {
  activeFlow,
  conditionEntry,
  conditionOf,
  findStep,
  type Provided,
  type RunContext,
} from '../../runner/index.ts'

/** The steps that a run may still come to, by what is on record and what was said beforehand. */
export interface StepsAhead {
  /** Of the flow that is walked, in order. */
  readonly forward: readonly Step[]
  /** Of that flow, what has ended already: what it defined may live on in the shell. */
  readonly done: readonly Step[]
  /** Of the ways back: nobody wants to miss a program in the middle of a rollback. */
  readonly back: readonly Step[]
  /** Steps of the way forward that cannot be reached, by id, in order. */
  readonly out: ReadonlyMap<string, LeftOut>
}

/** Why a step will not be walked. */
export interface LeftOut {
  readonly cause: 'selection' | 'condition' | 'choice'
  /** As the rest of a sentence. */
  readonly why: string
}

/**
 * Only what is certain is left out: a condition that was answered no, an option that was not chosen, what the selection cuts off.
 *
 * @param state as the run stands; the empty one before it begins.
 */
export function stepsAhead(context: RunContext, state: RunState, given: Provided): StepsAhead {
  const flow = activeFlow(context, state)
  const walked = new Set(flow)
  const out = new Map<string, LeftOut>()
  const hasEnded = (id: string): boolean => isEnded(state.steps.get(id)?.status ?? { kind: 'pending' })
  const inQuestion = state.recovery === null ? context.runbook.flows.main : flow
  for (const id of inQuestion) {
    if (hasEnded(id)) continue
    const why = walked.has(id) ? whyOut(context, state, given, context.steps.get(id), 0) : CUT_OFF
    if (why !== null) out.set(id, why)
  }
  const stepsOf = (ids: readonly string[]): Step[] => ids.flatMap(id => context.steps.get(id) ?? [])
  return {
    forward: stepsOf(flow.filter(id => !out.has(id) && !hasEnded(id) && !isPassedOver(given, id))),
    done: stepsOf(flow.filter(hasEnded)),
    back: state.recovery === null ? stepsOf(context.runbook.flows.recovery.flatMap(({ steps }) => steps)) : [],
    out,
  }
}

/** What a flag skips, or says was done by hand, needs nothing of this machine. */
function isPassedOver({ decisions }: Provided, id: string): boolean {
  const choice = decisions.get(id)?.choice
  return choice === 'skip' || choice === 'by-hand'
}

const CUT_OFF: LeftOut = { cause: 'selection', why: 'the selection leaves it out' }

/** Options lie inside options; a plan has no circles, and the depth holds even if it had. */
function whyOut(
  context: RunContext,
  state: RunState,
  given: Provided,
  step: Step | undefined,
  depth: number,
): LeftOut | null {
  if (step === undefined || depth > 20) return null
  if (step.when !== null && isAnsweredNo(context, state, given, step))
    return { cause: 'condition', why: `"${step.when}" was answered no` }
  if (step.choice === null) return null
  const { group, option } = step.choice
  const chosen = chosenAt(context, state, given, group)
  if (chosen !== null && chosen.toLowerCase() !== option.toLowerCase()) {
    const at = context.steps.get(group)?.position ?? group
    return { cause: 'choice', why: `"${chosen}" was chosen at ${at}, and it belongs to "${option}"` }
  }
  return whyOut(context, state, given, context.steps.get(group), depth + 1)
}

function chosenAt(context: RunContext, state: RunState, { answers }: Provided, group: string): string | null {
  const recorded = state.choices.get(group)
  if (recorded !== undefined) return recorded
  const named = Object.entries(answers.choices).find(([text]) => findStep(context.runbook, text)?.id === group)
  return named?.[1] ?? null
}

function isAnsweredNo(context: RunContext, state: RunState, { answers }: Provided, step: Step): boolean {
  return (
    (state.conditions.get(conditionOf(context, step)) ?? conditionEntry(context, answers.conditions, step)) === 'no'
  )
}
