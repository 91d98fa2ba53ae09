import { EMPTY_STATE, type Entry, type EventOf, evolve, type PlannedStep, type RunState } from '../../model/index.ts'

/** A run as it is compared with another: what was done at each step, by whom, with which values, and how long it took. */
export interface RunSummary {
  readonly state: RunState
  readonly steps: ReadonlyMap<string, StepSummary>
  /** How long each ended phase took, by its id. */
  readonly phaseMs: ReadonlyMap<string, number>
}

export interface StepSummary {
  readonly planned: PlannedStep
  /** Started scripts; of a rerun step more than one. */
  readonly attempts: number
  /** How long its scripts ran and its wait lasted. */
  readonly ms: number
  /** Exit code of the last script; null where none ended by itself. */
  readonly exit: number | null
  readonly edits: readonly EventOf<'step.edit'>[]
  readonly confirm: EventOf<'confirm'> | null
  readonly form: string | null
  readonly approvals: readonly EventOf<'approval'>[]
}

export interface RunSummarizer {
  /** Takes the entries in order; output may be left out. */
  add(entry: Entry): void
  summary(): RunSummary
}

type Seen = { -readonly [K in keyof Omit<StepSummary, 'planned'>]: StepSummary[K] }

/** Gathers one side of a comparison, in memory for the steps and what people said. */
export function createRunSummarizer(): RunSummarizer {
  let state = EMPTY_STATE
  const seen = new Map<string, Seen>()
  const waitingSince = new Map<string, number>()
  const phaseMs = new Map<string, number>()
  const of = (step: string): Seen => {
    const known = seen.get(step) ?? newlySeen()
    seen.set(step, known)
    return known
  }
  return {
    add(entry) {
      const { event, atMs } = entry
      if (event.kind === 'output' || event.kind === 'output.late') return
      state = evolve(state, entry)
      switch (event.kind) {
        case 'step.start':
          of(event.step).attempts = event.attempt
          return
        case 'step.end':
          of(event.step).ms += event.ms
          of(event.step).exit = event.exit
          return
        case 'step.edit':
          of(event.step).edits = [...of(event.step).edits, event]
          return
        case 'confirm':
          // A phrase typed before a dangerous script is no answer to a question of the runbook.
          if (state.steps.get(event.step)?.planned.kind !== 'task') of(event.step).confirm = event
          return
        case 'form':
          of(event.step).form = event.text
          return
        case 'approval':
          of(event.step).approvals = [...of(event.step).approvals, event]
          return
        case 'approval.request':
          of(event.step).approvals = []
          return
        case 'wait.start':
          if (!waitingSince.has(event.step)) waitingSince.set(event.step, atMs)
          return
        case 'wait.end':
          if (event.how === 'extended') return
          of(event.step).ms += atMs - (waitingSince.get(event.step) ?? atMs)
          waitingSince.delete(event.step)
          return
        case 'phase.end':
          phaseMs.set(event.phase, event.ms)
          return
        default:
          return
      }
    },
    summary: () => ({
      state,
      phaseMs,
      steps: new Map([...state.steps.values()].map(({ planned }) => [planned.id, { planned, ...of(planned.id) }])),
    }),
  }
}

function newlySeen(): Seen {
  return { attempts: 0, ms: 0, exit: null, edits: [], confirm: null, form: null, approvals: [] }
}
