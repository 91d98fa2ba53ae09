import { type Diagnostic, diagnostic, type Runbook, type Section } from '../../model/index.ts'
import type { Source } from '../text/source.ts'
import { stepsIn } from './steps-in.ts'

/** Words that stand for something nobody has decided; in capitals, as people write them. */
const UNDECIDED = /(?<![\w`-])(?:TBD|TBC|TODO|FIXME)\b/

/** SO022 in the words of a step that a person does, and among the owners of a section. Scripts have a check of their own. */
export function unfinishedText(runbook: Runbook, source: Source): Diagnostic[] {
  const seen = new Set<number>()
  const found: Diagnostic[] = []
  const report = (from: number, to: number, what: string): void => {
    for (let line = from; line <= to; line++) {
      const at = source.lines[line - 1]?.search(UNDECIDED) ?? -1
      if (at === -1) continue
      if (!seen.has(line))
        found.push(
          diagnostic('SO022', { line, column: at + 1 }, `${what} is still open`, 'decide it, or take the step out'),
        )
      seen.add(line)
      return
    }
  }
  for (const phase of runbook.phases)
    for (const step of stepsIn(phase))
      if (step.script === null && step.kind !== 'choice' && step.kind !== 'form' && UNDECIDED.test(step.title))
        report(step.line, step.endLine, `"${step.title}"`)
  const visit = (section: Section): void => {
    const first = section.steps[0]?.line ?? section.line + 20
    if (section.owners.some(owner => UNDECIDED.test(owner)))
      report(section.line, first, `the owner of "${section.title}"`)
    section.sections.forEach(visit)
  }
  runbook.phases.forEach(visit)
  return found
}
