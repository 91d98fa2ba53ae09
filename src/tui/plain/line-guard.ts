import { GUARD_MS, isBeforeOpening } from '../state/screen-state.ts'
import { counted } from '../text/counting.ts'

/** Keeps lines that were typed before a question from answering it, and says how many they were. */
export class LineGuard {
  readonly #nowMs: () => number
  readonly #print: (line: string) => void
  /** Null while no question stands there. */
  #openAtMs: number | null = null
  #dropped = 0

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
    return this.#openAtMs === null || isBeforeOpening(this.#nowMs(), this.#openAtMs)
  }

  /** @param tell false where the next question says it, since none stands there now. */
  drop(tell: boolean): void {
    this.#dropped++
    if (tell) this.#tell()
  }

  #tell(): void {
    if (this.#dropped > 0) this.#print(`ignored ${counted(this.#dropped, 'line')} typed before this question`)
    this.#dropped = 0
  }
}
