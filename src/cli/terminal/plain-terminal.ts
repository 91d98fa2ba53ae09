import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import type { Ending } from '../../model/index.ts'
import { copyByProgram, editInEditor, hideInput, systemClock } from '../../runner/local/index.ts'
import { cleanText, runPlain, type StartAnswer, type StartAsk } from '../../tui/index.ts'
import { endWhenLost, isLost } from '../lost-terminal.ts'
import type { SaidLines, Surroundings } from './attend.ts'
import type { Walk } from './choose-ui.ts'
import type { TerminalKeeper } from './lent-terminal.ts'

/** A terminal that takes no line for so long gets what follows without them. */
const FLUSH_MS = 5000

export interface PlainTerminal {
  /** Asks for a procedure of a catalog by its number; a run is begun by the command that named it. */
  begin(ask: StartAsk): Promise<StartAnswer>
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
    begin: ask => (ask.kind === 'sections' ? askSection(ask, said) : Promise.resolve({ kind: 'start' })),
    interrupt() {
      if (!away) typed.write('stop\n')
      return true
    },
    async run({ drive, speaker, stateDir, record, requestFile, meanwhile = null }, canDraw) {
      typed = new PassThrough()
      const input = typed
      if (!isWatched) endWhenLost(process.stdin)
      isWatched = true
      // The end of the input pauses the run. That of a closed terminal does not: SIGHUP comes with it, and is what stands on record.
      const end = (): void => {
        if (!isLost(process.stdin)) input.end()
      }
      process.stdin.once('end', end)
      if (process.stdin.readableEnded) end()
      goOnReading(input)
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
          meanwhile,
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
              goOnReading(input)
              away = false
            }
          },
          ...(keeper === null ? {} : { lend: lendStdin(keeper, input, said) }),
        })
      } finally {
        // The full screen reads the same terminal, and must get its first key.
        await stopReading(input)
        process.stdin.off('end', end)
        lines.close()
        input.destroy()
      }
    },
  }
}

/** A numbered list and one line; an empty one, or the end of the input, leaves. */
async function askSection(ask: Extract<StartAsk, { kind: 'sections' }>, said: SaidLines): Promise<StartAnswer> {
  const { sections } = ask
  said.write(`${cleanText(ask.title)} is a catalog: its sections are procedures of their own.\n`)
  for (const [index, { position, title, steps }] of sections.entries())
    said.write(
      `  ${index + 1}  ${cleanText(position)} ${cleanText(title)}, ${steps} ${steps === 1 ? 'step' : 'steps'}\n`,
    )
  const lines = createInterface({ input: process.stdin, terminal: false })
  try {
    said.write(`Which one? Type its number, 1 to ${sections.length}. An empty line leaves.\n`)
    for await (const line of lines) {
      const number = Number(line.trim())
      if (line.trim() === '') return { kind: 'leave' }
      if (Number.isInteger(number) && number >= 1 && number <= sections.length)
        return { kind: 'section', index: number - 1 }
      said.write(`"${cleanText(line)}" is none of them. Type a number from 1 to ${sections.length}.\n`)
    }
    return { kind: 'leave' }
  } finally {
    lines.close()
    process.stdin.pause()
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
      goOnReading(typed)
    },
  }
}

function goOnReading(typed: PassThrough): void {
  process.stdin.pipe(typed, { end: false })
}

/** Keys are another's from now on: a read that is still pending would take the first of them. */
async function stopReading(typed: PassThrough): Promise<void> {
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  process.stdin.unpipe(typed)
  await turn()
  process.stdin.pause()
  await turn()
}
