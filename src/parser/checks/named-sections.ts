import { type Diagnostic, diagnostic, type Runbook, type Section } from '../../model/index.ts'
import { stepsIn } from './steps-in.ts'

/** SO033: a step that says `see section 3.4` or `see "Rollback"` where the page has no such heading. */
export function namedSections(runbook: Runbook): Diagnostic[] {
  const sections = runbook.phases.flatMap(sectionsIn)
  const positions = new Set(sections.map(section => section.position))
  const titles = sections.map(section => section.title.toLowerCase())
  const all = runbook.phases.flatMap(stepsIn)
  const steps = new Set(all.map(step => step.position))
  return all.flatMap(step => {
    const found = SEE.exec(step.title)
    const number = found?.[1]
    const title = (found?.[2] ?? found?.[3])?.toLowerCase()
    if (number === undefined && title === undefined) return []
    if (number !== undefined && (positions.has(number) || steps.has(number))) return []
    if (title !== undefined && titles.some(one => one.startsWith(title) || title.startsWith(one))) return []
    const message = `"see ${number ?? title}" finds no heading of this page`
    return [diagnostic('SO033', { line: step.line, column: 1 }, message, 'name the heading as it is now')]
  })
}

/** Words that are looked up here, so that no other check says the same once more. */
export const SEE =
  /\bsee (?:also )?(?:(?:section|step|phase) (\d{1,3}(?:\.\d{1,3}){0,3})\b|section ["“]([^"”]{4,60})["”]|["“]([^"”]{4,60})["”])/i

function sectionsIn(section: Section): Section[] {
  return [section, ...section.sections.flatMap(sectionsIn)]
}
