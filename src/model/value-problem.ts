import type { Runbook } from './runbook.ts'
import { valueExample } from './value-example.ts'
import { misfit } from './value-pattern.ts'

/**
 * Why a value cannot be taken, by the pattern that the runbook has for it, with an example first where there is one; null where it can.
 *
 * @param got `shown` repeats the value, for whoever sees it anyway; else it is not repeated, since it may be a secret.
 */
export function valueProblem(
  runbook: Pick<Runbook, 'patterns' | 'parameters'>,
  name: string,
  value: string,
  got: 'shown' | 'hidden' = 'hidden',
): string | null {
  const pattern = runbook.patterns?.get(name)
  const why = pattern === undefined ? null : misfit(pattern, value)
  if (why === null) return null
  const example = valueExample(runbook, name)
  if (example !== null) return `${name}: expected ${example}, ${got === 'shown' ? `got "${value}"` : why}`
  const description = runbook.parameters.find(one => one.name === name)?.description
  return `${name} ${why}${description === undefined ? '' : ` (${description})`}`
}
