import type { AboutToRun } from './about-to-run.ts'
import { type PreflightFinding, preflightFinding } from './finding.ts'
import type { StepsAhead } from './steps-ahead.ts'

/** Values and variables that scripts ahead need and nobody gave: at a terminal they are asked when their step comes. */
export function missingValues(
  { context, state, first, provided: { answers } }: AboutToRun,
  ahead: StepsAhead,
): PreflightFinding[] {
  const given = new Set([
    // Secrets were in the memory of an earlier process alone.
    ...[...state.values].flatMap(([name, { masked }]) => (masked ? [] : [name])),
    ...first.flatMap(({ answer }) => (answer.kind === 'value' ? [answer.name] : [])),
    ...Object.keys(answers.values),
    ...context.releaseParameters,
  ])
  return context.runbook.parameters.flatMap(parameter => {
    const { name, secret, kind, default: fallback, uses } = parameter
    if (given.has(name) || fallback !== null) return []
    const needing = ahead.forward.filter(step => step.script !== null && step.needs.includes(name))
    const [step] = needing
    if (step === undefined) return []
    const what = kind === 'env' ? `the variable ${name} is not set` : `${name} has no value`
    const how = secret ? `--secret ${name}=FILE` : `--set ${name}=VALUE`
    return [
      preflightFinding(
        'value-missing',
        `${what}, which ${step.position} needs (${step.title})`,
        `${how}; a terminal asks for it when its step comes`,
        {
          path: context.runbook.path,
          line: uses[0]?.line ?? step.line,
          column: uses[0]?.column ?? 1,
          steps: needing.map(({ position }) => position),
        },
      ),
    ]
  })
}
