import { type Instance, render } from 'ink'
import type { Guard } from '../state/guard.ts'
import type { KeyPress } from '../state/key-press.ts'
import { createClockRow } from '../terminal/clock-row.ts'
import type { Suspend } from '../terminal/hand-over.ts'
import type { TerminalOutput } from '../terminal/leave.ts'
import type { ScreenInput } from '../terminal/screen-input.ts'
import type { View } from '../view/view.ts'
import { App } from './App.tsx'

/** The walk's frame on the terminal, drawn by Ink. Nothing is drawn before `open`, nor while the terminal is somebody else's. */
export interface Drawing {
  /** Takes the terminal and draws the first frame. */
  open(input: ScreenInput): Instance
  /** Draws the view as it is now. */
  draw(): void
  /** The same, where it may be that nothing but the clock has moved. */
  drawClock(): void
  /** The same from the top, whatever stands there. */
  redraw(): void
  /** Null before `open`. */
  instance(): Instance | null
}

export interface DrawingParts {
  readonly stdout: TerminalOutput
  readonly color: boolean
  readonly view: () => View
  readonly guard: () => Guard
  /** True where nothing may be drawn: the screen is over, or the terminal somebody else's. */
  readonly isShut: () => boolean
  /** Called once the frame with this question is known to have left for the terminal. */
  readonly onPainted: (version: number) => void
  readonly onKeys: (keys: readonly KeyPress[]) => void
  readonly onPaste: (text: string) => void
  readonly onSuspend: (suspend: Suspend) => void
}

export function createDrawing(parts: DrawingParts): Drawing {
  const { stdout, isShut } = parts
  let instance: Instance | null = null
  let flushing = 0
  const clockRow = createClockRow(text => void stdout.write(text))
  const draw = (view: View, on: Instance): void => {
    clockRow.inkDraws(view.lines)
    on.rerender(app(view))
    const { version, openAtMs } = parts.guard()
    if (openAtMs !== null || flushing === version) return
    // The question takes answers only once it is known to have left for the terminal.
    flushing = version
    void on.waitUntilRenderFlush().then(() => parts.onPainted(version))
  }
  const app = (view: View) => (
    <App view={view} color={parts.color} onKeys={parts.onKeys} onPaste={parts.onPaste} onSuspend={parts.onSuspend} />
  )
  return {
    instance: () => instance,
    open(input) {
      const view = parts.view()
      clockRow.inkDraws(view.lines)
      instance = render(app(view), {
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
      return instance
    },
    draw() {
      if (instance !== null && !isShut()) draw(parts.view(), instance)
    },
    drawClock() {
      if (instance === null || isShut()) return
      const view = parts.view()
      if (!clockRow.moves(view.lines)) draw(view, instance)
    },
    redraw() {
      if (instance === null || isShut()) return
      const view = parts.view()
      // Ink erases upwards from where it believes the cursor to be: the last row of its frame.
      stdout.write(`\u001b[${view.lines.length};1H`)
      clockRow.inkDraws(view.lines)
      instance.clear()
      instance.rerender(app(view))
    },
  }
}
