import { type Instance, render } from 'ink'
import { App } from './app/App.tsx'
import type { StartAnswer, StartAsk } from './start/brief.ts'
import { pressAtStart, type StartState } from './start/start-state.ts'
import { startView } from './start/start-view.ts'
import { GUARD_MS } from './state/guard.ts'
import { leaveOnce, type TerminalOutput } from './terminal/leave.ts'
import { ScreenInput, type TerminalInput } from './terminal/screen-input.ts'

export interface StartScreen {
  readonly ask: StartAsk
  readonly stdin: TerminalInput
  readonly stdout: TerminalOutput
  readonly clock: { nowMs(): number }
  readonly options: { readonly ascii: boolean; readonly color: boolean }
  /** Gets the function that leaves the screen: synchronous, idempotent, for signal handlers. */
  readonly onEnter?: (leave: () => void) => void
}

/** Shows what there is to know before a run, and resolves with what the person wants. The terminal is restored on every path. */
export async function runStartScreen(screen: StartScreen): Promise<StartAnswer> {
  const { stdout, options } = screen
  const { clock } = screen
  const input = new ScreenInput(screen.stdin, (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  })
  const over = Promise.withResolvers<StartAnswer>()
  let state: StartState = { ask: screen.ask, size: sizeOf(stdout), at: 0, message: null, ...UNPAINTED }
  let instance: Instance | null = null
  let farthest = 0
  const app = () => {
    const view = startView(state, options.ascii)
    farthest = view.farthest
    return (
      <App
        view={view}
        color={options.color}
        onKeys={keys => {
          for (const key of keys) {
            const pressed = pressAtStart(state, key, farthest, clock.nowMs())
            state = pressed.state
            if (pressed.answer !== null) over.resolve(pressed.answer)
          }
          instance?.rerender(app())
        }}
        onPaste={() => undefined}
      />
    )
  }
  const onResize = (): void => {
    state = { ...state, size: sizeOf(stdout) }
    if (instance === null) return
    stdout.write(`\u001b[${state.size.rows};1H`)
    instance.clear()
    instance.rerender(app())
  }
  const leave = leaveOnce(stdout, input, null, () => instance)
  stdout.on('resize', onResize)
  try {
    screen.onEnter?.(leave)
    instance = render(app(), {
      // Ink asks no more of its input than `ScreenInput` has; the type asks for all of a terminal's stream.
      stdin: input as unknown as NodeJS.ReadStream,
      stdout: stdout as unknown as NodeJS.WriteStream,
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      // What was typed ahead is not for this question.
      onRender: () => {
        state = { ...state, openAtMs: state.openAtMs ?? clock.nowMs() + GUARD_MS }
      },
      interactive: true,
      isScreenReaderEnabled: false,
    })
    instance.waitUntilExit().catch(over.reject)
    void instance.waitUntilRenderFlush().then(onResize)
    return await over.promise
  } finally {
    stdout.removeListener('resize', onResize)
    leave()
  }
}

const UNPAINTED = { openAtMs: null, droppedAtMs: Number.NEGATIVE_INFINITY, dropped: 0 }

function sizeOf(stdout: TerminalOutput): StartState['size'] {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 }
}
