import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'

/** A question takes answers only 300 ms after its first paint; a person has read it for longer. */
const READ_MS = 500
/** Letters that come sooner behind a field, or behind letters that were dropped, are taken for typed on. */
const PAUSE_MS = 1200
const POLL_MS = 25
/** How long is waited for what has to appear: nothing is measured by it, so that it may be long on a busy machine. */
const PATIENCE_MS = 20_000

export interface Size {
  readonly columns: number
  readonly rows: number
}

/**
 * An interactive bash in tmux, as a person has it, with a server of its own. It is looked at by what a person could see: rows of text, the
 * title, the cursor, the bell. Nothing here waits for time: all waiting is for something to stand there, up to a bound.
 */
export class Tmux {
  readonly #socket: string
  readonly #env: Readonly<Record<string, string>>
  readonly #bytes: string
  readonly #size: Size
  #commands = 0

  private constructor(folder: string, env: Readonly<Record<string, string>>, size: Size) {
    this.#socket = join(folder, 'tmux.socket')
    this.#bytes = join(folder, 'tmux.bytes')
    this.#env = env
    this.#size = size
  }

  /** @param folder for its socket and its record; nobody else's. */
  static async open(
    folder: string,
    cwd: string,
    env: Readonly<Record<string, string>>,
    size: Size = { columns: 80, rows: 24 },
  ): Promise<Tmux> {
    const tmux = new Tmux(folder, env, size)
    const { columns, rows } = size
    // A shell that is not interactive drops the prompt of the environment, and tmux starts its command by one.
    const shell = "exec env PS1='sh> ' bash --noprofile --norc -i"
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(tmux.#bytes, '')
    await tmux.#tmux('-u', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, '-c', cwd, shell)
    await tmux.#tmux('pipe-pane', '-o', `cat >> '${tmux.#bytes}'`)
    await tmux.until(/^sh>/m)
    return tmux
  }

  /** Types a command at the prompt and runs it; what it is waited for is up to the caller. */
  async command(line: string): Promise<void> {
    await this.type(line)
    await this.press('Enter')
  }

  /** Runs a command at the prompt to its end, and gives its exit code and what it printed. */
  async run(line: string): Promise<{ readonly exitCode: number; readonly text: string }> {
    const before = await this.bytes()
    await this.command(line)
    const exitCode = await this.ended()
    return { exitCode, text: (await this.bytes()).slice(before.length) }
  }

  /** Waits until the shell has the terminal again. Gives the exit code of what ended. */
  async ended(waitMs = PATIENCE_MS): Promise<number> {
    const mark = `ended-${++this.#commands}`
    await this.#until(async () => (await this.ask('#{pane_current_command}')) === 'bash', waitMs, 'the prompt')
    await this.command(`echo ${mark}=$?.`)
    const found = await this.until(new RegExp(`^${mark}=(\\d+)\\.`, 'm'))
    return Number(found[1])
  }

  /** Types text, all of it at once; no key names. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', '--', text)
  }

  /** Presses keys, all of them at once, by tmux's names: `Enter`, `Space`, `C-c`, `Escape`, `PageUp`. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', '--', ...keys)
  }

  async resize({ columns, rows }: Size): Promise<void> {
    await this.#tmux('resize-window', '-x', `${columns}`, '-y', `${rows}`)
  }

  /** The rows as they stand there, without spaces at their ends. */
  async rows(): Promise<string[]> {
    const text = await this.#tmux('capture-pane', '-p')
    return text.split('\n').slice(0, Number(await this.ask('#{pane_height}')))
  }

  /** What can be read there: a line that was too long for a row is whole, since no awaited words may depend on where it broke. */
  async text(): Promise<string> {
    // Joined rows come with the spaces at their ends.
    return (await this.#tmux('capture-pane', '-p', '-J')).replace(/ +$/gm, '').replace(/\n$/, '')
  }

  /** The same with its colours, as SGR. */
  async coloured(): Promise<string> {
    return this.#tmux('capture-pane', '-p', '-e')
  }

  /** Waits until the screen matches; gives the match. Fails with what stands there instead. */
  async until(what: RegExp, waitMs = PATIENCE_MS): Promise<RegExpExecArray> {
    let found: RegExpExecArray | null = null
    await this.#until(
      async () => {
        found = what.exec(await this.text())
        return found !== null
      },
      waitMs,
      String(what),
    )
    return found ?? expectFound()
  }

  /** Waits until the screen shows this no more. */
  async gone(what: RegExp, waitMs = PATIENCE_MS): Promise<void> {
    await this.#until(async () => !what.test(await this.text()), waitMs, `no ${String(what)}`)
  }

  /** Waits until this stands there, and has for as long as a person takes to read it: a question takes no answer before. */
  async asked(what: RegExp, waitMs = PATIENCE_MS): Promise<RegExpExecArray> {
    let since = 0
    let found: RegExpExecArray | null = null
    await this.#until(
      async () => {
        found = what.exec(await this.text())
        if (found === null) since = 0
        else if (since === 0) since = Date.now()
        return found !== null && Date.now() - since >= READ_MS
      },
      waitMs,
      String(what),
    )
    return found ?? expectFound()
  }

