import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import type { Ending } from '../../model/index.ts'
import { copyByProgram, editInEditor, hideInput, systemClock } from '../../runner/local/index.ts'
import { runPlain } from '../../tui/index.ts'
import { endWhenLost } from '../lost-terminal.ts'
import type { SaidLines, Surroundings } from './attend.ts'
import type { Walk } from './choose-ui.ts'
import type { TerminalKeeper } from './lent-terminal.ts'

/** A terminal that takes no line for so long gets what follows without them. */
const FLUSH_MS = 5000

export interface PlainTerminal {
  /** @param canDraw whether the word `full` leads anywhere. */
  run(walk: Walk, canDraw: boolean): Promise<Ending | 'to-full'>
  /** Ctrl-C is a word here; true, since it never ends the run by itself. */
  interrupt(): boolean
}

/** Plain mode on standard input and standard error: lines in, lines out. */
export function openPlain({ io, keeper, call }: Surroundings, said: SaidLines): PlainTerminal {
  let typed = new PassThrough()
  let away = false
  let isWatched = false
  return {
    interrupt() {
      if (!away) typed.write('stop\n')
      return true
    },
    async run({ drive, speaker, stateDir, record, requestFile }, canDraw) {
      typed = new PassThrough()
      const input = typed
      if (!isWatched) endWhenLost(process.stdin)
      isWatched = true
      process.stdin.pipe(input)
      const lines = createInterface({ input, terminal: false })
      const clock = systemClock()
      try {
        return await runPlain({
          conversation: drive,
          speaker: { ...speaker, how: 'typed' },
          input: lines,
          output: said.write,
          clock: { nowMs: io.nowMs, at: clock.at },
          hideInput,
          canDraw,
          record,
          requestFile,
          call,
          copy: text => copyByProgram(text, io.environment),
          onContinue(again) {
            process.on('SIGCONT', again)
            return () => process.off('SIGCONT', again)
          },
          editScript: async (script, name) => {
            away = true
            await stopReading(input)
            await said.settle(FLUSH_MS)
            try {
              return await editInEditor(script, name, { stateDir, environment: io.environment })
            } finally {
              process.stdin.pipe(input)
              away = false
            }
          },
          ...(keeper === null ? {} : { lend: lendStdin(keeper, input, said) }),
        })
      } finally {
        // The full screen reads the same terminal, and must get its first key.
        await stopReading(input)
        lines.close()
        input.destroy()
      }
    },
  }
}

/** Lines come from standard input, which is the same terminal: it is left alone while a script has it. */
function lendStdin(
  keeper: TerminalKeeper,
  typed: PassThrough,
  said: SaidLines,
): NonNullable<Parameters<typeof runPlain>[0]['lend']> {
  return {
    hold: lending => keeper.hold(lending),
    async stopReading() {
      await stopReading(typed)
      // Our own lines come before the first byte of whoever gets the terminal.
      await said.settle(FLUSH_MS)
    },
    goOn() {
      process.stdin.pipe(typed)
    },
  }
}

/** Keys are another's from now on: a read that is still pending would take the first of them. */
async function stopReading(typed: PassThrough): Promise<void> {
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  process.stdin.unpipe(typed)
  await turn()
  process.stdin.pause()
  await turn()
}
