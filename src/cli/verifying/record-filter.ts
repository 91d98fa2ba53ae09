import { EVENT_FIELDS, type EventOf, type RunEvent, SignoffError } from '../../model/index.ts'
import type { ScannedLine } from '../../transcript/index.ts'

/** Which lines of a record somebody asked for. */
export interface RecordFilter {
  /** Positions or ids of steps and phases, as given; empty for all. */
  readonly steps: readonly string[]
  /** Kinds of event; empty for all. */
  readonly kinds: readonly string[]
}

/**
 * Decides for each line of a record whether it was asked for. The plan, which is the second line, says what steps there are.
 * @returns a check that is to see every line, in order. It throws {@link SignoffError} `USAGE` for a step that is not in the plan.
 */
export function createRecordFilter({ steps, kinds }: RecordFilter): (line: ScannedLine) => boolean {
  let wanted: { readonly steps: ReadonlySet<string>; readonly phases: ReadonlySet<string> } | null = null
  return ({ kind, entry }) => {
    if (entry?.event.kind === 'run.plan' && steps.length > 0) wanted = resolve(steps, entry.event)
    if (kinds.length > 0 && !kinds.includes(kind)) return false
    if (steps.length === 0) return true
    return entry !== null && wanted !== null && isAbout(entry.event, wanted.steps, wanted.phases)
  }
}

/** @throws {SignoffError} `USAGE` for a kind that no version of the format we know has, and that this record has not either. */
export function checkKinds(kinds: readonly string[], seen: ReadonlySet<string>): void {
  const strange = kinds.filter(kind => !(kind in EVENT_FIELDS) && !seen.has(kind))
  if (strange.length > 0)
    throw new SignoffError('USAGE', `no kind of event is called ${strange.map(kind => `"${kind}"`).join(', ')}`, {
      advice: `this record has ${[...seen].sort().join(', ')}`,
    })
}

/** A position also stands for what is below it: `3` for `3.1` and `3.2.4`. */
function resolve(given: readonly string[], plan: EventOf<'run.plan'>) {
  const steps = new Set<string>()
  const phases = new Set<string>()
  for (const name of given) {
    const fits = (one: { readonly id: string; readonly position: string }) =>
      one.id === name || one.position === name || one.position.startsWith(`${name}.`)
    const found = plan.phases.filter(fits)
    const below = plan.steps.filter(step => fits(step) || found.some(phase => phase.id === step.phase))
    if (below.length === 0)
      throw new SignoffError('USAGE', `no step "${name}" in this record`, {
        advice: `its steps are ${plan.steps[0]?.position ?? '-'} to ${plan.steps.at(-1)?.position ?? '-'}; name one by position or id`,
      })
    for (const phase of found) phases.add(phase.id)
    for (const step of below) steps.add(step.id)
  }
  return { steps, phases }
}

function isAbout(event: RunEvent, steps: ReadonlySet<string>, phases: ReadonlySet<string>): boolean {
  if (event.kind === 'phase.end') return phases.has(event.phase)
  if (event.kind === 'jump') return [event.to, ...event.over].some(step => steps.has(step))
  if (event.kind === 'condition' || event.kind === 'rollback.start') return event.steps.some(step => steps.has(step))
  return 'step' in event && event.step !== null && steps.has(event.step)
}
