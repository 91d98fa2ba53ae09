import { type Instance, render } from 'ink'
import type { Answer, Conversation, EditorAnswer, Ending, Runbook, Speaker } from '../model/index.ts'
import { stepsOf } from '../model/index.ts'
import { App } from './app/App.tsx'
import { isField, modeOf } from './keys/keys.ts'
import { createBook } from './output/book.ts'
import type { RunRecord } from './output/record.ts'
import { reduce } from './reduce/reduce.ts'
import type { KeyMap } from './scene/actions.ts'
import type { Copyable } from './scene/copyable.ts'
import { isUnmarkedPaste, type KeyPress } from './state/key-press.ts'
import { type Effect, initialState, type ScreenEvent, type ScreenState, type Size } from './state/screen-state.ts'
import type { Notifier } from './terminal/attention.ts'
import { createCaller, pushTitle } from './terminal/calling.ts'
import { osc52 } from './terminal/clipboard.ts'
import { type EditScript, NO_EDITOR } from './terminal/editing.ts'
import { leaveOnce, type TerminalOutput } from './terminal/leave.ts'
import { handoverText, type Lending } from './terminal/lend.ts'
import { createPace } from './terminal/pace.ts'
import { createPossession } from './terminal/possession.ts'
import { createReader } from './terminal/reader.ts'
import { ScreenInput, type TerminalInput } from './terminal/screen-input.ts'
import { cleanLines } from './text/clean.ts'
import { viewOf } from './view/view.ts'

export { runStartScreen } from './start-screen.tsx'
export { notifierOf } from './terminal/attention.ts'
export type { TerminalOutput } from './terminal/leave.ts'

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
    /** Keys as the person's configuration has them; left out where it moves none. */
    readonly keys?: KeyMap
    /** A phrase may be pasted, as a person's own configuration permits it; left out where it may not. */
    readonly allowPaste?: boolean
    /** How this terminal takes a notification for the desktop; null where it is not known to take any. */
    readonly notifier?: Notifier | null
    /** Told first, until the next key; left out where there is nothing to tell. */
    readonly notice?: string | null
  }
  /** The run's journal, to be read again; without it there is only what was seen since. */
  readonly record?: RunRecord
  /** The processes of the script that runs; without it nobody is told of them. */
  readonly processes?: () => Promise<{ readonly pid: number; readonly children: number } | null>
  /** Commands that the finish screen names, such as the one that verifies the transcript. */
  readonly next?: readonly string[]
  /** Opens the terminal's input anew, behind somebody else who had the terminal; without it nobody gets it. */
  readonly reopen?: () => TerminalInput
  /** Opens the editor on a script, with the terminal to itself; without it `e` says that it cannot. */
  readonly editScript?: EditScript
  /** Tells somebody who looks elsewhere, by a command of their own. */
  readonly call?: (text: string) => void
  /** Gives a text to the clipboard by a program, and names it; null where none took it. */
  readonly copy?: (text: string) => Promise<string | null>
  /** Stops this program, as Ctrl-Z does, and resolves once it goes on; without it the key does nothing. */
  readonly stopHere?: () => Promise<void>
  /** True where whoever called goes on with the same run in plain mode; without it `l` says that it cannot. */
  readonly canGoPlain?: boolean
  /** Lends the terminal to scripts; without it none gets it. */
  readonly lend?: {
    /** Gets what is told when a script takes the terminal and brings it back; returns the function that ends it. */
    hold(lending: Lending): () => void
  }
  /** Gets the function that leaves the screen: synchronous, idempotent, for signal handlers; and whether somebody else has the terminal. */
  readonly onEnter?: (leave: () => void, isAway: () => boolean) => void
}

/** A burst of resizes can leave old rows; the screen is drawn anew once it has settled. */
const SETTLED_MS = 100
const TICK_MS = 1000

/**
 * Walks a run in the full screen until it has ended or was paused, or until somebody wants to go on in plain mode. The screen is
 * left and the terminal restored on every path out of here.
 *
 * @throws what `Conversation.say` rejects with, such as a journal that cannot be written, after the screen was left.
 */
