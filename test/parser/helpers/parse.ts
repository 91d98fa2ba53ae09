import { type Diagnostic, type Runbook, type Section, type Step, stepsOf } from '../../../src/model/index.ts'
import { parseRunbook } from '../../../src/parser/index.ts'

/** A runbook with its steps and sections by what a person types. */
export interface Read {
  readonly runbook: Runbook
  readonly diagnostics: readonly Diagnostic[]
  readonly steps: readonly Step[]
  readonly sections: readonly Section[]
  step(position: string): Step
  section(position: string): Section
  /** `code:line` of each finding, in order. */
  readonly findings: readonly string[]
}

export function read(text: string | Uint8Array, path = 'runbook.md'): Read {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const { runbook, diagnostics } = parseRunbook(bytes, path)
  const steps = stepsOf(runbook)
  const sections = runbook.phases.flatMap(sectionsIn)
  const one = <T extends { readonly position: string }>(all: readonly T[], position: string): T => {
    const found = all.find(thing => thing.position === position)
    if (found === undefined)
      throw new Error(`nothing at ${position}; there are ${all.map(each => each.position).join(' ')}`)
    return found
  }
  return {
    runbook,
    diagnostics,
    steps,
    sections,
    step: position => one(steps, position),
    section: position => one(sections, position),
    findings: diagnostics.map(found => `${found.code}:${found.line}`),
  }
}

/** `36 T 71 C` of some steps, in the letters of docs/interpretation.md. */
export function countKinds(steps: readonly Step[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const step of steps) counts[LETTERS[step.kind]] = (counts[LETTERS[step.kind]] ?? 0) + 1
  return counts
}

export const LETTERS: Readonly<Record<Step['kind'], string>> = {
  task: 'T',
  confirmation: 'C',
  gate: 'G',
  choice: 'Ch',
  wait: 'W',
  manual: 'M',
  form: 'F',
}

/** `1.1.1 T safe` of a step: the risk of tasks only. */
export function outline(step: Step): string {
  return `${step.position} ${LETTERS[step.kind]}${step.kind === 'task' ? ` ${step.risk}` : ''}`
}

function sectionsIn(section: Section): Section[] {
  return [section, ...section.sections.flatMap(sectionsIn)]
}
