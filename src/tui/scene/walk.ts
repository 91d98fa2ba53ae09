import type { Runbook, RunState, Section, Snapshot, Step } from '../../model/index.ts'
import { environmentFor, isProduction, phraseFor, stepsOf } from '../../model/index.ts'

/** A runbook with what both front ends look up in it again and again. */
export interface Walk {
  readonly runbook: Runbook
  readonly steps: ReadonlyMap<string, Step>
  /** Phase and section of each step, and all sections around it, the outermost first. */
  readonly places: ReadonlyMap<
    string,
    { readonly phase: Section; readonly section: Section; readonly around: readonly Section[] }
  >
}

/** What is on a front end's mind: the runbook and where its run stands. */
export interface Scene extends Snapshot {
  readonly walk: Walk
}

export function toWalk(runbook: Runbook): Walk {
  const places = new Map<string, { phase: Section; section: Section; around: readonly Section[] }>()
  const visit = (phase: Section, around: readonly Section[], section: Section): void => {
    const inside = [...around, section]
    for (const step of section.steps) places.set(step.id, { phase, section, around: inside })
    for (const child of section.sections) visit(phase, inside, child)
  }
  for (const phase of runbook.phases) visit(phase, [], phase)
  return { runbook, steps: new Map(stepsOf(runbook).map(step => [step.id, step])), places }
}

/**
 * What the lines under the headings around a step say beside owner and duration: `When: after the freeze`.
 *
 * @param which `all`, or those of sections that begin with this step.
 */
export function metadataAround(walk: Walk, id: string, which: 'all' | 'beginning'): string[] {
  const around = walk.places.get(id)?.around ?? []
  return around.flatMap(section =>
    which === 'all' || firstStepOf(section) === id
      ? (section.metadata ?? []).map(({ key, value }) => `${key}: ${value}`)
      : [],
  )
}

function firstStepOf(section: Section): string | null {
  return section.steps[0]?.id ?? section.sections.map(firstStepOf).find(id => id !== null) ?? null
}

/** Id of the step that the present need is about; null once nothing is needed. */
export function neededStep(scene: Scene): string | null {
  return scene.need.kind === 'finished' ? null : scene.need.step
}

/** `4.3.1`, or the id where the plan has no such step. */
export function positionOf(walk: Walk, id: string): string {
  return walk.steps.get(id)?.position ?? id
}

/** The environment that a step happens in, as its phrase names it. */
export function environmentOf(scene: Scene, id: string | null): string | null {
  const own = id === null ? null : (scene.walk.steps.get(id)?.environment ?? null)
  return environmentFor(own, scene.state.start?.env ?? null)
}

/** True where the stricter rules of production hold: the step's environment or that of the run says so. */
export function inProduction(scene: Scene, id: string | null): boolean {
  const own = id === null ? null : (scene.walk.steps.get(id)?.environment ?? null)
  return isProduction(own) || isProduction(scene.state.start?.env ?? null)
}

/** What is typed where the core names no phrase of its own: environment and release, or the release alone. */
export function phraseAt(scene: Scene, id: string | null): string {
  const own = id === null ? null : (scene.walk.steps.get(id)?.environment ?? null)
  return phraseFor(own, scene.state.start?.env ?? null, scene.state.start?.release ?? '')
}

/** Names the question that a need asks: two needs with one name are one question. */
export function questionName(scene: Scene): string {
  const { need, state } = scene
  if (need.kind === 'finished') return 'finished'
  const record = state.steps.get(need.step)
  // The polls of a wait are attempts as well; they do not make another question of it.
  const attempts = need.kind === 'wait' ? 0 : (record?.attempts ?? 0)
  return JSON.stringify([need.kind, need.step, attempts, record?.edited?.seq ?? null, detailOf(need)])
}

/** The first words of a run's id, as people type them. */
export function shortRun(state: RunState): string {
  return (state.start?.run ?? '').slice(0, 13)
}

function detailOf(need: Snapshot['need']): string {
  if (need.kind === 'condition') return need.when
  if (need.kind === 'values') return need.names.join(' ')
  if (need.kind === 'gate') return need.asksText ?? ''
  if (need.kind === 'changed') return need.now ?? 'gone'
  return need.kind === 'decide' ? need.state : ''
}
