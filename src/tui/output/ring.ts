import type { EventOf } from '../../model/index.ts'
import { createLineAssembler } from './lines.ts'

/** Lines of one text that can be shown at once. */
export interface LinesView {
  /** Lines there are so far, the unfinished one too. */
  readonly total: number
  /** Where there are lines that no record keeps: the first of them. */
  readonly keptTo?: number | null
  /** Lines `from` (inclusive) to `to` (exclusive), as they came: masked, not cleaned. Null for one that is not read yet. */
  lines(from: number, to: number): (string | null)[]
}

/** Stands before the first line that no record keeps. */
export const NOT_KEPT_FROM_HERE =
  '[from here on it is shown as it passes, counted and hashed, but not kept: only its last 64 KiB will be]'

/** The newest lines of the script that was started last. */
export interface OutputRing extends LinesView {
  readonly step: string | null
  readonly attempt: number
  /** Number of the oldest line still held, counted from 0. */
  readonly first: number
  readonly keptTo: number | null
  /** @param from number of its first line, where those before it are in the record alone. */
  start(step: string, attempt: number, from?: number): void
  push(event: EventOf<'output'> | EventOf<'output.late'>): void
  /** Takes output that no record keeps, of the attempt that is held. */
  pass(event: EventOf<'output'>): void
}

/**
 * Holds output outside the screen's state, so that a flood costs no copying: 10,000 lines, then the oldest go.
 * The journal has all of them.
 */
export function createOutputRing(capacity = 10_000): OutputRing {
  let lines: string[] = []
  // Index in `lines` of the oldest line, once it is full.
  let head = 0
  let first = 0
  let assembler = createLineAssembler()
  let step: string | null = null
  let attempt = 0
  let keptTo: number | null = null

  const add = (line: string): void => {
    if (lines.length < capacity) {
      lines.push(line)
      return
    }
    lines[head] = line
    head = (head + 1) % capacity
    first++
  }

  return {
    get step() {
      return step
    },
    get attempt() {
      return attempt
    },
    get first() {
      return first
    },
    get keptTo() {
      return keptTo
    },
    get total() {
      return first + lines.length + assembler.unfinished().length
    },
    lines(from, to) {
      const out: (string | null)[] = []
      const rest = assembler.unfinished()
      for (let index = Math.max(0, from); index < to; index++) {
        const at = index - first
        if (at < 0) {
          out.push(null)
          continue
        }
        const line = at < lines.length ? lines[(head + at) % capacity] : rest[at - lines.length]
        if (line === undefined) break
        out.push(line)
      }
      return out
    },
    start(nextStep, nextAttempt, from = 0) {
      lines = []
      head = 0
      first = from
      keptTo = null
      assembler = createLineAssembler()
      step = nextStep
      attempt = nextAttempt
    },
    push(event) {
      if (event.step !== step || event.attempt !== attempt) {
        // Late output of a script before the last one is read in its log, and takes no place here.
        if (event.kind === 'output.late') return
        this.start(event.step, event.attempt)
      }
      for (const line of assembler.push(event)) add(line)
    },
    pass(event) {
      if (keptTo === null) {
        keptTo = first + lines.length
        add(NOT_KEPT_FROM_HERE)
      }
      this.push(event)
    },
  }
}
