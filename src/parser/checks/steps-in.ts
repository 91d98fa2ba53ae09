import type { Section, Step } from '../../model/index.ts'

/** All steps of a section and of those below it. */
export function stepsIn(section: Section): Step[] {
  return [...section.steps, ...section.sections.flatMap(stepsIn)]
}
