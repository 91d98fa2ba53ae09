import type { Parameter, Proposal } from './plan.ts'
import { isProduction } from './production.ts'

/** True where two names mean one environment: `prod` and `Production`, `stg` and `staging`, or the same word. */
export function isSameEnvironment(one: string, other: string): boolean {
  return environmentKey(one) === environmentKey(other)
}

/**
 * The values that the tables of a runbook name for an environment, each once. `Dev / Test` stands for both.
 *
 * @param environment of the run (`--env`); without one nothing is named for it.
 */
export function proposedFor(parameter: Pick<Parameter, 'proposals'>, environment: string | null): Proposal[] {
  if (environment === null) return []
  const named = (parameter.proposals ?? []).filter(one =>
    [one.environment, ...one.environment.split(/\s*[/,&]\s*/)].some(name => isSameEnvironment(name, environment)),
  )
  return [...new Map(named.toReversed().map(one => [one.value, one])).values()].toReversed()
}

function environmentKey(name: string): string {
  const plain = name.trim().toLowerCase()
  if (isProduction(plain)) return 'production'
  if (/^(?:staging|stage|stg)$/.test(plain)) return 'staging'
  return /^(?:development|dev)$/.test(plain) ? 'development' : plain
}
