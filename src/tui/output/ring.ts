import type { EventOf } from '../../model/index.ts'
import { createTerminalText } from '../../model/index.ts'

/** The newest lines of the script that was started last. */
export interface OutputView {
  readonly step: string | null
  readonly attempt: number
  /** Lines seen so far, the unfinished one too. */
  readonly total: number
  /** Number of the oldest line still held, counted from 0. */
  readonly first: number
  /** Lines `from` (inclusive) to `to` (exclusive), as they came: masked, not cleaned. */
  lines(from: number, to: number): string[]
}

export interface OutputRing extends OutputView {
  start(step: string, attempt: number): void
  push(event: EventOf<'output'>): void
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
  let open = new Map<string, string>()
  let terminal = createTerminalText()
  let step: string | null = null
  let attempt = 0

  const add = (line: string): void => {
    if (lines.length < capacity) {
      lines.push(line)
      return
    }
    lines[head] = line
    head = (head + 1) % capacity
    first++
  }
  const unfinished = (): string[] => [...open.values()].filter(text => text !== '')

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
    get total() {
      return first + lines.length + unfinished().length
    },
    lines(from, to) {
      const out: string[] = []
      const rest = unfinished()
      for (let index = Math.max(from, first); index < to; index++) {
        const at = index - first
        const line = at < lines.length ? lines[(head + at) % capacity] : rest[at - lines.length]
        if (line === undefined) break
        out.push(line)
      }
      return out
    },
    start(nextStep, nextAttempt) {
      lines = []
      head = 0
      first = 0
      open = new Map()
      terminal = createTerminalText()
      step = nextStep
      attempt = nextAttempt
    },
    push(event) {
      if (event.step !== step || event.attempt !== attempt) this.start(event.step, event.attempt)
      const isTerminal = event.fd === 'pty'
      const text = isTerminal ? terminal.push(textOf(event)) : (open.get(event.fd) ?? '') + textOf(event)
      const pieces = text.split('\n')
      const rest = isTerminal ? terminal.line : (pieces.at(-1) ?? '')
      pieces.pop()
      for (const piece of pieces) add(piece.slice(0, LONGEST_LINE))
      open.set(event.fd, rest.slice(0, LONGEST_LINE))
    },
  }
}

/** The text of an output event; bytes that are no UTF-8 become U+FFFD here, and stay as they are in the journal. */
export function textOf(event: EventOf<'output'> | EventOf<'output.late'>): string {
  if (event.text !== undefined) return event.text
  return event.b64 === undefined ? '' : new TextDecoder().decode(Uint8Array.from(atob(event.b64), c => c.charCodeAt(0)))
}

/** No screen is wider; a script that never ends its line must not grow the memory. */
const LONGEST_LINE = 16_384
