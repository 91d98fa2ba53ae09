import type { RunState } from '../../model/index.ts'
import type { RunContext } from './context.ts'
import { limitOf } from './probe.ts'

/** When the waits that last now come to something by themselves: their deadlines and the limits of their probes. */
export function dueTimes(context: RunContext, state: RunState): number[] {
  return [...state.steps.values()].flatMap(({ planned, status }) => {
    const step = context.steps.get(planned.id)
    if (status.kind !== 'waiting' || step === undefined) return []
    return [status.untilMs, limitOf(step, status) ?? 0]
  })
}
