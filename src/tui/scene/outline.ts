import type { Section, Step } from '../../model/index.ts'
import type { Walk } from './walk.ts'

/** One row of the outline: a heading, or a step below it. */
export type OutlineRow =
  | { readonly kind: 'heading'; readonly section: Section; readonly depth: number; readonly steps: readonly string[] }
  | { readonly kind: 'step'; readonly step: Step }

/**
 * The rows of the flow that is walked, in the order of the file, under their headings. Headings without a step of
 * the flow are left out. Made once for a runbook, and again when a recovery is entered.
 */
export function outlineOf(walk: Walk, recovery: readonly string[] | null): OutlineRow[] {
  const wanted = new Set([...walk.runbook.flows.main, ...(recovery ?? [])])
  const rows: OutlineRow[] = []
  const visit = (section: Section, depth: number): string[] => {
    const at = rows.length
    const own = section.steps.filter(step => wanted.has(step.id))
    rows.push(...own.map((step): OutlineRow => ({ kind: 'step', step })))
    const below = section.sections.flatMap(child => visit(child, depth + 1))
    const steps = [...own.map(step => step.id), ...below]
    if (steps.length > 0) rows.splice(at, 0, { kind: 'heading', section, depth, steps })
    return steps
  }
  for (const phase of walk.runbook.phases) visit(phase, 0)
  return rows
}

/**
 * The rows that say most where there is little room: every phase, and of the one that holds a step, all but the sections that are
 * done with. `step` null folds every phase.
 */
export function foldedRows(
  rows: readonly OutlineRow[],
  step: string | null,
  isDone: (steps: readonly string[]) => boolean,
): OutlineRow[] {
  const kept: OutlineRow[] = []
  let open = false
  let hidden: number | null = null
  for (const row of rows) {
    if (row.kind === 'heading' && row.depth === 0) {
      open = step !== null && row.steps.includes(step)
      hidden = null
      kept.push(row)
      continue
    }
    if (!open) continue
    if (row.kind === 'heading') {
      if (hidden !== null && row.depth > hidden) continue
      hidden = step !== null && !row.steps.includes(step) && isDone(row.steps) ? row.depth : null
      kept.push(row)
    } else if (hidden === null) kept.push(row)
  }
  return kept
}

/** Ids of the steps of an outline, in the order of its rows. */
export function stepsOfOutline(rows: readonly OutlineRow[]): string[] {
  return rows.flatMap(row => (row.kind === 'step' ? [row.step.id] : []))
}

/** Index of the row of a step; -1 where it has none. */
export function rowOf(rows: readonly OutlineRow[], step: string | null): number {
  return rows.findIndex(row => row.kind === 'step' && row.step.id === step)
}
