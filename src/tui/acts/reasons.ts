import type { RunState, StepRecord } from '../../model/index.ts'

/** Reasons that are offered again. */
const MOST_OFFERED = 3

/** The reasons that were given last in this run, the newest first, each once: people leave out several steps for one reason. */
export function lastReasons({ steps }: RunState): readonly string[] {
  const known = KNOWN.get(steps)
  if (known !== undefined) return known
  const reasons = reasonsIn(steps)
  KNOWN.set(steps, reasons)
  return reasons
}

/** Asked for at every frame, and changed by a step alone. */
const KNOWN = new WeakMap<RunState['steps'], readonly string[]>()

function reasonsIn(steps: RunState['steps']): string[] {
  const given = [...steps.values()].flatMap(record => {
    const reason = reasonOf(record)
    return reason === null ? [] : [{ reason, atMs: record.changedAtMs }]
  })
  const newest = given.sort((a, b) => b.atMs - a.atMs).map(({ reason }) => reason)
  return [...new Set(newest)].slice(0, MOST_OFFERED)
}

/** What a person gave as a reason; what else is noted with a step was not one. */
function reasonOf({ status, edited }: StepRecord): string | null {
  switch (status.kind) {
    case 'skipped':
      return status.reason
    case 'not-applicable':
      return status.cause === 'person' ? status.why : null
    case 'passed':
      return status.how === 'by-hand' || status.how === 'waited' ? status.note : (edited?.reason ?? null)
    default:
      return edited?.reason ?? null
  }
}
