import { closeSync, constants, openSync, write, writeSync } from 'node:fs'
import { Writable } from 'node:stream'
import { leaveToLater } from './late-words.ts'

/** How long a terminal that takes nothing now is left alone before it is tried again. */
const AGAIN_MS = 20
/** Lines wait in pieces of this size: a short line by itself takes ten times the memory that its text does. */
const PIECE_CHARS = 64 * 1024
/** What may wait for a terminal that does not read, about a mebibyte. Beyond it the oldest lines are counted and dropped. */
const MOST_PIECES = 16

/**
 * A terminal to write on that never makes anybody wait. Node writes to terminals synchronously: one that stops reading (a stalled ssh,
 * a pane that is scrolled back) would stop timers, journal and scripts' output with it. This one is opened anew without
 * blocking, has one write on its way, and keeps the rest; `drain` says that nothing waits any more.
 */
export class TtyOutput extends Writable {
  readonly isTTY = true
  columns = 80
  rows = 24
  readonly #path: string
  readonly #file: number
  #again: NodeJS.Timeout | null = null
  #onAgain: (() => void) | null = null
  #silenced = false
  #isWriting = false
  #closeAfter = false
  #lost = 0
  /** Lines that wait behind what the stream has already, in pieces, oldest first; and those of the next piece. */
  readonly #pieces: string[] = []
  #lines: string[] = []
  #lineChars = 0

  /** @throws where it cannot be opened. */
  constructor(path: string) {
    // With a mark this low every write that is not done at once makes `drain` follow.
    super({ highWaterMark: 1, decodeStrings: true })
    this.#path = path
    this.#file = openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK)
  }

  /** True while the terminal has not taken all that was written: no new view is worth drawing. */
  get isBehind(): boolean {
    return this.writableLength > 0
  }

  /**
   * Writes whole lines. Where so much waits already that nobody will read it, the oldest are dropped, and how many they were is said in their
   * place: the newest hold the question, or how a run ended. The journal has all of them. Not to be mixed with `write`, which does
   * not wait behind them.
   */
  writeLines(text: string): void {
    if (!this.isBehind) {
      this.write(text)
      return
    }
    this.#lines.push(text)
    this.#lineChars += text.length
    if (this.#lineChars < PIECE_CHARS) return
    this.#pieces.push(this.#takeLines())
    if (this.#pieces.length > MOST_PIECES) this.#lost += (this.#pieces.shift() ?? '').split('\n').length - 1
  }

  #takeLines(): string {
    const text = this.#lines.join('')
    this.#lines = []
    this.#lineChars = 0
    return text
  }

  #writeNextPiece(): void {
    const text = this.#pieces.shift() ?? this.#takeLines()
    const lost =
      this.#lost === 0
        ? ''
        : `--- ${this.#lost} lines were not shown, since the terminal did not read; the transcript has them ---\n`
    this.#lost = 0
    if (text !== '') this.write(`${lost}${text}`)
  }

  /**
   * Drops what still waits and writes these last words at once; nothing is written afterwards. For signals and for the end: it returns
   * after `limitMs` at the latest, whether the terminal reads or not. Where it does not, a process stays that writes them once it does.
   */
  endWith(text: string, limitMs: number): void {
    if (this.#silenced) return
    this.#silenced = true
    this.#retry()
    let rest = Buffer.from(text)
    for (const endMs = performance.now() + limitMs; rest.length > 0; ) {
      try {
        rest = rest.subarray(writeSync(this.#file, rest))
      } catch (error) {
        if (!isAgain(error)) return
        if (performance.now() > endMs) {
          leaveToLater(this.#path, rest.toString('latin1'))
          return
        }
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      }
    }
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#writeAll(joinMoves(chunk), done)
  }

  /** What has gathered meanwhile goes in one piece: an update of the screen is not torn. */
  override _writev(chunks: readonly { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#writeAll(joinMoves(Buffer.concat(chunks.map(({ chunk }) => chunk))), done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#silenced = true
    this.#retry()
    // A write on its way would reach whatever is opened next under this number.
    if (this.#isWriting) this.#closeAfter = true
    else closeSync(this.#file)
    done(error)
  }

  #writeAll(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (this.#silenced || bytes.length === 0) {
      // Before the stream hears of the end: `drain` is to say that nothing waits at all.
      if (!this.#silenced) this.#writeNextPiece()
      done()
      return
    }
    this.#isWriting = true
    write(this.#file, bytes, (error, written) => {
      this.#isWriting = false
      if (this.#closeAfter) closeSync(this.#file)
      if (error !== null && !isAgain(error)) done(this.#silenced ? null : error)
      else if (error !== null) this.#later(() => this.#writeAll(bytes, done))
      else this.#writeAll(bytes.subarray(written), done)
    })
  }

  #later(work: () => void): void {
    if (this.#silenced) {
      work()
      return
    }
    this.#onAgain = work
    this.#again = setTimeout(() => this.#retry(), AGAIN_MS)
  }

  /** Goes on with the write that waits for the terminal: once it is silenced, by dropping it. */
  #retry(): void {
    if (this.#again !== null) clearTimeout(this.#again)
    this.#again = null
    const work = this.#onAgain
    this.#onAgain = null
    work?.()
  }
}

/**
 * Ink goes over each row that has not changed by a sequence of its own: 50 of them a second for the clock alone. One sequence with
 * their number moves the cursor as far.
 */
function joinMoves(bytes: Buffer): Buffer {
  if (bytes.indexOf(MOVE) === -1) return bytes
  const text = bytes.toString('latin1')
  return Buffer.from(
    text.replace(MOVES, moves => `\u001b[${moves.length / MOVE.length}E`),
    'latin1',
  )
}

/** To the beginning of the next row. */
const MOVE = '\u001b[E'
const MOVES = /(?:\u001b\[E){2,}/g

function isAgain(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN'
}
