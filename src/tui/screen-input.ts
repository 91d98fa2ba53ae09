import { Readable } from 'node:stream'
import { createInputFilter, ESCAPE_WAIT_MS, PASTE_WAIT_MS } from './terminal-input.ts'

/** The terminal that keys come from, as Node gives it. */
export interface TerminalInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean
  setRawMode?(mode: boolean): unknown
  ref?(): unknown
  unref?(): unknown
}

/**
 * The stream that Ink reads: the terminal behind an input filter. `close` gives the terminal back as it was found,
 * without raw mode and without a listener of ours; it may be called twice.
 */
export class ScreenInput extends Readable {
  readonly isTTY = true
  readonly #terminal: TerminalInput
  readonly #filter = createInputFilter()
  readonly #decoder = new TextDecoder()
  readonly #take: (chunk: string | Buffer) => void
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(terminal: TerminalInput) {
    super({ encoding: 'utf8' })
    this.#terminal = terminal
    this.#take = chunk => this.#read(typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true }))
    terminal.on('data', this.#take)
  }

  override _read(): void {}

  setRawMode(mode: boolean): this {
    this.#terminal.setRawMode?.(mode)
    return this
  }

  ref(): this {
    this.#terminal.ref?.()
    return this
  }

  unref(): this {
    this.#terminal.unref?.()
    return this
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#terminal.removeListener('data', this.#take)
    this.#terminal.setRawMode?.(false)
    this.#terminal.pause()
  }

  #read(text: string): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#pass(this.#filter.push(text))
    if (this.#filter.waiting === 'nothing') return
    const waitMs = this.#filter.waiting === 'paste' ? PASTE_WAIT_MS : ESCAPE_WAIT_MS
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#pass(this.#filter.flush())
    }, waitMs)
  }

  #pass(text: string): void {
    if (text !== '' && !this.#closed) this.push(text)
  }
}
