import type { ScriptOrder } from '../../ports.ts'

/** What the shell itself keeps there, and what would change how the supervisor's own bash reads. Never handed on. */
const LEFT_OUT = new Set(['SHELLOPTS', 'BASHOPTS', '_'])

/** Names that every script is given anew, whatever an earlier one did to them. */
export const OWN_NAMES: ReadonlySet<string> = new Set(['SIGNOFF', 'SIGNOFF_RUN', 'SIGNOFF_STEP', 'SIGNOFF_ATTEMPT'])

/** The environment a script starts with: the person's, the parameters of the step, its secrets, and where it runs. */
export function scriptEnvironment(
  order: Pick<ScriptOrder, 'run' | 'step' | 'attempt' | 'env' | 'secrets'>,
  inherited: Readonly<Record<string, string>>,
  secrets: ReadonlyMap<string, string>,
): Record<string, string> {
  return { ...inheritedEnvironment(inherited), ...ownEnvironment(order, secrets) }
}

/** What every script of a run inherits. */
export function inheritedEnvironment(inherited: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inherited).filter(([name]) => !LEFT_OUT.has(name)))
}

/** What one script is given beside it: the parameters of its step, its secrets, and where it runs. */
export function ownEnvironment(
  order: Pick<ScriptOrder, 'run' | 'step' | 'attempt' | 'env' | 'secrets'>,
  secrets: ReadonlyMap<string, string>,
): Record<string, string> {
  const environment: Record<string, string> = { ...order.env }
  for (const name of order.secrets) {
    const value = secrets.get(name)
    if (value !== undefined) environment[name] = value
  }
  const attempt = String(order.attempt)
  return { ...environment, SIGNOFF: '1', SIGNOFF_RUN: order.run, SIGNOFF_STEP: order.step, SIGNOFF_ATTEMPT: attempt }
}
