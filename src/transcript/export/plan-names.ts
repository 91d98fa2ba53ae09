import type { PlannedStep, RunEvent, RunState } from '../../model/index.ts'
import { headingText } from './heading-text.ts'

/** What the plan calls things by: events name them by id, and people by position and title. */
export interface PlanNames {
  /** `back` once a recovery was entered: the end of a phase is then that of its way back, for which nothing is planned. */
  readonly way: 'forward' | 'back'
  /** Undefined where the plan is not at hand, or does not know it. */
  step(id: string): Pick<PlannedStep, 'position' | 'title' | 'kind'> | undefined
  phase(id: string): string
}

type Plan = Pick<RunState, 'phases'> & { readonly steps: ReadonlyMap<string, { readonly planned: PlannedStep }> }

export function planNames({ phases, steps }: Plan, way: PlanNames['way']): PlanNames {
  return {
    way,
    step: id => steps.get(id)?.planned,
    phase: id => {
      const phase = phases.find(one => one.id === id)
      return `${phase === undefined ? id : headingText(phase)}${way === 'back' ? ', way back,' : ''}`
    },
  }
}

/** The same for whoever reads a record line by line, and tells each as it comes. */
export function createPlanNames(): PlanNames & { take(event: RunEvent): void } {
  const steps = new Map<string, { readonly planned: PlannedStep }>()
  let phases: Plan['phases'] = []
  let way: PlanNames['way'] = 'forward'
  return {
    get way() {
      return way
    },
    take(event) {
      if (event.kind === 'rollback.start') way = 'back'
      if (event.kind !== 'run.plan') return
      phases = event.phases
      for (const planned of event.steps) steps.set(planned.id, { planned })
    },
    step: id => steps.get(id)?.planned,
    phase: id => planNames({ phases, steps }, way).phase(id),
  }
}
