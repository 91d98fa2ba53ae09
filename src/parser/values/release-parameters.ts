import type { Runbook } from '../../model/index.ts'
import { stepsOf } from '../../model/index.ts'

/**
 * Names of the parameters that stand for the release itself, and default to `--release`: `tag`, `release`, `release-tag`,
 * `version`, and the version tag of the main flow if it has just one (rule R13).
 */
export function releaseParameters(runbook: Pick<Runbook, 'parameters' | 'phases' | 'flows'>): string[] {
  const main = new Set(runbook.flows.main)
  const needed = new Set(stepsOf(runbook).flatMap(step => (main.has(step.id) ? step.needs : [])))
  const tags = runbook.parameters.filter(
    one => one.kind === 'literal' && needed.has(one.name) && isVersionTag(one.name),
  )
  const only = tags.length === 1 ? tags[0]?.name : undefined
  return runbook.parameters
    .filter(one => one.name === only || (one.kind !== 'literal' && isReleaseName(one.name)))
    .map(one => one.name)
}

function isReleaseName(name: string): boolean {
  return /^(?:tag|release|release[-_ ]?tag|version|release[-_ ]version)$/i.test(name)
}

function isVersionTag(name: string): boolean {
  return /^v?\d+\.\d+(?:\.\d+)?(?:[-+.][\w.]+)?$/.test(name) || /^v?X\.Y(?:\.Z)?$/.test(name)
}
