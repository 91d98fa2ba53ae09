import { openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { ReadStream, WriteStream } from 'node:tty'
import type { Ending, Speaker } from '../model/index.ts'
import { SignoffError } from '../model/index.ts'
import type { Drive } from '../runner/index.ts'
import { hideInput } from '../runner/local/index.ts'
import { runPlain } from '../tui/index.ts'
import type { Io } from './io.ts'

export type UiChoice = 'auto' | 'full' | 'plain' | 'none'

/** Who is there to be asked, and how. */
export type Ui =
  | { readonly kind: 'none' }
  | { readonly kind: 'plain'; run(drive: Drive, speaker: Speaker): Promise<Ending> }
  | { readonly kind: 'full'; run(drive: Drive, speaker: Speaker): Promise<Ending> }

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
  return {
    kind: 'full',
    run: (drive, speaker) =>
      runFullScreen({
        conversation: drive,
        speaker,
        stdin: streams.input,
        stdout: streams.output,
        clock: { nowMs: io.nowMs },
        options: { ascii: plainCharacters, color, title: drive.runbook.title },
      }).finally(() => {
        streams.input.destroy()
        streams.output.destroy()
      }),
  }
}

function plain(io: Io): Ui {
  return {
    kind: 'plain',
    async run(drive, speaker) {
      const lines = createInterface({ input: process.stdin, terminal: false })
      // Ctrl-C in a cooked terminal is a signal; it becomes a word of plain mode, so that it never leaves at one press.
      try {
        return await runPlain({
          conversation: drive,
          speaker,
          input: lines,
          output: text => {
            process.stderr.write(text)
          },
          clock: { nowMs: io.nowMs },
          hideInput,
        })
      } finally {
        lines.close()
        process.stdin.unref?.()
      }
    },
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
