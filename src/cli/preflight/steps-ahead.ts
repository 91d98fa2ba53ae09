import { conditionKey, type Step } from '../../model/index.ts'
import { type Answers, conditionOf, findStep, type RunContext } from '../../runner/index.ts'

/** The steps that a run may come to, by what was said beforehand. */
export interface StepsAhead {
  /** Of the way forward, in order. */
  readonly forward: readonly Step[]
  /** Of the ways back: nobody wants to miss a program in the middle of a rollback. */
  readonly back: readonly Step[]
  /** Steps of the way forward that cannot be reached, by id, with why. */
  readonly out: ReadonlyMap<string, string>
}

/** Only what is certain is left out: a condition that was answered no, an option that was not chosen, what the selection cuts off. */
export function stepsAhead(context: RunContext, answers: Answers): StepsAhead {
  const out = new Map<string, string>()
  const selected = new Set(context.mainFlow)
  for (const id of context.runbook.flows.main) {
    const step = context.steps.get(id)
    const why = selected.has(id) ? whyOut(context, answers, step, 0) : 'the selection leaves it out'
    if (why !== null) out.set(id, why)
  }
  const stepsOfFlow = (ids: readonly string[]): Step[] => ids.flatMap(id => context.steps.get(id) ?? [])
  return {
    forward: stepsOfFlow(context.mainFlow.filter(id => !out.has(id))),
    back: stepsOfFlow(context.runbook.flows.recovery.flatMap(flow => flow.steps)),
    out,
  }
}

/** Options lie inside options; a plan has no circles, and the depth holds even if it had. */
function whyOut(context: RunContext, answers: Answers, step: Step | undefined, depth: number): string | null {
  if (step === undefined || depth > 20) return null
  if (step.when !== null && isAnsweredNo(answers, step)) return `"${step.when}" was answered no`
  if (step.choice === null) return null
  const { group, option } = step.choice
  const chosen = Object.entries(answers.choices).find(
    ([reference]) => findStep(context.runbook, reference)?.id === group,
  )?.[1]
  if (chosen !== undefined && chosen.toLowerCase() !== option.toLowerCase())
    return `"${chosen}" was chosen at ${context.steps.get(group)?.position ?? group}, and it belongs to "${option}"`
  return whyOut(context, answers, context.steps.get(group), depth + 1)
}

function isAnsweredNo(answers: Answers, step: Step): boolean {
  const key = conditionOf(step)
  const isOwn = key.startsWith(`${step.position}: `)
  return Object.entries(answers.conditions).some(
    ([text, answer]) =>
      answer === 'no' && (isOwn ? text === step.position || text === step.id : conditionKey(text) === key),
  )
}
