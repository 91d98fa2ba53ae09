import type { EditorAnswer } from '../../../src/model/index.ts'
import { createOutputRing } from '../../../src/tui/output/ring.ts'
import { reduce } from '../../../src/tui/reduce/reduce.ts'
import type { KeyPress } from '../../../src/tui/state/key-press.ts'
import { initialState, type ScreenEvent, type ScreenState } from '../../../src/tui/state/screen-state.ts'
import { paintLine } from '../../../src/tui/text/theme.ts'
import { viewOf } from '../../../src/tui/view/view.ts'
import { type FakeClock, type FakeRun, KIM } from './fake-run.ts'

/** Drives reducer and view over a fake run as the full screen does, without React and without a terminal. */
export class ScreenDriver {
  state: ScreenState
  readonly ring = createOutputRing()
  readonly effects: string[] = []
  /** What the person's editor makes of a script. */
  editor: (script: string) => EditorAnswer = () => ({ kind: 'unchanged' })
  readonly #run: FakeRun
  readonly #clock: FakeClock
  #pending: Promise<void>[] = []

  constructor(run: FakeRun, clock: FakeClock, size = { columns: 80, rows: 24 }) {
    this.#run = run
    this.#clock = clock
    this.state = initialState(run.runbook, run.snapshot(), size, clock.nowMs())
    run.onEntry(({ event }, snapshot) => {
      if (event.kind === 'output') {
        this.ring.push(event)
        this.#apply({ kind: 'output', total: this.ring.total, atMs: clock.nowMs() })
        return
      }
      if (event.kind === 'step.start') this.ring.start(event.step, event.attempt)
      this.#apply({ kind: 'snapshot', snapshot, atMs: clock.nowMs() })
    })
  }

  /** Presses keys at one moment: `enter`, `space`, `ctrl-c`, or text, a key a grapheme. */
  press(...names: string[]): this {
    for (const name of names) this.#apply({ kind: 'key', key: keyOf(name), atMs: this.#clock.nowMs() })
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
    while (this.#pending.length > 0) await Promise.all(this.#pending.splice(0))
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

  /** The rows of the screen as text. */
  rows(options: { readonly ascii?: boolean; readonly color?: boolean } = {}): string[] {
    const view = viewOf({
      state: this.state,
      output: this.ring,
      ascii: options.ascii ?? false,
      canGoPlain: true,
      next: ['signoff verify --all'],
    })
    const painted = view.lines.map(line => paintLine(line, options.color ?? false))
    return options.color === undefined ? painted.map(line => line.replace(/\u001b\[[0-9;]*m/g, '')) : painted
  }

  /** Row 2: what is needed now. */
  get needed(): string {
    return this.rows()[1] ?? ''
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
