import { EMPTY_STATE, evolve, type RunState } from '../../model/index.ts'
import type { DecodedLine } from './line.ts'

/** What the seal says of a run, gathered line by line in memory that does not grow with output or remarks. */
export interface RunFacts {
  /** Without the remarks that people made (`notes`). */
  readonly state: RunState
  /** Lines of each kind, sorted by name (as UTF-16 units sort). */
  readonly kinds: readonly (readonly [string, number])[]
  readonly approvals: readonly { readonly step: string; readonly seq: number; readonly principal: string }[]
  /** Secrets masked in output, over all lines. */
  readonly masked: number
  readonly startedAtMs: number
  /** Time of `run.end`, which is the last line; null where it is not. */
  readonly finishedAtMs: number | null
}

export interface FactGatherer {
  add(line: DecodedLine): void
  facts(): RunFacts
  readonly state: RunState
}

export function createFactGatherer(): FactGatherer {
  const kinds = new Map<string, number>()
  const approvals: { step: string; seq: number; principal: string }[] = []
  let state = EMPTY_STATE
  let masked = 0
  let finishedAtMs: number | null = null
  return {
    add(line) {
      kinds.set(line.kind, (kinds.get(line.kind) ?? 0) + 1)
      finishedAtMs = line.kind === 'run.end' ? line.atMs : null
      // Output changes no state, and is nearly all of a long journal: its entry is not even made. Remarks are no fact of a seal either.
      if (line.kind === 'output' || line.kind === 'output.late' || line.kind === 'note') return
      if (line.entry === null) return
      state = evolve(state, line.entry)
      const { event, seq } = line.entry
      if (event.kind === 'approval') approvals.push({ step: event.step, seq, principal: event.principal })
      if (event.kind === 'output.end') for (const stream of event.streams) masked += stream.masked
    },
    facts: () => ({
      state,
      kinds: [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)),
      approvals,
      masked,
      startedAtMs: state.startedAtMs,
      finishedAtMs,
    }),
    get state() {
      return state
    },
  }
}
