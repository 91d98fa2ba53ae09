import type { EventOf, PlannedStep, RunState } from '../../model/index.ts'
import type { Finding } from './verify-report.ts'

export interface StartCheck {
  /** Takes each start of a script, with the run as it stood before it. */
  add(event: EventOf<'step.start'>, line: number, before: RunState): void
  readonly findings: readonly Finding[]
}

/** Whether each script that starts names every gate that it depends on: those before it in its flow that are not ruled out. */
export function createStartCheck(): StartCheck {
  const findings: Finding[] = []
  const flowOf = createFlowFinder()
  return {
    add(event, line, before) {
      const planned = before.steps.get(event.step)?.planned
      if (planned === undefined) {
        findings.push(policy(`${event.step} is a step that the plan does not have`, line))
        return
      }
      const flow = flowOf(planned, before)
      // What is in no flow that was entered has no gate before it, and nobody has asked for it.
      const place = flow?.places.get(event.step) ?? null
      if (flow === null || place === null) {
        findings.push(policy(`${event.step} was started, and is in no flow that is walked`, line))
        return
      }
      const named = new Set(event.gates)
      for (const { id: gate, place: at } of flow.gates) {
        if (at >= place) break
        const status = before.steps.get(gate)?.status
        if (status?.kind === 'not-applicable') continue
        const passed = before.gatesPassed.get(gate)
        if (status?.kind !== 'passed' || passed === undefined)
          findings.push(policy(`${event.step} was started before the gate ${gate} said go`, line))
        else if (!named.has(passed))
          findings.push(policy(`${event.step} was started without naming the gate ${gate}`, line))
      }
    },
    findings,
  }
}

/** A flow, with the place of each of its steps and its gates in order. */
interface Flow {
  readonly steps: readonly string[]
  readonly places: ReadonlyMap<string, number>
  readonly gates: readonly { readonly id: string; readonly place: number }[]
}

/** Looks through a flow once, and not at each start: there may be as many starts as steps. */
function createFlowFinder(): (planned: PlannedStep, state: RunState) => Flow | null {
  let main: Flow | null = null
  let recovery: Flow | null = null
  return (planned, state) => {
    if (planned.flow === 'none') return null
    if (planned.flow === 'main') {
      main ??= toFlow(
        [...state.steps.values()].flatMap(one => (one.planned.flow === 'main' ? one.planned.id : [])),
        state,
      )
      return main
    }
    const steps = state.recovery?.steps ?? []
    if (recovery?.steps !== steps) recovery = toFlow(steps, state)
    return recovery
  }
}

function toFlow(steps: readonly string[], state: RunState): Flow {
  const places = new Map<string, number>()
  for (const [place, id] of steps.entries()) if (!places.has(id)) places.set(id, place)
  const gates = steps.flatMap((id, place) => (state.steps.get(id)?.planned.kind === 'gate' ? { id, place } : []))
  return { steps, places, gates }
}

function policy(message: string, line: number): Finding {
  return { check: 'policy', exit: 6, message, line }
}
