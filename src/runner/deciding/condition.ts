import { conditionKey, type Step } from '../../model/index.ts'
import type { RunContext } from './context.ts'

type Steps = Pick<RunContext, 'steps'>

/** What a condition is asked and answered by: its words, or its words at one place. */
export function conditionOf(context: Steps, step: Step): string {
  const place = conditionPlace(context, step)
  // As the record names it: positions have capitals ("A.2") as well.
  return conditionKey(place === null ? (step.when ?? '') : `${place.position}: ${step.when ?? ''}`)
}

/**
 * The step that a condition is named by where its words mean something else at another place; null where one question serves
 * all steps that share them. "if needed" and its like say nothing of their own: each step is asked. "If this fails" speaks of what
 * stands before it: the steps side by side that bear it are asked together, by the first of them.
 */
export function conditionPlace({ steps }: Steps, step: Step): Step | null {
  const key = conditionKey(step.when ?? '')
  if (SAYS_NOTHING.test(key)) return step
  if (!SPEAKS_OF_BEFORE.test(key)) return null
  const known = FIRST_OF.get(steps) ?? firstOf(steps)
  FIRST_OF.set(steps, known)
  return known.get(step.id) ?? step
}

const SAYS_NOTHING = /^((if|where) (applicable|needed|necessary|required)|optional|optionally|as (needed|required))$/
const SPEAKS_OF_BEFORE =
  /^(if|when|unless|once|should|in case|as soon as) (it|this|that|they|these|those|any of (it|this|that|them|these))\b/

/** For each step with a condition the first of the unbroken row of steps that bear it. Asked for at every frame. */
const FIRST_OF = new WeakMap<Steps['steps'], ReadonlyMap<string, Step>>()

function firstOf(steps: Steps['steps']): ReadonlyMap<string, Step> {
  const found = new Map<string, Step>()
  let first: Step | null = null
  for (const step of steps.values()) {
    const goesOn =
      first !== null && conditionKey(first.when ?? '') === conditionKey(step.when ?? '') && areSideBySide(first, step)
    if (!goesOn) first = step
    if (first !== null) found.set(step.id, first)
  }
  return found
}

/** In one section, flow and option: what stands before the first step of another is something else. */
function areSideBySide(one: Step, other: Step): boolean {
  const placeOf = ({ position, recovery, choice }: Step): string =>
    JSON.stringify([position.slice(0, Math.max(0, position.lastIndexOf('.'))), recovery, choice])
  return placeOf(one) === placeOf(other)
}
