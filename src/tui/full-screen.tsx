import type { Ending } from '../model/index.ts'
import { createDrawing } from './app/drawing.tsx'
import type { FullScreen } from './full-screen-parts.ts'
import { isField, modeOf } from './keys/keys.ts'
import { createBook } from './output/book.ts'
import { createPerformer } from './performing.ts'
import { reduce } from './reduce/reduce.ts'
import { isUnmarkedPaste, type KeyPress } from './state/key-press.ts'
import { initialState, type ScreenEvent, type ScreenState, type Size } from './state/screen-state.ts'
import { createCaller, pushTitle } from './terminal/calling.ts'
import { leaveOnce, type TerminalOutput } from './terminal/leave.ts'
import { handoverText, type Lending } from './terminal/lend.ts'
import { createPace } from './terminal/pace.ts'
import { createPossession } from './terminal/possession.ts'
import { createReader } from './terminal/reader.ts'
import { ScreenInput } from './terminal/screen-input.ts'
import { viewOf } from './view/view.ts'

export { runStartScreen } from './start-screen.tsx'
export { notifierOf } from './terminal/attention.ts'
export type { TerminalOutput } from './terminal/leave.ts'

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
  const { conversation, stdout, clock, options } = screen
  const book = createBook(conversation.runbook, screen.record ?? null)
  const input = new ScreenInput(screen.stdin, after)
  const finished = Promise.withResolvers<'leave' | 'to-plain'>()
  const { runbook } = conversation
  let state: ScreenState = {
    ...initialState(runbook, conversation.snapshot(), sizeOf(stdout), clock.nowMs(), options.keys),
    message: options.notice ?? null,
    allowPaste: options.allowPaste === true,
  }
  let over = false
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
      drawing.redraw()
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
  const drawing = createDrawing({
    stdout,
    color: options.color,
    view,
    guard: () => state.guard,
    isShut: () => over || possession.isAway(),
    onPainted: version => dispatch({ kind: 'painted', version, atMs: clock.nowMs() }),
    onKeys: keys => onKeys(keys),
    onPaste: text => onPaste(text),
    onSuspend: possession.offer,
  })
  const pace = createPace({
    draw: drawing.draw,
    drawClock: drawing.drawClock,
    isBehind: () => stdout.isBehind === true,
    commit() {
      // When the script last said something is no entry: without it the screen would tell of a silence that is none.
      apply({ kind: 'snapshot', snapshot: conversation.snapshot(), atMs: clock.nowMs() })
      return reader.readOn(state)
    },
    after,
  })
  const callAttention = (before: ScreenState): void => {
    if (drawing.instance() === null || over || possession.isAway() || stdout.isBehind === true) return
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
  const perform = createPerformer({
    screen,
    possession,
    reader,
    isOver: () => over,
    dispatch,
    redraw: drawing.redraw,
    leave: how => finished.resolve(how),
    broken: finished.reject,
  })
  const onTick = (): void => {
    apply({ kind: 'tick', atMs: clock.nowMs() })
    pace.clock()
  }
  const onResize = (): void => {
    dispatch({ kind: 'resize', size: sizeOf(stdout), atMs: clock.nowMs() })
    if (settleTimer !== null) clearTimeout(settleTimer)
    settleTimer = setTimeout(drawing.redraw, SETTLED_MS)
  }

  const lending: Lending = {
    async letGo({ step, recorded }) {
      await possession.lend()
      stdout.write(`${handoverText(conversation.runbook, step, recorded)}\r\n`)
    },
    takeBack: possession.takeBack,
  }

  const leave = leaveOnce(stdout, input, options.title, drawing.instance)
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
    const instance = drawing.open(input)
    // What a component throws ends Ink, and must not leave anybody waiting in front of an empty screen.
    instance.waitUntilExit().catch(finished.reject)
    pace.now()
    // A run that goes on shows what its script has said before.
    reader.readOn(state)
    // Where the cursor stood before is not known for sure: the first frame is drawn once more from the top.
    void instance.waitUntilRenderFlush().then(drawing.redraw)
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

function sizeOf(stdout: TerminalOutput): Size {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 }
}