  /**
   * Answers a question by keys, or by text (`{ text }`), all at once. On a machine that is busy the question may not yet take
   * answers though it can be read; then the program says that it dropped them, and they are pressed again as a person would.
   */
  async answer(what: RegExp, ...keys: readonly (string | { readonly text: string })[]): Promise<void> {
    for (;;) {
      await this.asked(what)
      const before = withoutClock(await this.text())
      for (const key of keys) await (typeof key === 'string' ? this.press(key) : this.type(key.text))
      let after = before
      await this.#until(
        async () => {
          after = withoutClock(await this.text())
          return after !== before || !(await this.isScreen())
        },
        PATIENCE_MS,
        `an effect of ${JSON.stringify(keys)}`,
      )
      // Of a message that stood there already only its number changes.
      const dropped = DROPPED.exec(after)?.[0]
      if (dropped === undefined || dropped === DROPPED.exec(before)?.[0]) return
      await sleep(PAUSE_MS)
      if (DEAF.test(await this.text())) await this.press('Enter')
    }
  }

  /** The number before an option that stands there. */
  async numberOf(option: RegExp): Promise<string> {
    const found = await this.until(new RegExp(`(\\d) ${option.source}`))
    return found[1] ?? ''
  }

  /** True while a full screen has the terminal. */
  async isScreen(): Promise<boolean> {
    return (await this.ask('#{alternate_on}')) === '1'
  }

  /** Waits until the rows are as they should be. */
  async holds(what: (rows: readonly string[]) => boolean, waitMs = PATIENCE_MS): Promise<void> {
    await this.#until(async () => what(await this.rows()), waitMs, 'rows as they should be')
  }

  /** Process id of the program that has the terminal: a child of the shell. */
  async child(): Promise<number> {
    const shell = await this.ask('#{pane_pid}')
    const { stdout } = await execa('pgrep', ['-P', shell])
    return Number(stdout.split('\n')[0])
  }

  /** What tmux knows of the pane, such as `#{alternate_on}`. */
  async ask(format: string): Promise<string> {
    return (await this.#tmux('display-message', '-p', format)).replace(/\n$/, '')
  }

  /** Waits until tmux answers this. */
  async knows(format: string, what: RegExp, waitMs = PATIENCE_MS): Promise<void> {
    await this.#until(async () => what.test(await this.ask(format)), waitMs, `${format} to be ${String(what)}`)
  }

  /** Any other tmux command. */
  async tmux(...args: string[]): Promise<string> {
    return this.#tmux(...args)
  }

  /** Every byte that was written to the terminal so far. */
  async bytes(): Promise<string> {
    return existsSync(this.#bytes) ? readFileSync(this.#bytes, 'latin1') : ''
  }

  get size(): Size {
    return this.#size
  }

  /** Ends the server. What no program of ours may ever write is looked for in all that was written: it would clear the scrollback. */
  async close(): Promise<void> {
    await execa('tmux', ['-S', this.#socket, 'kill-server'], { reject: false })
    if ((await this.bytes()).includes('\u001b[3J')) throw new Error('ESC[3J was written to the terminal')
  }

  async #tmux(...args: string[]): Promise<string> {
    const { stdout } = await execa('tmux', ['-S', this.#socket, '-f', '/dev/null', ...args], {
      env: { ...this.#env, TERM: 'xterm-256color' },
      extendEnv: false,
      stripFinalNewline: false,
    })
    return stdout
  }

  async #until(holds: () => Promise<boolean>, waitMs: number, what: string): Promise<void> {
    for (const endMs = Date.now() + waitMs; !(await holds()); await sleep(POLL_MS))
      if (Date.now() > endMs) throw new Error(`waited for ${what}; the terminal shows:\n${await this.text()}`)
  }
}

const DROPPED =
  /ignored \d+ (?:keys?|lines?) typed before this question|the field is empty: type it whole|not taken: pause a second/
/** Beside a field that takes nothing until an Enter, since the beginning came too early. */
const DEAF = /is not taken: Enter, then type it/

function withoutClock(text: string): string {
  return text.replace(/\d\d:\d\d:\d\d/g, '')
}

function expectFound(): never {
  throw new Error('nothing was found')
}
