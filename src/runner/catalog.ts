import type { Runbook, Section } from '../model/index.ts'
import { findSection } from './context.ts'

/** Roles whose steps are walked only when they are entered on purpose. */
const APART: ReadonlySet<Section['role']> = new Set(['recovery', 'cleanup', 'reference'])

/**
 * A catalog whose one section was chosen: that section's steps are its main flow, as if the rest were not there.
 * Ways back and lists of reference inside it stay out of the flow, as they would anywhere.
 *
 * @returns null where the catalog has no such section, or nothing to walk in it.
 */
export function chooseSection(runbook: Runbook, reference: string): Runbook | null {
  const section = findSection(runbook, reference)
  if (section === null) return null
  const recovery = new Set(runbook.flows.recovery.flatMap(flow => flow.steps))
  const main = stepsToWalk(section).filter(id => !recovery.has(id))
  return main.length === 0 ? null : { ...runbook, flows: { ...runbook.flows, main } }
}

function stepsToWalk(section: Section): string[] {
  const inner = section.sections.filter(child => !APART.has(child.role)).flatMap(stepsToWalk)
  return [...section.steps.map(step => step.id), ...inner]
}
