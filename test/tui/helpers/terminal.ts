import { type IPty, spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

/** A question takes answers only 300 ms after its first paint. */
const READ_MS = 500
/** Letters that come sooner behind a field, or behind letters that were dropped, are taken for typed on. */
const PAUSE_MS = 1200

/** A program in a real pseudo-terminal, its screen read through an emulator. */
export class TestTerminal {
  /** Every byte that the program has written. */
  bytes = ''
  readonly pid: number
  /** Answers queries in the emulator's place; null leaves the answer to it. */
  replies: (query: string) => string | null = () => null
  readonly exited: Promise<number>
  #gone = false
  #starts = false
  readonly #pty: IPty
  readonly #screen: InstanceType<typeof xterm.Terminal>

  constructor(
    file: string,
    args: readonly string[],
    size: { readonly columns: number; readonly rows: number },
    env: NodeJS.ProcessEnv = {},
    cwd = process.cwd(),
  ) {
    const { columns: cols, rows } = size
    this.#screen = new xterm.Terminal({ cols, rows, allowProposedApi: true })
    this.#pty = spawn(file, [...args], {
      cols,
      rows,
      cwd,
      env: { ...process.env, TERM: 'xterm-256color', ...env },
      name: 'xterm-256color',
    })
    this.pid = this.#pty.pid
    this.#pty.onData(data => {
      this.bytes += data
      const query = /\u001b\[6n/.exec(data)?.[0]
      const reply = query === undefined ? null : this.replies(query)
      if (reply !== null) this.#pty.write(reply)
      this.#screen.write(reply === null ? data : data.replace('\u001b[6n', ''), () => this.#pressWhenSeen())
    })
    this.#screen.onData(reply => this.#pty.write(reply))
    this.exited = new Promise(resolve => {
      this.#pty.onExit(({ exitCode }) => {
        resolve(exitCode)
        // Its last bytes may still be on their way to the emulator.
        setTimeout(() => {
          this.#gone = true
        }, 500)
      })
    })
  }

  /** Writes bytes in one piece, as a terminal does. */
  send(text: string): void {
    this.#pty.write(text)
  }

  /** Begins the run as soon as the screen before it takes keys. */
  startsAtOnce(): this {
    this.#starts = true
    return this
  }

  #pressWhenSeen(): void {
    if (!this.#starts || !/Enter starts the run/.test(this.text())) return
    this.#starts = false
    // As a person would, who has read it, and again where nothing came of it.
    const press = (): void => {
      if (this.#gone || !/Enter starts the run/.test(this.text())) return
      this.send('\r')
      setTimeout(press, READ_MS)
    }
    setTimeout(press, READ_MS)
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  /** Reads nothing any more, as a connection that hangs; `false` goes on. */
  freeze(frozen: boolean): void {
    if (frozen) this.#pty.pause()
    else this.#pty.resume()
  }

  signal(name: string): void {
    this.#pty.kill(name)
  }

  rows(): string[] {
    return this.#lines().map(line => line?.translateToString(true) ?? '')
  }

  /** What can be read there: a line that was too long for a row is whole, since no awaited words may depend on where it broke. */
  text(): string {
    const lines = this.#lines()
    return lines
      .map(
        (line, row) =>
          `${line?.isWrapped === true && row > 0 ? '' : '\n'}${line?.translateToString(lines[row + 1]?.isWrapped !== true) ?? ''}`,
      )
      .join('')
      .slice(1)
  }

  #lines() {
    const buffer = this.#screen.buffer.active
    return Array.from({ length: this.#screen.rows }, (_, row) => buffer.getLine(buffer.baseY + row))
  }

  get isAlternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate'
  }

  /** The question stands there, and has for as long as a person takes to read it: before, it takes no answer. */
  async asked(what: RegExp, waitMs = 20_000): Promise<void> {
    let since = 0
    await this.until(() => {
      if (!what.test(this.text())) since = 0
      else if (since === 0) since = Date.now()
      return since > 0 && Date.now() - since >= READ_MS
    }, waitMs)
  }

  /** Answers a question; a program that was too busy to take it says so, and it is sent again, as a person would. */
  async answer(what: RegExp, text: string): Promise<void> {
    for (;;) {
      await this.asked(what)
      const before = withoutClock(this.text())
      this.send(text)
      await this.until(() => withoutClock(this.text()) !== before)
      // Of a message that stood there already only its number changes.
      const dropped = DROPPED.exec(this.text())?.[0]
      if (dropped === undefined || dropped === DROPPED.exec(before)?.[0]) return
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
      if (DEAF.test(this.text())) this.send('\r')
    }
  }

  /** Waits for something to appear, never for time; fails with what stands there instead. */
  async until(what: RegExp | (() => boolean), waitMs = 20_000): Promise<void> {
    const holds = () => (what instanceof RegExp ? what.test(this.text()) : what())
    for (const endMs = Date.now() + waitMs; !holds(); ) {
      if (Date.now() > endMs || this.#gone)
        throw new Error(`waited for ${String(what)}; the screen is:\n${this.text()}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  /** Resolves at the moment in which the alternate screen is left, of what was written behind `from`. */
  async leaves(from: number): Promise<void> {
    while (!this.bytes.includes('\u001b[?1049l', from)) {
      if (this.#gone) throw new Error('it ended before it left the screen')
      await new Promise(setImmediate)
    }
  }

  /** Closes the terminal under the program, as the window of a person's terminal is closed. */
  hangUp(): void {
    const closed = this.#pty as IPty & { destroy(): void }
    closed.destroy()
  }

  close(): void {
    this.#pty.kill('SIGKILL')
    this.#screen.dispose()
  }
}

const DROPPED =
  /ignored \d+ (?:keys?|lines?) typed before this question|the field is empty: type it whole|not taken: pause a second/
/** Beside a field that takes nothing until an Enter, since the beginning came too early. */
const DEAF = /is not taken: Enter, then type it/

function withoutClock(text: string): string {
  return text.replace(/\d\d:\d\d:\d\d/g, '')
}
