import { openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { ReadStream, WriteStream } from 'node:tty'
import type { Ending, Speaker } from '../model/index.ts'
import { SignoffError } from '../model/index.ts'
import type { Drive } from '../runner/index.ts'
import { editInEditor, hideInput, systemClock } from '../runner/local/index.ts'
import { runPlain } from '../tui/index.ts'
import type { Io } from './io.ts'

export type UiChoice = 'auto' | 'full' | 'plain' | 'none'

/** What a front end is given to walk with. */
export interface Walk {
  readonly drive: Drive
  readonly speaker: Speaker
  /** State folder of the run, for the file that an editor is opened on. */
  readonly stateDir: string
  /** Commands to go on with, for the last screen. */
  readonly next: readonly string[]
}

/** Who is there to be asked, and how. */
export type Ui =
  | { readonly kind: 'none' }
  /** `interrupt` is Ctrl-C as a word. */
  | { readonly kind: 'plain'; run(walk: Walk): Promise<Ending>; interrupt(): void }
  /** `leave` gives the terminal back at once; for signals. `away`: an editor has it, and Ctrl-C is its own. */
  | { readonly kind: 'full'; run(walk: Walk): Promise<Ending>; leave(): void; away(): boolean }

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
  if (choice === 'plain' || (choice === 'auto' && plainer)) return plain(io)
  const streams = openTty()
  if (streams === null) {
    if (choice === 'full')
      throw new SignoffError('USAGE', '--ui full: there is no /dev/tty to draw on', { advice: 'use --ui plain' })
    return plain(io)
  }
  // Loaded only here: React and Ink cost more to start than everything else together.
  const { runFullScreen } = await import('../tui/full-screen.tsx')
  const color = (io.environment.NO_COLOR ?? '') === ''
  const plainCharacters = ascii || (io.environment.SIGNOFF_ASCII ?? '') !== '' || !isUtf8(io.environment)
  let leave = (): void => undefined
  let away = false
  return {
    kind: 'full',
    away: () => away,
    leave: () => leave(),
    run: ({ drive, speaker, next, stateDir }) => {
      const resized = (): void => followSize(streams.output)
      process.on('SIGWINCH', resized)
      return runFullScreen({
        conversation: drive,
        speaker,
        stdin: streams.input,
        stdout: streams.output,
        clock: { nowMs: io.nowMs },
        options: { ascii: plainCharacters, color, title: drive.runbook.title },
        next,
        editScript: (script, name) => {
          away = true
          return editInEditor(script, name, { stateDir, environment: io.environment }).finally(() => {
            away = false
          })
        },
        toPlain: () => plain(io).run({ drive, speaker: { ...speaker, how: 'typed' }, next, stateDir }),
        onEnter: restore => {
          leave = restore
        },
      }).finally(() => {
        process.off('SIGWINCH', resized)
        streams.input.destroy()
        streams.output.destroy()
      })
    },
  }
}

/** Node tells only its own stdout of a new size; for a stream of ours the size is asked of a fresh one. */
function followSize(output: WriteStream): void {
  const probe = new WriteStream(openSync('/dev/tty', 'w'))
  output.columns = probe.columns
  output.rows = probe.rows
  probe.destroy()
  output.emit('resize')
}

function plain(io: Io): Extract<Ui, { kind: 'plain' }> {
  const typed = new PassThrough()
  let away = false
  return {
    kind: 'plain',
    interrupt: () => {
      if (!away) typed.write('stop\n')
    },
    async run({ drive, speaker, stateDir }) {
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
          editScript: (script, name) =>
            withoutStdin(typed, async () => {
              away = true
              const answer = await editInEditor(script, name, { stateDir, environment: io.environment })
              away = false
              return answer
            }),
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

/** Keys are the other's while it has the terminal: a read that is still pending would take the first of them. */
async function withoutStdin<T>(typed: PassThrough, work: () => Promise<T>): Promise<T> {
  process.stdin.unpipe(typed)
  await new Promise(resolve => setImmediate(resolve))
  process.stdin.pause()
  await new Promise(resolve => setImmediate(resolve))
  try {
    return await work()
  } finally {
    process.stdin.pipe(typed)
  }
}

function openTty(): { readonly input: ReadStream; readonly output: WriteStream } | null {
  try {
    return { input: new ReadStream(openSync('/dev/tty', 'r')), output: new WriteStream(openSync('/dev/tty', 'w')) }
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
