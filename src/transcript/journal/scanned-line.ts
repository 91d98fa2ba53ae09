import { type Entry, SignoffError } from '../../model/index.ts'
import { type DecodedLine, decodeLine } from './line.ts'
import type { OutputLine } from './output-line.ts'

/** A good line with its place in the file. `text` and `entry` of output are made when they are asked for, from the piece of the file. */
export interface ScannedLine extends DecodedLine {
  /** The text without LF: what `leaf` is over. */
  readonly text: string
  readonly leaf: string
  /** Set for most lines of output: what was printed, as bytes, which last until the callback returns. */
  readonly output?: OutputLine
}

/**
 * A line that was read by bytes. A class, since an object written with getters of its own has a shape of its own as well: the engine
 * keeps those of millions of lines until it looks through all of its memory.
 */
export class OutputScannedLine implements ScannedLine {
  readonly seq: number
  readonly prev: string
  readonly atMs: number
  readonly monoMs: number
  readonly kind: OutputLine['kind']
  readonly leaf: string
  readonly output: OutputLine
  readonly #raw: Buffer
  #entry: Entry | null = null

  constructor(raw: Buffer, output: OutputLine, leaf: string) {
    this.seq = output.seq
    this.prev = output.prev
    this.atMs = output.atMs
    this.monoMs = output.monoMs
    this.kind = output.kind
    this.leaf = leaf
    this.output = output
    this.#raw = raw
  }

  get text(): string {
    return this.#raw.toString('latin1')
  }

  get entry(): Entry | null {
    if (this.#entry === null) {
      const answer = decodeLine(this.text)
      if (!answer.ok) throw new SignoffError('BUG', `line ${this.seq + 1} is read in two ways: ${answer.why}`)
      this.#entry = answer.line.entry
    }
    return this.#entry
  }
}
