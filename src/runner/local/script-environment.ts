import type { ScriptOrder } from '../ports.ts'

/** What the shell itself keeps there, and what would change how the supervisor's own bash reads. Never handed on. */
const LEFT_OUT = new Set(['SHELLOPTS', 'BASHOPTS', '_'])

/** Names that every script is given anew, whatever an earlier one did to them. */
export const OWN_NAMES: ReadonlySet<string> = new Set(['SIGNOFF', 'SIGNOFF_RUN', 'SIGNOFF_STEP'])

/** The environment a script starts with: the person's, the parameters of the step, its secrets, and where it runs. */
export function scriptEnvironment(
  order: Pick<ScriptOrder, 'run' | 'step' | 'env' | 'secrets'>,
  inherited: Readonly<Record<string, string>>,
  secrets: ReadonlyMap<string, string>,
): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const [name, value] of Object.entries(inherited)) if (!LEFT_OUT.has(name)) environment[name] = value
  Object.assign(environment, order.env)
  for (const name of order.secrets) {
    const value = secrets.get(name)
    if (value !== undefined) environment[name] = value
  }
  return Object.assign(environment, { SIGNOFF: '1', SIGNOFF_RUN: order.run, SIGNOFF_STEP: order.step })
}
