import { EMPTY_STATE, type Entry, type EventOf, evolve, type RunState } from '../../../model/index.ts'

/** A run as a page shows it: what happened, in memory for what is shown of the output and no more. */
export interface RecordedRun {
  readonly state: RunState
  /** All entries but output, in order. */
  readonly acts: readonly Entry[]
  /** What happened in each step, in order, output too. Steps in which nothing did are not there. */
  readonly steps: ReadonlyMap<string, readonly StepItem[]>
  readonly stretches: number
}

export type StepItem =
  | { readonly kind: 'act'; readonly entry: Entry }
  | { readonly kind: 'output'; readonly stretch: Stretch }

/** The output between two other events of a step: its beginning and its end, and how much of the middle was let go. */
export interface Stretch {
  readonly late: boolean
  /** True where the script had a terminal, so that the text is what was drawn. */
  readonly inTerminal: boolean
  readonly head: Buffer
  readonly tail: Buffer
  /** Bytes between head and tail. */
  readonly between: number
  /** Lines of the journal, 1-based, of the first and the last piece. */
  readonly from: number
  readonly to: number
}

/** Most that is kept of either end of a stretch. */
export const MOST_KEPT = 192 * 1024

export interface RunCollector {
  add(entry: Entry): void
  run(): RecordedRun
}

export function collectRun(): RunCollector {
  const acts: Entry[] = []
  const steps = new Map<string, StepItem[]>()
  const open = new Map<string, GrowingStretch>()
  let stretches = 0
  let state = EMPTY_STATE

  const itemsOf = (step: string): StepItem[] => {
    const items = steps.get(step) ?? []
    steps.set(step, items)
    return items
  }
  const close = (step: string): void => {
    const stretch = open.get(step)
    open.delete(step)
    if (stretch === undefined) return
    stretches++
    itemsOf(step).push({ kind: 'output', stretch: stretch.ended() })
  }
  return {
    add(entry) {
      const { event, seq } = entry
      if (event.kind === 'output' || event.kind === 'output.late') {
        const growing = open.get(event.step) ?? growingStretch(event, seq + 1)
        open.set(event.step, growing)
        growing.add(event, seq + 1)
        return
      }
      state = evolve(state, entry)
      acts.push(entry)
      const step = stepOf(entry)
      if (step === null) return
      close(step)
      itemsOf(step).push({ kind: 'act', entry })
    },
    run() {
      for (const step of [...open.keys()]) close(step)
      return { state, acts, steps, stretches }
    },
  }
}

/** The step that an entry belongs to; null for what is of the whole run. */
export function stepOf({ event }: Entry): string | null {
  return 'step' in event && event.kind !== 'run.pause' ? event.step : null
}

type Chunk = EventOf<'output'> | EventOf<'output.late'>

interface GrowingStretch {
  add(chunk: Chunk, line: number): void
  ended(): Stretch
}

function growingStretch(first: Chunk, from: number): GrowingStretch {
  const head: Buffer[] = []
  const tail: Buffer[] = []
  let headBytes = 0
  let tailBytes = 0
  let between = 0
  let inTerminal = false
  let to = from
  return {
    add({ fd, text, b64 }, line) {
      const bytes = text === undefined ? Buffer.from(b64 ?? '', 'base64') : Buffer.from(text)
      inTerminal ||= fd === 'pty'
      to = line
      if (headBytes < MOST_KEPT) {
        head.push(bytes)
        headBytes += bytes.length
        return
      }
      tail.push(bytes)
      tailBytes += bytes.length
      while (tailBytes - (tail[0]?.length ?? 0) > MOST_KEPT) {
        const gone = tail.shift()?.length ?? 0
        tailBytes -= gone
        between += gone
      }
    },
    ended: () => ({
      late: first.kind === 'output.late',
      inTerminal,
      head: Buffer.concat(head),
      tail: Buffer.concat(tail),
      between,
      from,
      to,
    }),
  }
}
