import { conditionKey, valueProblem } from '../../model/index.ts'
import { findStep } from '../deciding/asking.ts'
import { conditionOf } from '../deciding/condition.ts'
import type { RunContext } from '../deciding/context.ts'
import type { GivenAnswers } from './answers.ts'

/** Names of steps, choices, waits and so on in an answers file that the runbook does not have: nobody meant them. */
export function unknownReferences(
  context: RunContext,
  given: GivenAnswers,
): { readonly path: readonly (string | number)[]; readonly why: string }[] {
  const { answers } = given
  const wrong: { path: (string | number)[]; why: string }[] = []
  const check = (key: string, reference: string, path: (string | number)[]): void => {
    if (findStep(context.runbook, reference) === null)
      wrong.push({ path, why: `${key} names "${reference}", which is no step of this runbook` })
  }
  for (const key of ['choices', 'waits', 'forms', 'confirm'] as const)
    for (const reference of Object.keys(answers[key])) check(key, reference, [key, reference])
  for (const [i, entry] of answers.answers.entries()) check('answers', entry.step, ['answers', i, 'step'])
  for (const [name, value] of Object.entries(answers.values)) {
    const isKnown = context.runbook.parameters.some(p => p.name === name)
    const why = isKnown ? valueProblem(context.runbook, name, String(value)) : `the runbook has no value "${name}"`
    if (why !== null) wrong.push({ path: ['values', name], why })
  }
  const conditions = new Set(
    [...context.steps.values()].flatMap(step =>
      step.when === null ? [] : [conditionOf(context, step), step.position],
    ),
  )
  for (const when of Object.keys(answers.conditions))
    if (!conditions.has(when) && !conditions.has(conditionKey(when)))
      wrong.push({ path: ['conditions', when], why: `the runbook has no condition "${when}"` })
  return wrong
}
