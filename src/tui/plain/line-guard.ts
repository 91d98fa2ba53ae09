import { GUARD_MS, isBefore } from '../state/guard.ts'
import { counted } from '../text/counting.ts'

/** Keeps lines that were typed before a question from answering it, and says how many they were. */
export class LineGuard {
  readonly #nowMs: () => number
  readonly #print: (line: string) => void
  /** Null while no question stands there. */
  #openAtMs: number | null = null
  #dropped = 0
  #droppedAtMs = Number.NEGATIVE_INFINITY

  constructor(nowMs: () => number, print: (line: string) => void) {
    this.#nowMs = nowMs
    this.#print = print
  }

  /** A question stands there now: what was typed before it is told, and what comes at once is not for it. */
  opened(): void {
    this.#openAtMs = this.#nowMs() + GUARD_MS
    this.#tell()
  }

  /** The question is gone; no line is for the next one before it stands there. */
  closed(): void {
    this.#openAtMs = null
  }

  get isEarly(): boolean {
    const nowMs = this.#nowMs()
    if (this.#openAtMs === null || isBefore(nowMs, this.#openAtMs, GUARD_MS)) return true
    // Lines that come one behind the other are one text, of which no line is an answer.
    return isBefore(nowMs, this.#droppedAtMs + GUARD_MS, GUARD_MS)
  }

  /** @param tell false where the next question says it, since none stands there now. */
  drop(tell: boolean): void {
    this.#dropped++
    this.#droppedAtMs = this.#nowMs()
    if (tell) this.#tell()
  }

  #tell(): void {
    if (this.#dropped > 0) this.#print(`ignored ${counted(this.#dropped, 'line')} typed before this question`)
    this.#dropped = 0
  }
}
