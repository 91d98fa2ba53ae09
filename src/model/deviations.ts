import { interpretersText } from './interpreters.ts'
import type { EventOf, RunEvent } from './run-event.ts'
import type { RunState, StepRecord } from './run-state.ts'

/** What changes how the run as a whole goes. */
export type RunChange = EventOf<'runbook.changed' | 'writer.changed' | 'rollback.start' | 'run.interpreters'>

/** Something that went otherwise than the runbook has it, as it stands now. */
export interface Deviation {
  /** Null for what concerns the run as a whole. */
  readonly step: { readonly id: string; readonly position: string; readonly title: string } | null
  /** What was done instead, by whom and why; not cleaned. */
  readonly text: string
}

/** What people did otherwise than the runbook has it: in the order of its steps, and then with the run as a whole. */
export function deviationsOf(state: RunState): Deviation[] {
  const ofSteps = [...state.steps.values()].flatMap(record =>
    textsOf(record).map((text): Deviation => {
      const { id, position, title } = record.planned
      return { step: { id, position, title }, text }
    }),
  )
  return [...ofSteps, ...state.changes.map((change): Deviation => ({ step: null, text: runChangeText(change) }))]
}

/** A deviation as a line, not cleaned. */
export function deviationText({ step, text }: Deviation): string {
  return step === null ? text : `${step.position} ${step.title}: ${text}`
}

export function isRunChange(event: RunEvent): event is RunChange {
  switch (event.kind) {
    case 'runbook.changed':
    case 'writer.changed':
    case 'rollback.start':
      return true
    case 'run.interpreters':
      return event.was !== null
    default:
      return false
  }
}

/** A sentence without its full stop, not cleaned. */
export function runChangeText(event: RunChange): string {
  switch (event.kind) {
    case 'runbook.changed':
      return `The runbook file has changed; ${event.decision === 'keep' ? 'the run goes on with the text it began with' : 'the run stops'}, decided by ${event.by}`
    case 'writer.changed':
      return `The run was taken over from ${event.from.principal} on ${event.from.host} by ${event.to.principal} on ${event.to.host}: ${event.reason}`
    case 'rollback.start':
      return `Recovery entered by ${event.by}: ${event.reason}`
    case 'run.interpreters':
      return interpretersText(event)
    default:
      event satisfies never
      return ''
  }
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
