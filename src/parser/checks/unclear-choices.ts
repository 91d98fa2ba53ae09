import { type Diagnostic, diagnostic, type Runbook } from '../../model/index.ts'
import { isMadeUnique } from '../option-names.ts'
import { stepsIn } from './steps-in.ts'

/** SO025: options that bear one name, so that nobody can say which of them was meant. */
export function unclearChoices(runbook: Runbook): Diagnostic[] {
  return runbook.phases.flatMap(stepsIn).flatMap(step => {
    const names = step.options?.map(option => option.name) ?? []
    const equal = names.find((name, index) => isMadeUnique(name, names.slice(0, index)))
    if (equal === undefined) return []
    const message = `two alternatives of "${step.title}" bear one name; the second is "${equal}"`
    return [diagnostic('SO025', { line: step.line, column: 1 }, message, 'name each by what tells it apart')]
  })
}
