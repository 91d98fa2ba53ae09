import type { Offer, ProbeNeed, RunState, Step, StepStatus } from '../../model/index.ts'
import { askFor } from './asking.ts'
import type { RunContext } from './context.ts'
import type { Live } from './need.ts'
import { enterKnown, missingValues } from './script-text.ts'

/** The probe of a wait as it would run now. */
export interface Probe extends Offer {
  readonly everyMs: number
}

/** Null for a step without one. Its text is read like a script of the runbook; where nobody can read it, it is a danger. */
export function probeOf(context: RunContext, state: RunState, step: Step): Probe | null {
  if (step.kind !== 'wait' || step.probe === null) return null
  const detail = context.runbook.details.get(step.id)
  const reading = context.readScript?.(step.probe.script)
  const slots = step.offer === step.probe.script ? (detail?.offerSlots ?? []) : (reading?.slots ?? [])
  const { script, missing } = enterKnown(context, state, step.probe.script, slots)
  return {
    script,
    missing: [...new Set(missing)],
    everyMs: step.probe.everyMs,
    ...askFor(context, step, reading?.risk ?? 'danger', detail),
  }
}

/** How a probe stands, for whoever waits for it. */
export function probeNeed(context: RunContext, state: RunState, live: Live, step: Step): ProbeNeed | null {
  const probe = probeOf(context, state, step)
  const record = state.steps.get(step.id)
  if (probe === null || record?.status.kind !== 'waiting') return null
  return {
    everyMs: probe.everyMs,
    limitMs: limitOf(step, record.status),
    last: record.lastCheck?.result ?? null,
    polls: record.attempts,
    watches: (step.durationMs ?? 0) > 0,
    notPolled: whyNotPolled(state, live, step, probe),
  }
}

/** When polling gives up: a time that the runbook names beyond that of the wait, longer by what people added; else null. */
export function limitOf(step: Step, status: Extract<StepStatus, { kind: 'waiting' }>): number | null {
  if (step.timeoutMs === null || step.timeoutMs <= (step.durationMs ?? 0)) return null
  return status.sinceMs + step.timeoutMs + Math.max(0, status.minMs - (step.durationMs ?? 0))
}

/** Why a probe is not polled by itself; null where it is. A command that only looks needs nobody. */
export function whyNotPolled(state: RunState, live: Live, step: Step, probe: Probe): string | null {
  const rejected = live.rejected.get(step.id)
  if (rejected !== undefined) return rejected
  const missing = [...probe.missing, ...missingValues(step.needs, state, live)]
  if (missing.length > 0) return `it needs ${[...new Set(missing)].join(', ')}`
  return probe.level === 'L1' ? null : 'it may change something, so a person starts each check'
}
