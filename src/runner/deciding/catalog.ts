import type { Runbook, Section } from '../../model/index.ts'
import { findSection } from './context.ts'

/** Roles whose steps are walked only when they are entered on purpose. */
const APART: ReadonlySet<Section['role']> = new Set(['recovery', 'cleanup', 'reference'])

/**
 * A catalog whose one section was chosen: that section's steps are its main flow, as if the rest were not there.
 * Ways back and lists of reference inside it stay out of the flow, as they would anywhere.
 *
 * Sections that it requires are walked before it, in their order, each once: no step of them is left out unless a person skips it.
 *
 * @returns null where the catalog has no such section, or nothing to walk in it.
 */
export function chooseSection(runbook: Runbook, reference: string): Runbook | null {
  const section = findSection(runbook, reference)
  if (section === null) return null
  const recovery = new Set(runbook.flows.recovery.flatMap(flow => flow.steps))
  const own = stepsToWalk(section).filter(id => !recovery.has(id))
  const before = requiredBefore(runbook, section).flatMap(stepsToWalk)
  // A section may be nothing but what it requires.
  const main = [...before.filter(id => !recovery.has(id) && !own.includes(id)), ...own]
  if (main.length === 0) return null
  return { ...runbook, flows: { ...runbook.flows, main } }
}

/** The sections that one requires, and those that they require, each once and before whatever requires it. A circle ends. */
export function requiredBefore(runbook: Runbook, section: Section): Section[] {
  const found: Section[] = []
  const seen = new Set<string>([section.id])
  const visit = (one: Section): void => {
    for (const id of one.requires ?? []) {
      const required = findSection(runbook, id)
      if (required === null || seen.has(required.id)) continue
      seen.add(required.id)
      visit(required)
      found.push(required)
    }
  }
  visit(section)
  return found
}

function stepsToWalk(section: Section): string[] {
  const inner = section.sections.filter(child => !APART.has(child.role)).flatMap(stepsToWalk)
  return [...section.steps.map(step => step.id), ...inner]
}