export async function runFullScreen(screen: FullScreen): Promise<Ending | 'to-plain'> {
  const { conversation, speaker, stdout, clock, options } = screen
  const book = createBook(conversation.runbook, screen.record ?? null)
  const input = new ScreenInput(screen.stdin, after)
  const finished = Promise.withResolvers<'leave' | 'to-plain'>()
  const { runbook } = conversation
  let state: ScreenState = {
    ...initialState(runbook, conversation.snapshot(), sizeOf(stdout), clock.nowMs(), options.keys),
    message: options.notice ?? null,
    allowPaste: options.allowPaste === true,
  }
  let instance: Instance | null = null
  let over = false
  let flushing = 0
  let settleTimer: NodeJS.Timeout | null = null

  const caller = createCaller(stdout, options.title, options.notifier ?? null, () => clock.nowMs(), screen.call)
  const possession = createPossession(
    input,
    stdout,
    screen.reopen ?? null,
    after,
    () => over,
    typed => {
      caller.forgetTitle()
      dispatch({ kind: typed ? 'back' : 'resize', size: sizeOf(stdout), atMs: clock.nowMs() })
      callAttention(state)
      redraw()
    },
  )

  /** How far the keys may scroll, as it was drawn last. */
  let farthest = 0
  const view = () => {
    const drawn = viewOf({
      state,
      book,
      ascii: options.ascii,
      canGoPlain: screen.canGoPlain === true,
      next: screen.next ?? ['signoff verify --all'],
    })
    farthest = drawn.farthest
    return drawn
  }
  const app = () => (
    <App view={view()} color={options.color} onKeys={onKeys} onPaste={onPaste} onSuspend={possession.offer} />
  )
  const draw = (): void => {
    if (instance === null || over || possession.isAway()) return
    instance.rerender(app())
    const { version, openAtMs } = state.guard
    if (openAtMs !== null || flushing === version) return
    // The question takes answers only once it is known to have left for the terminal.
    flushing = version
    void instance.waitUntilRenderFlush().then(() => dispatch({ kind: 'painted', version, atMs: clock.nowMs() }))
  }
  const pace = createPace({
    draw,
    isBehind: () => stdout.isBehind === true,
    commit() {
      // When the script last said something is no entry: without it the screen would tell of a silence that is none.
      apply({ kind: 'snapshot', snapshot: conversation.snapshot(), atMs: clock.nowMs() })
      return reader.readOn(state)
    },
    after,
  })
  const callAttention = (before: ScreenState): void => {
    if (instance === null || over || possession.isAway() || stdout.isBehind === true) return
    caller.tell(before, state)
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
    pace.now()
  }
  const onKeys = (keys: readonly KeyPress[]): void => {
    if (isUnmarkedPaste(keys) && !isField(modeOf(state)) && !possession.isAway()) {
      onPaste(keys.map(({ text }) => text ?? '').join(''))
      return
    }
    for (const key of keys) {
      // What was typed behind the key that gave the terminal away was not typed for what comes back.
      if (possession.isAway()) return
      apply({ kind: 'key', key, atMs: clock.nowMs(), farthest })
    }
    if (keys.length > 0) pace.now()
  }
  const onPaste = (text: string): void => dispatch({ kind: 'paste', text, atMs: clock.nowMs() })
  const told = (message: string): void => {
    if (!over) dispatch({ kind: 'told', message, atMs: clock.nowMs() })
  }
  const reader = createReader(
    book,
    () => clock.nowMs(),
    event => {
      if (!over) dispatch(event)
    },
    error => told(`the record cannot be read: ${error instanceof Error ? error.message : String(error)}`),
  )
  const lookAtProcesses = async (): Promise<void> => {
    const found = (await screen.processes?.()) ?? null
    if (!over) dispatch({ kind: 'processes', found, atMs: clock.nowMs() })
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
    if (instance === null || over || possession.isAway()) return
    // Ink erases upwards from where it believes the cursor to be: the last row of its frame.
    stdout.write(`\u001b[${state.size.rows};1H`)
    instance.clear()
    instance.rerender(app())
  }
  const inEditor = async (script: string, step: string): Promise<EditorAnswer> => {
    if (screen.editScript === undefined || screen.reopen === undefined) return NO_EDITOR
    const { editScript } = screen
    return possession.during(() => editScript(script, stepName(conversation.runbook, step)))
  }
  const edit = async (step: string): Promise<void> => {
    const began = conversation.scriptToEdit(step)
    const answer: EditorAnswer = began.ok ? await inEditor(began.script, step) : { kind: 'problem', why: began.why }
    dispatch({ kind: 'edited', step, was: began.ok ? began.script : '', answer, atMs: clock.nowMs() })
  }
  const stopHere = async (): Promise<void> => {
    if (screen.stopHere !== undefined && !possession.isAway()) await possession.during(screen.stopHere)
  }
  const copy = async ({ what, text }: Copyable): Promise<void> => {
    const program = (await screen.copy?.(text)) ?? null
    if (program === null) stdout.write(osc52(text))
    const how = program === null ? 'sent to the terminal (OSC 52)' : `copied with ${program}`
    dispatch({ kind: 'told', message: `${how}: ${what}. Y prints it, should nothing arrive`, atMs: clock.nowMs() })
  }
  const print = ({ what, text }: Copyable): Promise<void> =>
    possession.print([...cleanLines(text), '', `This was ${what}. Any key comes back.`])
  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'say':
        say(effect.answer)
        return
      case 'edit':
        edit(effect.step).catch(finished.reject)
        return
      case 'read':
      case 'find':
      case 'look-for-error':
        reader.perform(effect)
        return
      case 'copy-lines':
        reader.textOf(effect.lines).then(
          copyable => perform({ kind: effect.how, copyable }),
          error => told(`the record cannot be read: ${String(error)}`),
        )
        return
      case 'look-at-processes':
        lookAtProcesses().catch(error => told(String(error)))
        return
      case 'redraw':
        redraw()
        return
      case 'leave':
        finished.resolve('leave')
        return
      case 'to-plain':
        if (screen.canGoPlain === true) finished.resolve('to-plain')
        return
      case 'copy':
        copy(effect.copyable).catch(finished.reject)
        return
      case 'print':
        print(effect.copyable).catch(finished.reject)
        return
      case 'stop-here':
        stopHere().catch(finished.reject)
        return
      default:
        effect satisfies never
    }
  }
  const onTick = (): void => {
    apply({ kind: 'tick', atMs: clock.nowMs() })
    pace.clock()
  }
  const onResize = (): void => {
    dispatch({ kind: 'resize', size: sizeOf(stdout), atMs: clock.nowMs() })
    if (settleTimer !== null) clearTimeout(settleTimer)
    settleTimer = setTimeout(redraw, SETTLED_MS)
  }

  const lending: Lending = {
    async letGo({ step, recorded }) {
      await possession.lend()
      stdout.write(`${handoverText(conversation.runbook, step, recorded)}\r\n`)
    },
    takeBack: possession.takeBack,
  }

  const leave = leaveOnce(stdout, input, options.title, () => instance)
  const unsubscribe = conversation.onEntry((entry, snapshot) => {
    book.take(entry, snapshot)
    const { kind } = entry.event
    if (kind !== 'output' && kind !== 'output.late') dispatch({ kind: 'snapshot', snapshot, atMs: clock.nowMs() })
    if (!possession.isAway()) pace.output()
  })
  const unsubscribePassing = conversation.onPassing(event => {
    book.pass(event)
    if (!possession.isAway()) pace.output()
  })
  const letHold = screen.lend?.hold(lending)
  const tick = setInterval(onTick, TICK_MS)
  stdout.on('resize', onResize)
  stdout.on('drain', pace.drained)
  conversation.ended.then(ending => dispatch({ kind: 'ended', ending, atMs: clock.nowMs() }), finished.reject)
  try {
    const leaveForGood = (): void => {
      leave()
      // A run that has ended already says nothing more that would end this walk: its clock must not keep the process.
      finished.resolve('leave')
    }
    screen.onEnter?.(leaveForGood, possession.isAway)
    if (options.title !== null) stdout.write(pushTitle(options.title))
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
    // What a component throws ends Ink, and must not leave anybody waiting in front of an empty screen.
    instance.waitUntilExit().catch(finished.reject)
    pace.now()
    // A run that goes on shows what its script has said before.
    reader.readOn(state)
    // Where the cursor stood before is not known for sure: the first frame is drawn once more from the top.
    void instance.waitUntilRenderFlush().then(redraw)
    const how = await finished.promise
    over = true
    return how === 'to-plain' ? how : await conversation.ended
  } finally {
    over = true
    clearInterval(tick)
    pace.close()
    if (settleTimer !== null) clearTimeout(settleTimer)
    stdout.removeListener('resize', onResize)
    stdout.removeListener('drain', pace.drained)
    unsubscribe()
    unsubscribePassing()
    letHold?.()
    leave()
  }
}

function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}

function stepName(runbook: Runbook, id: string): string {
  return stepsOf(runbook).find(step => step.id === id)?.position ?? id
}

function sizeOf(stdout: TerminalOutput): Size {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 }
}
