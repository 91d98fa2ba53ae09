import { isEnded } from '../../model/index.ts'
import { positionOf, type Scene } from '../scene/walk.ts'

/** What rests on a step, as lines to be read before it is passed over: gates, forms, the rest of its phase. */
export function dependentLines(scene: Scene, id: string): string[] {
  const { walk, state } = scene
  const { runbook, steps, places } = walk
  const lines: string[] = []
  for (const step of steps.values()) {
    if (step.id === id) continue
    const at = `${positionOf(walk, step.id)} ${step.title}`
    if (step.criteria?.includes(id) === true) lines.push(`the gate ${at} counts it among its criteria`)
    const fields = runbook.details.get(step.id)?.fields ?? []
    const observed = fields.filter(({ source }) => source?.kind === 'observed' && source.step === id)
    if (observed.length > 0) lines.push(`the form ${at} takes ${observed.map(({ label }) => label).join(', ')} from it`)
  }
  const step = steps.get(id)
  if (step?.options != null) lines.push('none of its options is walked, with all that is below them')
  const phase = places.get(id)?.phase.id
  const flow = state.recovery?.ended === null ? state.recovery.steps : runbook.flows.main
  const behind = flow.slice(flow.indexOf(id) + 1).filter(other => {
    const status = state.steps.get(other)?.status
    return places.get(other)?.phase.id === phase && status !== undefined && !isEnded(status)
  })
  if (behind.length > 0)
    lines.push(
      `${behind.length} ${behind.length === 1 ? 'step comes' : 'steps come'} after it in this phase: ${namesOf(scene, behind)}`,
    )
  return lines.length === 0 ? ['Nothing else rests on it.'] : ['What rests on it:', ...lines.map(line => `  ${line}`)]
}

/** The first of them by position; a phase may have many. */
function namesOf({ walk }: Scene, ids: readonly string[]): string {
  const shown = ids.slice(0, 6).map(id => positionOf(walk, id))
  return ids.length > shown.length ? `${shown.join(', ')} and more` : shown.join(', ')
}
