import { EMPTY_STATE, type Entry, evolve, type RunState } from '../../../model/index.ts'
import { createExcerpt, type Excerpt, type ExcerptMaker } from '../excerpt.ts'

/** A run as a page shows it: what happened, in memory for what is shown of the output and no more. */
export interface RecordedRun {
  readonly state: RunState
  /** All entries but output, in order. */
  readonly acts: readonly Entry[]
  /** What happened in each step, in order, output too. Steps in which nothing did are not there. */
  readonly steps: ReadonlyMap<string, readonly StepItem[]>
  /** Who operated the run when the last script of a step was started, by the id of the step. */
  readonly startedBy: ReadonlyMap<string, string>
  /** Sequence number of the entry into a recovery; beyond all of them where none was entered. */
  readonly recoveryFrom: number
}

export type StepItem =
  | { readonly kind: 'act'; readonly entry: Entry }
  | { readonly kind: 'output'; readonly stretch: Stretch }

/** The output between two other events of a step. */
export interface Stretch extends Excerpt {
  readonly late: boolean
  /** True where the script had a terminal, so that the text is what was drawn. */
  readonly inTerminal: boolean
}

/** Characters that are kept of either end of a stretch, and of all stretches before each is kept in short. */
export const MOST_OF_A_STRETCH = 96 * 1024
const MOST_OF_A_RUN = 8 * 1024 * 1024
const IN_SHORT = 2 * 1024

export interface RunCollector {
  add(entry: Entry): void
  run(): RecordedRun
}

export function collectRun(): RunCollector {
  const acts: Entry[] = []
  const steps = new Map<string, StepItem[]>()
  const startedBy = new Map<string, string>()
  const open = new Map<string, ExcerptMaker & Pick<Stretch, 'late'> & { inTerminal: boolean }>()
  let kept = 0
  let state = EMPTY_STATE
  let recoveryFrom = Number.POSITIVE_INFINITY

  const itemsOf = (step: string): StepItem[] => {
    const items = steps.get(step) ?? []
    steps.set(step, items)
    return items
  }
  const close = (step: string): void => {
    const stretch = open.get(step)
    open.delete(step)
    if (stretch === undefined) return
    const { late, inTerminal } = stretch
    const excerpt = stretch.excerpt()
    kept += excerpt.head.length + (excerpt.left?.tail.length ?? 0)
    itemsOf(step).push({ kind: 'output', stretch: { ...excerpt, late, inTerminal } })
  }
  return {
    add(entry) {
      const { event, seq } = entry
      if (event.kind === 'output' || event.kind === 'output.late') {
        const most = kept < MOST_OF_A_RUN ? MOST_OF_A_STRETCH : IN_SHORT
        const growing = open.get(event.step) ?? {
          ...createExcerpt(most, 'kept'),
          late: event.kind === 'output.late',
          inTerminal: false,
        }
        growing.inTerminal ||= event.fd === 'pty'
        open.set(event.step, growing)
        growing.add(event, seq)
        return
      }
      state = evolve(state, entry)
      acts.push(entry)
      if (event.kind === 'rollback.start') recoveryFrom = Math.min(recoveryFrom, seq)
      const step = stepOf(entry)
      if (step === null) return
      if (event.kind === 'step.start' && state.operator !== null) startedBy.set(step, state.operator.principal)
      close(step)
      itemsOf(step).push({ kind: 'act', entry })
    },
    run() {
      for (const step of [...open.keys()]) close(step)
      return { state, acts, steps, startedBy, recoveryFrom }
    },
  }
}

/** The step that an entry belongs to; null for what is of the whole run. */
export function stepOf({ event }: Entry): string | null {
  return 'step' in event && event.kind !== 'run.pause' ? event.step : null
}
