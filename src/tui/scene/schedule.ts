import type { RunState, Section } from '../../model/index.ts'
import { isEnded } from '../../model/index.ts'
import type { Scene, Walk } from './walk.ts'

/** How a run stands against the times that its runbook plans. */
export interface Schedule {
  /** Now plus the planned times ahead. */
  readonly etaMs: number
  /** True where some of what is ahead has no planned time: it ends after that. */
  readonly isAfter: boolean
  /** When it was to end by the plan; null where not everything is planned. */
  readonly plannedMs: number | null
}

/** Null where nothing ahead has a planned time, and once nothing is ahead. */
export function scheduleOf({ walk, state, need }: Scene, nowMs: number): Schedule | null {
  if (need.kind === 'finished' || state.start === null) return null
  const { open, openMs, allMs, unplanned, openUnplanned } = plannedTimes(walk, state)
  if (open === 0 || openMs === 0) return null
  return {
    etaMs: nowMs + openMs,
    isAfter: openUnplanned > 0,
    plannedMs: unplanned > 0 ? null : state.startedAtMs + allMs,
  }
}

interface Planned {
  all: number
  open: number
  allMs: number
  openMs: number
  /** Steps without a planned time of their own or of a section around them. */
  unplanned: number
  openUnplanned: number
}

/** Gathered once for each change of a step: the screen asks for it at every frame, and a runbook may have 10,000 steps. */
function plannedTimes(walk: Walk, state: RunState): Readonly<Planned> {
  const known = KNOWN.get(state.steps)
  const recovery = state.recovery?.ended === null ? state.recovery.steps : null
  if (known !== undefined && known.recovery === recovery) return known.planned
  const flow = new Set(recovery ?? walk.runbook.flows.main)
  const planned = nothing()
  for (const phase of walk.runbook.phases) add(planned, plannedOf(phase, flow, state))
  KNOWN.set(state.steps, { recovery, planned })
  return planned
}

const KNOWN = new WeakMap<
  RunState['steps'],
  { readonly recovery: readonly string[] | null; readonly planned: Planned }
>()

/** The planned time of a section: its own, of which what is still open has its share, else that of what is in it. */
function plannedOf(section: Section, flow: ReadonlySet<string>, state: RunState): Planned {
  const inside = nothing()
  for (const { id, durationMs } of section.steps) {
    if (!flow.has(id)) continue
    const status = state.steps.get(id)?.status
    const isOpen = status === undefined || !isEnded(status)
    inside.all++
    inside.allMs += durationMs ?? 0
    if (durationMs === null) inside.unplanned++
    if (!isOpen) continue
    inside.open++
    inside.openMs += durationMs ?? 0
    if (durationMs === null) inside.openUnplanned++
  }
  for (const child of section.sections) add(inside, plannedOf(child, flow, state))
  const ms = section.duration?.maxMs ?? section.duration?.minMs ?? null
  if (ms === null || inside.all === 0) return inside
  return { ...inside, allMs: ms, openMs: Math.round((ms * inside.open) / inside.all), unplanned: 0, openUnplanned: 0 }
}

function nothing(): Planned {
  return { all: 0, open: 0, allMs: 0, openMs: 0, unplanned: 0, openUnplanned: 0 }
}

function add(to: Planned, more: Planned): void {
  to.all += more.all
  to.open += more.open
  to.allMs += more.allMs
  to.openMs += more.openMs
  to.unplanned += more.unplanned
  to.openUnplanned += more.openUnplanned
}
