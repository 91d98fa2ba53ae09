import { createInputFilter, ESCAPE_WAIT_MS, PASTE_WAIT_MS } from './terminal-input.ts'

/** The terminal that keys come from, as Node gives it. */
export interface TerminalInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean
  setRawMode?(mode: boolean): unknown
  ref?(): unknown
  unref?(): unknown
  destroy?(): unknown
}

/** Calls back once after some time; gives the function that cancels it. */
export type After = (ms: number, callback: () => void) => () => void

/**
 * The input that Ink reads: the terminal behind an input filter, as much of a stream as Ink asks of one (`readable`,
 * `read`, raw mode). `close` gives the terminal back as it was found, without raw mode and without a listener of ours;
 * it may be called twice.
 */
export class ScreenInput {
  readonly isTTY = true
  #terminal: TerminalInput
  readonly #after: After
  readonly #filter = createInputFilter()
  readonly #decoder = new TextDecoder()
  readonly #listeners = new Set<() => void>()
  readonly #ready: string[] = []
  readonly #take: (chunk: string | Buffer) => void
  #cancel: (() => void) | null = null
  #closed = false
  #held = false
  #diverted: (() => void) | null = null

  constructor(terminal: TerminalInput, after: After) {
    this.#terminal = terminal
    this.#after = after
    this.#take = chunk => {
      const text = typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true })
      // The first bytes of a character that never comes whole are a key as well.
      if (text === '' && this.#diverted !== null) this.#diverted()
      else this.#filtered(text)
    }
    terminal.on('data', this.#take)
    // Whoever asked the terminal something before has paused it.
    terminal.resume()
  }

  addListener(event: string, listener: () => void): this {
    if (event === 'readable') this.#listeners.add(listener)
    // Keys typed before Ink listened are not lost: the guard says that they were early.
    if (event === 'readable' && this.#ready.length > 0) listener()
    return this
  }

  removeListener(event: string, listener: () => void): this {
    if (event === 'readable') this.#listeners.delete(listener)
    return this
  }

  read(): string | null {
    return this.#ready.shift() ?? null
  }

  /** It gives text in any case. */
  setEncoding(): this {
    return this
  }

  setRawMode(mode: boolean): this {
    if (!this.#held && this.#diverted === null) this.#terminal.setRawMode?.(mode)
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

  /**
   * Closes the terminal until `goOn`: another process is to have every key, and a stream that is only paused still takes the next
   * one. What was read before is dropped.
   */
  hold(): void {
    if (this.#closed || this.#held) return
    this.#held = true
    this.#cancel?.()
    this.#filter.flush()
    this.#terminal.removeListener('data', this.#take)
    this.#terminal.destroy?.()
    this.#ready.length = 0
  }

  /** Goes on with the terminal as it was opened anew. */
  goOn(terminal: TerminalInput): void {
    if (this.#closed || !this.#held) return
    this.#held = false
    this.#terminal = terminal
    terminal.on('data', this.#take)
  }

  /**
   * Tells of each key instead of handing it on, until the function that is given is called. The terminal stays as it is, in raw mode,
   * whatever Ink says meanwhile: without it a key would be echoed into what is read, and Ctrl-C or Ctrl-Z would be a signal.
   */
  divert(onKey: () => void): () => void {
    this.#cancel?.()
    this.#cancel = null
    this.#filter.flush()
    this.#ready.length = 0
    this.#diverted = onKey
    return () => {
      this.#diverted = null
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#cancel?.()
    if (this.#held) return
    this.#terminal.removeListener('data', this.#take)
    this.#terminal.setRawMode?.(false)
    this.#terminal.pause()
  }

  #filtered(text: string): void {
    this.#cancel?.()
    this.#cancel = null
    this.#pass(this.#filter.push(text))
    if (this.#filter.waiting === 'nothing') return
    this.#cancel = this.#after(this.#filter.waiting === 'paste' ? PASTE_WAIT_MS : ESCAPE_WAIT_MS, () => {
      this.#cancel = null
      this.#pass(this.#filter.flush())
    })
  }

  #pass(text: string): void {
    if (text === '' || this.#closed) return
    if (this.#diverted !== null) {
      this.#diverted()
      return
    }
    this.#ready.push(text)
    for (const listener of this.#listeners) listener()
  }
}
