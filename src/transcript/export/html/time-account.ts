import type { Entry, RunState } from '../../../model/index.ts'
import type { Planned } from '../span-text.ts'

/** What a stretch of time went into, the first that applies. */
export type Spent = 'paused' | 'script' | 'wait' | 'approval' | 'people'

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

export interface PhaseTime extends Span {
  readonly phase: string
  readonly planned: Planned
  /** Whether the way forward of it has ended. */
  readonly ended: boolean
  /** What the time from its first to its last act went into, in order, without gaps. */
  readonly parts: readonly (Span & { readonly spent: Spent })[]
}

export interface TimeAccount extends Span {
  readonly pauses: readonly Span[]
  /** Phases in which something was done, in the order of the plan. */
  readonly phases: readonly PhaseTime[]
  /** Milliseconds by what they went into; together they are the whole run. */
  readonly totals: Readonly<Record<Spent, number>>
}

/**
 * Where the time of a run went, from the times of its entries: the writer's claims.
 * @param plannedOf what the runbook says of a phase that has not ended; one that has, says it itself.
 */
export function accountTime(
  state: RunState,
  entries: readonly Entry[],
  plannedOf: (phase: string) => Planned | null,
): TimeAccount {
  const fromMs = entries[0]?.atMs ?? 0
  const toMs = Math.max(fromMs, entries.at(-1)?.atMs ?? fromMs)
  const spans = spansOf(entries, toMs)
  const recoveryFrom = entries.find(({ event }) => event.kind === 'rollback.start')?.seq ?? Number.POSITIVE_INFINITY
  const phases = state.phases.flatMap(({ id }): PhaseTime[] => {
    const span = spanOfPhase(state, entries, id)
    if (span === null) return []
    const end = entries.findLast(({ event }) => event.kind === 'phase.end' && event.phase === id)
    const said = end?.event
    const ended = end !== undefined && end.seq < recoveryFrom
    const planned = said?.kind === 'phase.end' ? said.planned : (plannedOf(id) ?? { minMs: null, maxMs: null })
    return [{ phase: id, ...span, planned, ended, parts: partsOf(span, spans) }]
  })
  const totals = { paused: 0, script: 0, wait: 0, approval: 0, people: 0 }
  for (const part of partsOf({ fromMs, toMs }, spans)) totals[part.spent] += part.toMs - part.fromMs
  return { fromMs, toMs, pauses: spans.filter(({ spent }) => spent === 'paused'), phases, totals }
}

interface SpentSpan extends Span {
  readonly spent: Spent
}

/** Everything that began and ended. What never ended lasts to the end of the record. */
function spansOf(entries: readonly Entry[], endMs: number): SpentSpan[] {
  const spans: SpentSpan[] = []
  const open = new Map<string, { readonly spent: Spent; readonly fromMs: number }>()
  const begin = (key: string, spent: Spent, fromMs: number) => {
    if (!open.has(key)) open.set(key, { spent, fromMs })
  }
  const end = (key: string, toMs: number) => {
    const begun = open.get(key)
    open.delete(key)
    if (begun !== undefined) spans.push({ ...begun, toMs: Math.max(begun.fromMs, toMs) })
  }
  let previousMs = entries[0]?.atMs ?? 0
  for (const { atMs, event } of entries) {
    switch (event.kind) {
      case 'step.start':
        begin(`script ${event.step}`, 'script', atMs)
        break
      case 'step.end':
        end(`script ${event.step}`, atMs)
        break
      case 'approval.request':
        begin(`approval ${event.step}`, 'approval', atMs)
        break
      case 'gate.end':
        end(`approval ${event.step}`, atMs)
        break
      case 'wait.start':
        begin(`wait ${event.step}`, 'wait', atMs)
        break
      case 'wait.end':
        if (event.how !== 'extended') end(`wait ${event.step}`, atMs)
        break
      case 'run.pause':
        begin('paused', 'paused', atMs)
        break
      case 'run.resume':
        // A process that was killed wrote no pause: nothing is known from its last line on.
        begin('paused', 'paused', previousMs)
        end('paused', atMs)
        break
    }
    previousMs = atMs
  }
  for (const key of [...open.keys()]) end(key, endMs)
  return spans
}

const PRECEDENCE: readonly Spent[] = ['paused', 'script', 'wait', 'approval']

/** Cuts a span at every border inside it, and gives each piece to what comes first in precedence. */
function partsOf({ fromMs, toMs }: Span, spans: readonly SpentSpan[]): (Span & { spent: Spent })[] {
  const borders = spans
    .filter(span => span.toMs > fromMs && span.fromMs < toMs)
    .flatMap(({ spent, ...span }) => [
      { spent, atMs: Math.max(fromMs, span.fromMs), by: 1 },
      { spent, atMs: Math.min(toMs, span.toMs), by: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs)
  const open = { paused: 0, script: 0, wait: 0, approval: 0, people: 0 }
  const parts: (Span & { spent: Spent })[] = []
  let from = fromMs
  for (const { spent, atMs, by } of [...borders, { spent: 'people' as const, atMs: toMs, by: 0 }]) {
    if (atMs > from) {
      const here = PRECEDENCE.find(one => open[one] > 0) ?? 'people'
      const last = parts.at(-1)
      if (last?.spent === here) parts[parts.length - 1] = { ...last, toMs: atMs }
      else parts.push({ fromMs: from, toMs: atMs, spent: here })
      from = atMs
    }
    open[spent] += by
  }
  return parts
}

/** From the first to the last thing done in a phase. What is set aside by itself (an option not chosen) is nothing done. */
function spanOfPhase(state: RunState, entries: readonly Entry[], phase: string): Span | null {
  const times = entries
    .filter(({ event }) => {
      if (event.kind === 'phase.end') return event.phase === phase
      if (event.kind === 'step.skip' && event.why !== 'person') return false
      if (!('step' in event) || event.step === null || event.kind === 'run.pause') return false
      return state.steps.get(event.step)?.planned.phase === phase
    })
    .map(({ atMs }) => atMs)
  if (times.length === 0) return null
  return { fromMs: times.reduce((a, b) => Math.min(a, b)), toMs: times.reduce((a, b) => Math.max(a, b)) }
}
