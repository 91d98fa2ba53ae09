import type { ReadStream } from 'node:tty'
import type { Ending } from '../../model/index.ts'
import { copyByProgram, editInEditor, openTtyInput, runningProcess, TtyOutput } from '../../runner/local/index.ts'
import type { StartAnswer, StartAsk } from '../../tui/index.ts'
import { endWhenLost } from '../lost-terminal.ts'
import type { Surroundings } from './attend.ts'
import type { Walk } from './choose-ui.ts'
import { sizeOfTty } from './lent-terminal.ts'
import { drawsOneCellEach } from './measure-cells.ts'
import { stopWithGroup } from './stop-with-group.ts'
import { wantsAscii, wantsColor } from './terminal-look.ts'

const TTY = '/dev/tty'

export interface FullTerminal {
  /** Asks before a run begins; the terminal is given back behind it. */
  begin(ask: StartAsk): Promise<StartAnswer>
  run(walk: Walk): Promise<Ending | 'to-plain'>
  /** Leaves the screen at once and gives the terminal back as it was; it may be called twice. */
  leave(): void
  /** True while somebody else has the terminal, such as an editor: Ctrl-C is meant for them. */
  isAway(): boolean
  /** Whether ASCII alone is drawn. */
  readonly isAscii: boolean
}

/**
 * Opens the terminal for the full screen: React and Ink are loaded only here, since they cost more than everything else together.
 *
 * @param known whether ASCII alone is drawn, where that was found out before: the terminal is asked once.
 */
export async function openFull(
  { io, keeper, ascii, keys, allowPaste, call }: Surroundings,
  known: boolean | null,
): Promise<FullTerminal> {
  const { runFullScreen, runStartScreen, notifierOf } = await import('../../tui/full-screen.tsx')
  const output = new TtyOutput(TTY)
  Object.assign(output, sizeOfTty())
  let input = openTtyInput(TTY)
  endWhenLost(input, output)
  const color = wantsColor(io.environment)
  const isAscii =
    known ?? (ascii || wantsAscii(io.environment) || !(await drawsOneCellEach(input, text => void output.write(text))))
  let leave = (): void => undefined
  let isAway = (): boolean => false
  const reopen = (): ReadStream => {
    input = openTtyInput(TTY)
    endWhenLost(input)
    return input
  }
  const resized = (): void => {
    Object.assign(output, sizeOfTty())
    output.emit('resize')
  }
  /** Draws as long as it takes, and lets go of the terminal behind it. */
  const drawing = async <T>(work: () => Promise<T>): Promise<T> => {
    process.on('SIGWINCH', resized)
    try {
      return await work()
    } finally {
      process.off('SIGWINCH', resized)
      input.destroy()
      output.destroy()
    }
  }
  const onEnter = (restore: () => void, away: () => boolean = () => false): void => {
    leave = restore
    isAway = away
  }
  return {
    isAscii,
    isAway: () => isAway(),
    leave: () => leave(),
    begin: ask =>
      drawing(() =>
        runStartScreen({
          ask,
          stdin: input,
          stdout: output,
          clock: { nowMs: io.nowMs },
          options: { ascii: isAscii, color },
          onEnter,
        }),
      ),
    run: ({ drive, speaker, next, stateDir, record, notice = null }) =>
      drawing(() =>
        runFullScreen({
          conversation: drive,
          speaker: { ...speaker, how: 'key' },
          stdin: input,
          stdout: output,
          clock: { nowMs: io.nowMs },
          options: {
            ascii: isAscii,
            color,
            keys,
            allowPaste,
            title: drive.runbook.title,
            notice,
            notifier: notifierOf(io.environment),
          },
          next,
          record,
          processes: async () => runningProcess(stateDir),
          reopen,
          editScript: (script, name) => editInEditor(script, name, { stateDir, environment: io.environment }),
          call,
          copy: text => copyByProgram(text, io.environment),
          stopHere: stopWithGroup,
          ...(keeper === null ? {} : { lend: { hold: lending => keeper.hold(lending) } }),
          canGoPlain: true,
          onEnter,
        }),
      ),
  }
}
