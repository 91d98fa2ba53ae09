import type { RunState, StepRecord } from './run-state.ts'

/** Something that went otherwise than the runbook has it, as it stands now. */
export interface Deviation {
  readonly step: string
  readonly position: string
  readonly title: string
  /** What was done instead, by whom and why; not cleaned. */
  readonly text: string
}

/** What people did otherwise than the runbook has it, in the order of its steps. */
export function deviationsOf(state: RunState): Deviation[] {
  return [...state.steps.values()].flatMap(record =>
    textsOf(record).map(text => {
      const { id, position, title } = record.planned
      return { step: id, position, title, text }
    }),
  )
}

function textsOf({ status, edited, observed }: StepRecord): string[] {
  const texts = edited === null ? [] : [`edited by ${edited.by}: ${edited.reason}`]
  switch (status.kind) {
    case 'skipped':
      return [...texts, `${status.how === 'jump' ? 'jumped over' : 'skipped'}${by(status.by)}${why(status.reason)}`]
    case 'not-applicable':
      return status.cause === 'person' ? [...texts, `said to be not applicable: ${status.why}`] : texts
    case 'passed':
      if (status.how === 'by-hand') return [...texts, `resolved by hand${by(status.by)}${why(status.note)}`]
      if (status.how === 'waited' && status.by !== null)
        return [...texts, `wait ended early${by(status.by)}${why(status.note)}`]
      return observed.some(({ ok }) => ok === false)
        ? [...texts, `confirmed though NOT met${by(status.by)}${why(status.note)}`]
        : texts
    default:
      return texts
  }
}

function by(name: string | null): string {
  return name === null ? '' : ` by ${name}`
}

function why(reason: string | null): string {
  return reason === null || reason === '' ? '' : `: ${reason}`
}
