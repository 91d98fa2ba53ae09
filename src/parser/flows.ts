import type { PlacedSection, PlacedStep } from './place-steps.ts'
import { placedStepsOf } from './place-steps.ts'

/** The main flow, the ways back, and which way back each step has. */
export interface PlacedFlows {
  readonly main: readonly PlacedStep[]
  readonly recovery: readonly PlacedFlow[]
  /** Key of the nearest way back by step id: its `for`, or `document`. */
  readonly recoveryOf: ReadonlyMap<string, string>
  /** By section id: what a way back leads back from. */
  readonly forOf: ReadonlyMap<string, string | null>
}

export interface PlacedFlow {
  readonly for: string | null
  readonly title: string
  readonly line: number
  readonly steps: readonly PlacedStep[]
}

/** Key of the way back of the whole document. */
export const WHOLE_DOCUMENT = 'document'

/** Rules R5 and R6: the main flow holds role main, and optional and conditional sections behind their question. */
export function placeFlows(phases: readonly PlacedSection[]): PlacedFlows {
  const forOf = new Map<string, string | null>()
  const flows = new Map<string, PlacedFlow>()
  const main: PlacedStep[] = []
  const scopes = new Map<string, string[]>()
  const addFlow = (section: PlacedSection, target: string | null): void => {
    const key = target ?? WHOLE_DOCUMENT
    const known = flows.get(key)
    for (const one of sectionsIn(section)) forOf.set(one.id, target)
    const steps = placedStepsOf(section).filter(step => !step.draft.aside)
    if (steps.length === 0) return
    if (known === undefined) flows.set(key, { for: target, title: section.title, line: section.line, steps })
    else flows.set(key, { ...known, steps: [...known.steps, ...steps] })
  }
  const all = phases.flatMap(sectionsIn)
  const targetOf = (section: PlacedSection, otherwise: string | null): string | null => {
    const said = section.markedFor
    if (said === null) return section.forStep ?? otherwise
    const found = all.find(one => one.position === said || one.id === said || one.title === said)
    return (
      found?.id ?? all.flatMap(one => one.steps).find(one => one.position === said || one.id === said)?.id ?? otherwise
    )
  }
  const visit = (section: PlacedSection, phase: PlacedSection, above: readonly string[]): void => {
    const ids = [section.id, ...above]
    const walk = (step: PlacedStep): void => {
      if (step.draft.aside || !isMain(section)) return
      main.push(step)
      scopes.set(step.id, [...ids])
    }
    // What closes a section comes behind the sections in it.
    section.steps.filter(step => !step.draft.closing).forEach(walk)
    for (const child of section.sections) {
      if (child.role !== 'recovery') visit(child, phase, ids)
      else addFlow(child, targetOf(child, child.byLabel ? section.id : phase.id))
    }
    section.steps.filter(step => step.draft.closing).forEach(walk)
  }
  for (const [index, phase] of phases.entries()) {
    if (phase.role === 'recovery') addFlow(phase, targetOf(phase, phaseBefore(phases, index)))
    else visit(phase, phase, [])
  }
  const recoveryOf = new Map<string, string>()
  for (const step of main) {
    const key = [step.id, ...(scopes.get(step.id) ?? []), WHOLE_DOCUMENT].find(one => flows.has(one))
    if (key !== undefined) recoveryOf.set(step.id, key)
  }
  const recovery = [...flows.values()].sort((a, b) => a.line - b.line)
  return { main, recovery, recoveryOf, forOf }
}

function isMain(section: PlacedSection): boolean {
  const { role, draft } = section
  return role === 'main' || role === 'optional' || (role === 'conditional' && !draft.troubleshooting)
}

/** A way back between numbered phases is for the main phase before it; any other one is for the whole document. */
function phaseBefore(phases: readonly PlacedSection[], index: number): string | null {
  const numbered = (one: PlacedSection) => one.draft.number !== null
  const before = phases.slice(0, index).filter(one => numbered(one) && isMain(one))
  const behind = phases.slice(index + 1).some(one => numbered(one) && isMain(one))
  const last = before.at(-1)
  return behind && last !== undefined ? last.id : null
}

function sectionsIn(section: PlacedSection): PlacedSection[] {
  return [section, ...section.sections.flatMap(sectionsIn)]
}
