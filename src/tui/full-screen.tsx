import { type Instance, render } from 'ink'
import type { Answer, Conversation, Ending, Speaker } from '../model/index.ts'
import { App } from './app/App.tsx'
import { attentionFor } from './attention.ts'
import { cleanText } from './clean.ts'
import type { KeyPress } from './key-press.ts'
import { handoverText, type Lending } from './lend.ts'
import { createOutputRing } from './output-ring.ts'
import { ScreenInput, type TerminalInput } from './screen-input.ts'
import { type Effect, initialState, type ScreenEvent, type ScreenState, type Size } from './screen-state.ts'
import { reduce } from './state.ts'
import { viewOf } from './view.ts'

/** The terminal that is drawn on: a tty, whatever stdout is. */
export interface TerminalOutput extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export interface FullScreen {
  readonly conversation: Conversation
  readonly speaker: Speaker
  readonly stdin: TerminalInput
  readonly stdout: TerminalOutput
  readonly clock: { nowMs(): number }
  readonly options: {
    readonly ascii: boolean
    readonly color: boolean
    /** Title of the terminal window while the screen is up; null leaves the title alone. */
    readonly title: string | null
  }
  /** Commands that the finish screen names, such as the one that verifies the transcript. */
  readonly next?: readonly string[]
  /** Goes on with the same run in plain mode, after the screen was left; without it `l` says that it cannot. */
  readonly toPlain?: () => Promise<Ending>
  /** Lends the terminal to scripts; without it none gets it. */
  readonly lend?: {
    /** Gets what is told when a script takes the terminal and brings it back; returns the function that ends it. */
    hold(lending: Lending): () => void
    /** Opens the terminal's input anew, behind a script that had it. */
    reopen(): TerminalInput
  }
  /** Gets the function that leaves the screen: synchronous, idempotent, for signal handlers. */
  readonly onEnter?: (leave: () => void) => void
}

/** Output commits to the screen at most 5 times a second; keys and run events at once. */
const OUTPUT_COMMIT_MS = 200
/** A burst of resizes can leave old rows; the screen is drawn anew once it has settled. */
const SETTLED_MS = 100
const TICK_MS = 1000

/**
 * Walks a run in the full screen until it has ended or was paused. The screen is left and the terminal restored on
 * every path out of here.
 *
 * @throws what `Conversation.say` rejects with, such as a journal that cannot be written, after the screen was left.
 */
