import { type Diagnostic, diagnostic, type Runbook, type Section } from '../../model/index.ts'
import { stepsIn } from './steps-in.ts'

/** SO026 for headings: a way back with nothing to do. A section below one is part of it, and not reported again. */
export function recoveryEmpty(runbook: Runbook): Diagnostic[] {
  const visit = (section: Section): Diagnostic[] => {
    if (section.role !== 'recovery') return section.sections.flatMap(visit)
    if (stepsIn(section).length > 0) return []
    const message = `"${section.title}" is a way back with nothing to do`
    return [diagnostic('SO026', { line: section.line, column: 1 }, message, 'write its steps, or take the heading out')]
  }
  return runbook.phases.flatMap(visit)
}
