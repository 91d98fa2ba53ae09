import type { EditorAnswer } from '../../../src/model/index.ts'
import { createBook } from '../../../src/tui/output/book.ts'
import type { RunRecord } from '../../../src/tui/output/record.ts'
import { reduce } from '../../../src/tui/reduce/reduce.ts'
import type { KeyPress } from '../../../src/tui/state/key-press.ts'
import { initialState, type ScreenEvent, type ScreenState } from '../../../src/tui/state/screen-state.ts'
import { createReader, type Reader } from '../../../src/tui/terminal/reader.ts'
import { paintLine } from '../../../src/tui/text/theme.ts'
import { type View, viewOf } from '../../../src/tui/view/view.ts'
import { type FakeClock, type FakeRun, KIM } from './fake-run.ts'

/** Drives reducer and view over a fake run as the full screen does, without React and without a terminal. */
export class ScreenDriver {
  state: ScreenState
  readonly book
  readonly effects: string[] = []
  /** What `y` copied and `Y` printed. */
  readonly copied: string[] = []
  /** What the person's editor makes of a script. */
  editor: (script: string) => EditorAnswer = () => ({ kind: 'unchanged' })
  readonly #run: FakeRun
  readonly #clock: FakeClock
  readonly #reader: Reader
  #pending: Promise<unknown>[] = []

  constructor(run: FakeRun, clock: FakeClock, size = { columns: 80, rows: 24 }, record: RunRecord | null = null) {
    this.#run = run
    this.#clock = clock
    this.book = createBook(run.runbook, record)
    this.#reader = createReader(
      this.book,
      () => clock.nowMs(),
      event => this.#apply(event),
      error => {
        throw error
      },
    )
    this.state = initialState(run.runbook, run.snapshot(), size, clock.nowMs())
    run.onEntry((entry, snapshot) => {
      this.book.take(entry, snapshot)
      if (entry.event.kind !== 'output') this.#apply({ kind: 'snapshot', snapshot, atMs: clock.nowMs() })
      this.#reader.readOn(this.state)
    })
    run.onPassing(event => {
      this.book.pass(event)
      this.#reader.readOn(this.state)
    })
  }

  /** Presses keys at one moment: `enter`, `space`, `ctrl-c`, or text, a key a grapheme. */
  press(...names: string[]): this {
    for (const name of names) {
      // Only what scrolls asks how far: a view for every key would cost a test of thousands of keys its time.
      const farthest = MOVING.has(name) ? this.#view().farthest : 0
      this.#apply({ kind: 'key', key: keyOf(name), atMs: this.#clock.nowMs(), farthest })
    }
    return this
  }

  type(text: string): this {
    return this.press(...text)
  }

  paste(text: string): this {
    this.#apply({ kind: 'paste', text, atMs: this.#clock.nowMs() })
    return this
  }

  /** Everything said is recorded, the screen is painted, and the person has had a second to read it. */
  async settle(): Promise<this> {
    do {
      await Promise.all(this.#pending.splice(0))
      // What is read for the screen comes a few turns later.
      for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
    } while (this.#pending.length > 0)
    this.paint()
    this.#clock.pass(1000)
    return this
  }

  paint(): this {
    this.#apply({ kind: 'painted', version: this.state.guard.version, atMs: this.#clock.nowMs() })
    return this
  }

  tick(): this {
    this.#apply({ kind: 'tick', atMs: this.#clock.nowMs() })
    return this
  }

  resize(columns: number, rows: number): this {
    this.#apply({ kind: 'resize', size: { columns, rows }, atMs: this.#clock.nowMs() })
    return this
  }

  /** The terminal is the screen's again. */
  back(): this {
    this.#apply({ kind: 'back', size: this.state.size, atMs: this.#clock.nowMs() })
    return this
  }

  /** The rows of the screen as text. */
  rows(options: { readonly ascii?: boolean; readonly color?: boolean } = {}): string[] {
    const view = this.#view(options.ascii ?? false)
    const painted = view.lines.map(line => paintLine(line, options.color ?? false))
    return options.color === undefined ? painted.map(line => line.replace(/\u001b\[[0-9;]*m/g, '')) : painted
  }

  /** Row 2: what is needed now. */
  get needed(): string {
    return this.rows()[1] ?? ''
  }

  #view(ascii = false): View {
    return viewOf({ state: this.state, book: this.book, ascii, canGoPlain: true, next: ['signoff verify --all'] })
  }

  #edit(step: string): void {
    const began = this.#run.scriptToEdit(step)
    const was = began.ok ? began.script : ''
    const answer: EditorAnswer = began.ok ? this.editor(was) : { kind: 'problem', why: began.why }
    this.#pending.push(
      Promise.resolve().then(() => this.#apply({ kind: 'edited', step, was, answer, atMs: this.#clock.nowMs() })),
    )
  }

  #apply(event: ScreenEvent): void {
    const { state, effects } = reduce(this.state, event)
    this.state = state
    for (const effect of effects) {
      this.effects.push(effect.kind)
      if (effect.kind === 'edit') this.#edit(effect.step)
      if (effect.kind === 'read' || effect.kind === 'find' || effect.kind === 'look-for-error')
        this.#reader.perform(effect)
      if (effect.kind === 'copy' || effect.kind === 'print') this.copied.push(effect.copyable.text)
      if (effect.kind === 'copy-lines')
        this.#pending.push(this.#reader.textOf(effect.lines).then(({ text }) => this.copied.push(text)))
      if (effect.kind !== 'say') continue
      const said = this.#run
        .say(effect.answer, KIM)
        .then(reply => this.#apply({ kind: 'reply', reply, snapshot: this.#run.snapshot(), atMs: this.#clock.nowMs() }))
      this.#pending.push(said)
    }
  }
}

function keyOf(name: string): KeyPress {
  if (name === ' ' || name === 'space') return { name: 'space', text: ' ' }
  const named = name.length > 1 && /^[a-z-]+$/.test(name)
  return named ? { name, text: null } : { name, text: name }
}

const MOVING = new Set(['j', 'k', 'g', 'G', 'up', 'down', 'home', 'end', 'pageup', 'pagedown', 'ctrl-u', 'ctrl-d'])
