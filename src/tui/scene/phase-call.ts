import type { RunState, Section, StepRecord } from '../../model/index.ts'
import { counted } from '../text/counting.ts'
import type { Scene, Walk } from './walk.ts'

/** What is said once a phase has ended, before anything else begins. Texts are not cleaned. */
export interface PhaseCall {
  /** `Phase 4 Production complete: 7 passed, 1 skipped.` */
  readonly title: string
  /** The same in two: what it is, and what it came to. */
  readonly phase: string
  readonly came: string
  readonly lines: readonly string[]
  /** Success criteria that nobody has given a value for; null where there are none, or they were observed. */
  readonly question: string | null
  /** `5 Clean up`; null after the last one. */
  readonly next: string | null
}

/** The call for a phase that has just ended; null where the run has ended with it. */
export function phaseCallOf(scene: Scene, phaseId: string): PhaseCall | null {
  const { need, walk, state } = scene
  if (need.kind === 'finished') return null
  const phase = walk.runbook.phases.find(({ id }) => id === phaseId)
  if (phase === undefined) return null
  const records = recordsOf(state, walk, phase)
  const name = `${phase.position} ${phase.title}`
  const criteria = phase.successCriteria
  const observed = criteria === null ? [] : observedFor(records, criteria)
  const asked = criteria !== null && observed.length === 0
  return {
    title: `Phase ${name} complete: ${countsOf(records)}.`,
    phase: `Phase ${name} complete`,
    came: `${countsOf(records)}.`,
    lines: [
      ...(criteria === null ? [] : [`Success criteria: ${criteria}`]),
      ...observed,
      ...records.flatMap(({ planned, status }) =>
        status.kind === 'skipped' ? [`skipped  ${planned.position} ${planned.title}: ${status.reason ?? ''}`] : [],
      ),
    ],
    question: asked ? `Success criteria of phase ${name}, "${criteria}"` : null,
    next: nextPhase(walk, need.step),
  }
}

/** The calls for phases that have ended, in that order. */
export function phaseCallsOf(scene: Scene, phases: readonly string[]): PhaseCall[] {
  return phases.flatMap(id => phaseCallOf(scene, id) ?? [])
}

/** Those that whoever comes to the run is told of, in the order in which they ended. */
export function phasesToCall(state: RunState): string[] {
  return [...state.phasesToCall].sort(([, a], [, b]) => a - b).map(([phase]) => phase)
}

function recordsOf(state: RunState, walk: Walk, phase: Section): StepRecord[] {
  return [...state.steps.values()].filter(
    ({ planned }) => walk.places.get(planned.id)?.phase.id === phase.id && planned.flow !== 'none',
  )
}

/** `7 passed, 1 skipped, 2 not applicable`. */
function countsOf(records: readonly StepRecord[]): string {
  const of = (kind: StepRecord['status']['kind']): number => records.filter(({ status }) => status.kind === kind).length
  const parts = [
    `${of('passed')} passed`,
    ...(of('skipped') > 0 ? [`${of('skipped')} skipped`] : []),
    ...(of('not-applicable') > 0 ? [`${of('not-applicable')} not applicable`] : []),
  ]
  return records.length === 0 ? counted(0, 'step') : parts.join(', ')
}

/** Values of the phase that its criteria speak of, each with whether it is met. */
function observedFor(records: readonly StepRecord[], criteria: string): string[] {
  const text = criteria.toLowerCase()
  return records
    .flatMap(({ observed }) => observed)
    .filter(({ name }) => text.includes(name.toLowerCase()))
    .map(({ name, value, unit, op, want, ok }) => {
      const limit = op === null || want === null ? '' : ` ${op} ${want}${unit === null ? '' : ` ${unit}`}`
      const verdict = ok === null ? '' : ok ? ', met' : ', NOT met'
      return `  ${name} ${value}${unit === null ? '' : ` ${unit}`}${limit}${verdict}`
    })
}

function nextPhase(walk: Walk, step: string): string | null {
  const phase = walk.places.get(step)?.phase
  return phase === undefined ? null : `${phase.position} ${phase.title}`
}
