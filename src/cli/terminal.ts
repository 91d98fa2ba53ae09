import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'
import type { Ending, Speaker } from '../model/index.ts'
import { SignoffError } from '../model/index.ts'
import type { Drive } from '../runner/index.ts'
import {
  editInEditor,
  hideInput,
  openTtyInput,
  openTtyOutput,
  type PersonsTerminal,
  systemClock,
} from '../runner/local/index.ts'
import { runPlain } from '../tui/index.ts'
import type { Io } from './io.ts'
import { keepTerminal, sizeOfTty, type TerminalKeeper } from './lent-terminal.ts'
import { endWhenLost } from './lost-terminal.ts'

export type UiChoice = 'auto' | 'full' | 'plain' | 'none'

/** What a front end is given to walk with. */
export interface Walk {
  readonly drive: Drive
  readonly speaker: Speaker
  /** State folder of the run, for the file that an editor is opened on. */
  readonly stateDir: string
  /** Commands to go on with, for the last screen. */
  readonly next: readonly string[]
  /** What was told before the screen covered it, in a few words. */
  readonly notice?: string | null
}

/** Who is there to be asked, and how. */
export type Ui =
  | { readonly kind: 'none' }
  /** `interrupt` is Ctrl-C as a word. */
  | ({ readonly kind: 'plain'; interrupt(): void } & AtTerminal)
  /** `away`: an editor has the terminal, and Ctrl-C is its own. */
  | ({ readonly kind: 'full'; away(): boolean } & AtTerminal)

interface AtTerminal {
  run(walk: Walk): Promise<Ending>
  /** Gives the terminal back at once; for signals. */
  leave(): void
  /** What scripts that ask or draw are lent; null where it cannot be lent. */
  readonly terminal: PersonsTerminal | null
}

/**
 * `auto`: none without a terminal on stdin; plain for dumb terminals, screen readers and where there is no /dev/tty;
 * else the full screen. `CI` on a real terminal changes nothing.
 */
export async function chooseUi(choice: UiChoice, ascii: boolean, io: Io): Promise<Ui> {
  if (choice === 'none' || (choice === 'auto' && !process.stdin.isTTY)) return { kind: 'none' }
  if (!process.stdin.isTTY)
    throw new SignoffError('USAGE', `--ui ${choice}: standard input is no terminal, so nobody can be asked`, {
      advice: 'leave --ui out, and give what is needed by --answers',
    })
  const { TERM, ACCESSIBLE, INK_SCREEN_READER } = io.environment
  const plainer = TERM === 'dumb' || (ACCESSIBLE ?? '') !== '' || INK_SCREEN_READER === 'true'
  const keeper = keepTerminal()
  if (choice === 'plain' || (choice === 'auto' && plainer)) return plain(io, keeper)
  const streams = openTty()
  if (streams === null) {
    if (choice === 'full')
      throw new SignoffError('USAGE', '--ui full: there is no /dev/tty to draw on', { advice: 'use --ui plain' })
    return plain(io, keeper)
  }
  endWhenLost(streams.input, streams.output)
  // Loaded only here: React and Ink cost more to start than everything else together.
  const { runFullScreen } = await import('../tui/full-screen.tsx')
  const color = (io.environment.NO_COLOR ?? '') === ''
  const plainCharacters = ascii || (io.environment.SIGNOFF_ASCII ?? '') !== '' || !isUtf8(io.environment)
  let leave = (): void => undefined
  let away = false
  return {
    kind: 'full',
    terminal: keeper?.terminal ?? null,
    away: () => away,
    leave: () => {
      keeper?.recall()
      leave()
    },
    run: ({ drive, speaker, next, stateDir, notice = null }) => {
      const resized = (): void => followSize(streams.output)
      let input = streams.input
      const reopen = (): ReadStream => {
        input = openTtyInput('/dev/tty')
        endWhenLost(input)
        return input
      }
      process.on('SIGWINCH', resized)
      return runFullScreen({
        conversation: drive,
        speaker,
        stdin: input,
        stdout: streams.output,
        clock: { nowMs: io.nowMs },
        options: { ascii: plainCharacters, color, title: drive.runbook.title, notice },
        next,
        reopen,
        editScript: (script, name) => {
          away = true
          return editInEditor(script, name, { stateDir, environment: io.environment }).finally(() => {
            away = false
          })
        },
        ...(keeper === null ? {} : { lend: { hold: lending => keeper.hold(lending) } }),
        toPlain: () => plain(io, keeper).run({ drive, speaker: { ...speaker, how: 'typed' }, next, stateDir }),
        onEnter: restore => {
          leave = restore
        },
      }).finally(() => {
        process.off('SIGWINCH', resized)
        input.destroy()
        streams.output.destroy()
      })
    },
  }
}

function followSize(output: WriteStream): void {
  Object.assign(output, sizeOfTty())
  output.emit('resize')
}

function plain(io: Io, keeper: TerminalKeeper | null): Extract<Ui, { kind: 'plain' }> {
  const typed = new PassThrough()
  let away = false
  return {
    kind: 'plain',
    terminal: keeper?.terminal ?? null,
    leave: () => keeper?.recall(),
    interrupt: () => {
      if (!away) typed.write('stop\n')
    },
    async run({ drive, speaker, stateDir }) {
      endWhenLost(process.stdin, process.stderr)
      process.stdin.pipe(typed)
      const lines = createInterface({ input: typed, terminal: false })
      const clock = systemClock()
      try {
        return await runPlain({
          conversation: drive,
          speaker,
          input: lines,
          output: text => {
            process.stderr.write(text)
          },
          clock: { nowMs: io.nowMs, at: clock.at },
          hideInput,
          editScript: async (script, name) => {
            away = true
            await stopReading(typed)
            try {
              return await editInEditor(script, name, { stateDir, environment: io.environment })
            } finally {
              process.stdin.pipe(typed)
              away = false
            }
          },
          ...(keeper === null ? {} : { lend: lendStdin(keeper, typed) }),
        })
      } finally {
        process.stdin.unpipe(typed)
        process.stdin.pause()
        lines.close()
        typed.destroy()
      }
    },
  }
}

/** Lines come from standard input, which is the same terminal: it is left alone while a script has it. */
function lendStdin(keeper: TerminalKeeper, typed: PassThrough): NonNullable<Parameters<typeof runPlain>[0]['lend']> {
  return {
    hold: lending => keeper.hold(lending),
    stopReading: () => stopReading(typed),
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

function openTty(): { readonly input: ReadStream; readonly output: WriteStream } | null {
  try {
    return { input: openTtyInput('/dev/tty'), output: openTtyOutput('/dev/tty') }
  } catch {
    // No controlling terminal: plain mode speaks on stderr, which is there.
    return null
  }
}

function isUtf8(environment: NodeJS.ProcessEnv): boolean {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || ''
  // An unset locale is "C" by the book; terminals of today are UTF-8 all the same, and containers set none.
  return locale === '' || /utf-?8/i.test(locale)
}