export async function runFullScreen(screen: FullScreen): Promise<Ending> {
  const { conversation, speaker, stdout, clock, options } = screen
  const ring = createOutputRing()
  const input = new ScreenInput(screen.stdin, (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  })
  const finished = Promise.withResolvers<'leave' | 'to-plain'>()
  let state: ScreenState = initialState(conversation.runbook, conversation.snapshot(), sizeOf(stdout), clock.nowMs())
  let instance: Instance | null = null
  let over = false
  let suspend: ((meanwhile: () => Promise<void>) => Promise<void>) | null = null
  /** Set while a script has the terminal: nothing of ours may be written to it. */
  let lent: { readonly end: () => void; readonly ended: Promise<void> } | null = null
  let flushing = 0
  let lastBellMs = Number.NEGATIVE_INFINITY
  let title = ''
  let outputTimer: NodeJS.Timeout | null = null
  let settleTimer: NodeJS.Timeout | null = null

  const app = () => (
    <App
      view={viewOf({
        state,
        output: ring,
        ascii: options.ascii,
        canGoPlain: screen.toPlain !== undefined,
        next: screen.next ?? ['signoff verify --all'],
      })}
      color={options.color}
      onKeys={onKeys}
      onPaste={text => dispatch({ kind: 'paste', text, atMs: clock.nowMs() })}
      onSuspend={onSuspend}
    />
  )
  const onSuspend = (given: (meanwhile: () => Promise<void>) => Promise<void>): void => {
    suspend = given
  }
  const paint = (): void => {
    if (instance === null || over || lent !== null) return
    instance.rerender(app())
    const { version, openAtMs } = state.guard
    if (openAtMs !== null || flushing === version) return
    // The question takes answers only once it is known to have left for the terminal.
    flushing = version
    void instance.waitUntilRenderFlush().then(() => dispatch({ kind: 'painted', version, atMs: clock.nowMs() }))
  }
  const callAttention = (before: ScreenState): void => {
    if (instance === null || over || lent !== null) return
    const called = attentionFor(before, state, options.title ?? '', lastBellMs)
    if (called.bell) {
      lastBellMs = clock.nowMs()
      stdout.write('\u0007')
    }
    if (options.title === null || called.title === title) return
    title = called.title
    stdout.write(`\u001b]2;${title}\u0007`)
  }
  const apply = (event: ScreenEvent): void => {
    const before = state
    const { state: next, effects } = reduce(state, event)
    state = next
    if (next.scene !== before.scene) callAttention(before)
    for (const effect of effects) perform(effect)
  }
  const dispatch = (event: ScreenEvent): void => {
    apply(event)
    paint()
  }
  const onKeys = (keys: readonly KeyPress[]): void => {
    for (const key of keys) apply({ kind: 'key', key, atMs: clock.nowMs() })
    if (keys.length > 0) paint()
  }
  const say = (answer: Answer): void => {
    conversation
      .say(answer, speaker)
      .then(
        reply => dispatch({ kind: 'reply', reply, snapshot: conversation.snapshot(), atMs: clock.nowMs() }),
        finished.reject,
      )
  }
  const redraw = (): void => {
    if (instance === null || over || lent !== null) return
    // Ink erases upwards from where it believes the cursor to be: the last row of its frame.
    stdout.write(`\u001b[${state.size.rows};1H`)
    instance.clear()
    instance.rerender(app())
  }
  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'say':
        say(effect.answer)
        return
      case 'redraw':
        redraw()
        return
      case 'leave':
        finished.resolve('leave')
        return
      case 'to-plain':
        if (screen.toPlain !== undefined) finished.resolve('to-plain')
        return
      default:
        effect satisfies never
    }
  }
  const onOutput = (): void => {
    outputTimer ??= setTimeout(() => {
      outputTimer = null
      dispatch({ kind: 'output', total: ring.total, atMs: clock.nowMs() })
    }, OUTPUT_COMMIT_MS)
  }
  const onResize = (): void => {
    dispatch({ kind: 'resize', size: sizeOf(stdout), atMs: clock.nowMs() })
    if (settleTimer !== null) clearTimeout(settleTimer)
    settleTimer = setTimeout(redraw, SETTLED_MS)
  }

  const lending: Lending = {
    async letGo({ step, recorded }) {
      if (suspend === null || over) throw new Error('the screen is not there')
      const back = Promise.withResolvers<void>()
      const gone = Promise.withResolvers<void>()
      const ended = suspend(() => {
        gone.resolve()
        return back.promise
      })
      lent = { end: back.resolve, ended }
      ended.catch(gone.reject)
      await gone.promise
      // Ink has let go of keys and screen; the stream is closed a turn after it was told to be.
      input.hold()
      await nextTurn()
      stdout.write(`${handoverText(conversation.runbook, step, recorded)}\r\n`)
    },
    async takeBack() {
      if (lent === null || over || screen.lend === undefined) return
      const { end, ended } = lent
      input.goOn(screen.lend.reopen())
      end()
      await ended
      lent = null
      title = ''
      dispatch({ kind: 'resize', size: sizeOf(stdout), atMs: clock.nowMs() })
      callAttention(state)
      redraw()
    },
  }

  const leave = leaveOnce(stdout, input, options.title, () => instance)
  const unsubscribe = conversation.onEntry(({ event }, snapshot) => {
    if (event.kind === 'output') {
      ring.push(event)
      if (lent === null) onOutput()
      return
    }
    if (event.kind === 'step.start') ring.start(event.step, event.attempt)
    dispatch({ kind: 'snapshot', snapshot, atMs: clock.nowMs() })
  })
  const letHold = screen.lend?.hold(lending)
  const tick = setInterval(() => dispatch({ kind: 'tick', atMs: clock.nowMs() }), TICK_MS)
  stdout.on('resize', onResize)
  conversation.ended.then(ending => dispatch({ kind: 'ended', ending, atMs: clock.nowMs() }), finished.reject)
  try {
    screen.onEnter?.(leave)
    if (options.title !== null) stdout.write(`\u001b[22;2t\u001b]2;${cleanText(options.title)}\u0007`)
    instance = render(app(), {
      // Ink asks no more of its input than `ScreenInput` has; the type asks for all of a terminal's stream.
      stdin: input as unknown as NodeJS.ReadStream,
      stdout: stdout as NodeJS.WriteStream,
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      maxFps: 30,
      interactive: true,
      isScreenReaderEnabled: false,
    })
    paint()
    const how = await finished.promise
    over = true
    if (how === 'to-plain' && screen.toPlain !== undefined) {
      leave()
      unsubscribe()
      letHold?.()
      return await screen.toPlain()
    }
    return await conversation.ended
  } finally {
    over = true
    clearInterval(tick)
    if (outputTimer !== null) clearTimeout(outputTimer)
    if (settleTimer !== null) clearTimeout(settleTimer)
    stdout.removeListener('resize', onResize)
    unsubscribe()
    letHold?.()
    leave()
  }
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** Leaves the alternate screen and gives the terminal back: once, whoever calls it first. */
function leaveOnce(
  stdout: TerminalOutput,
  input: ScreenInput,
  title: string | null,
  instance: () => Instance | null,
): () => void {
  let left = false
  return () => {
    if (left) return
    left = true
    try {
      instance()?.unmount()
    } finally {
      input.close()
      // Ink takes bracketed paste back only after React's effects have run, which a signal does not wait for.
      stdout.write(`\u001b[?2004l\u001b[0m\u001b[?25h${title === null ? '' : '\u001b[23;2t'}`)
    }
  }
}

function sizeOf(stdout: TerminalOutput): Size {
  return { columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 }
}
