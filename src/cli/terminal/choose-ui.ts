import type { Ending, Speaker } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import type { Drive } from '../../runner/index.ts'
import { notifyPerson, openTtyInput, type PersonsTerminal } from '../../runner/local/index.ts'
import type { RunRecord, StartAnswer, StartAsk } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import type { Config } from '../settings/config.ts'
import { attend } from './attend.ts'
import { keepTerminal } from './lent-terminal.ts'
import { wantsPlain } from './terminal-look.ts'

export type UiChoice = 'auto' | 'full' | 'plain' | 'none'

/** What a front end is given to walk with. */
export interface Walk {
  readonly drive: Drive
  readonly speaker: Omit<Speaker, 'how'>
  /** State folder of the run, for the file that an editor is opened on. */
  readonly stateDir: string
  /** The run's journal, to be read again. */
  readonly record: RunRecord
  /** The file that approvers of a gate on another host are sent. */
  readonly requestFile: (step: string) => string
  /** Commands to go on with, for the last screen. */
  readonly next: readonly string[]
  /** What was told before the screen covered it, in a few words. */
  readonly notice?: string | null
  /** What has happened since somebody last walked the run, in a few words; null where nothing has. */
  readonly meanwhile?: string | null
}

/** Who is there to be asked, and how. */
export type Ui = { readonly kind: 'none' } | Attended

/** Somebody at a terminal, in the full screen or in plain mode: they may change from one to the other within a walk. */
export interface Attended {
  readonly kind: 'attended'
  /** True while the full screen has the terminal, which a line beside it would tear. */
  isFull(): boolean
  /** Asks before a run begins: to begin it, or for one procedure of a catalog. Nothing is recorded by then. */
  begin(ask: StartAsk): Promise<StartAnswer>
  run(walk: Walk): Promise<Ending>
  /** Gives the terminal back at once; for signals. */
  leave(): void
  /** Ctrl-C as a signal. True where it was meant for somebody else at the terminal, or is a word here: then it ends nothing. */
  takesInterrupt(): boolean
  /** A line on the terminal, in its turn; nothing while the full screen is there. */
  say(line: string): void
  /** Waits until what was said has been written, no longer than this, and says nothing any more: a terminal may have stopped reading. */
  close(limitMs: number): Promise<void>
  /** What scripts that ask or draw are lent; null where it cannot be lent. */
  readonly terminal: PersonsTerminal | null
}

/**
 * `auto`: none without a terminal on stdin; plain for dumb terminals, screen readers and where there is no /dev/tty or no raw mode;
 * else the full screen. `CI` on a real terminal changes nothing.
 *
 * @param asked ASCII by flag; by configuration or environment, or because of the terminal, it may be ASCII all the same.
 */
export function chooseUi(choice: UiChoice, asked: { readonly ascii: boolean }, config: Config, io: Io): Ui {
  if (choice === 'none' || (choice === 'auto' && !process.stdin.isTTY)) return { kind: 'none' }
  if (!process.stdin.isTTY)
    throw new SignoffError('USAGE', `--ui ${choice}: standard input is no terminal, so nobody can be asked`, {
      advice: 'leave --ui out, and give what is needed by --answers',
    })
  const canDraw = hasRawMode()
  if (choice === 'full' && !canDraw)
    throw new SignoffError('USAGE', '--ui full: there is no /dev/tty to draw on', { advice: 'use --ui plain' })
  const isPlain = choice === 'plain' || !canDraw || (choice === 'auto' && wantsPlain(io.environment))
  const { notify } = config
  return attend({
    begin: isPlain ? 'plain' : 'full',
    canDraw,
    ascii: asked.ascii || config.ascii,
    keys: config.keys,
    allowPaste: config.allowPaste,
    keeper: keepTerminal(),
    call: text => {
      if (notify !== null) notifyPerson(notify, text, io.environment)
    },
    io,
  })
}

/** Whether keys can be read one by one from the terminal: else there is plain mode, which reads lines. */
function hasRawMode(): boolean {
  try {
    const input = openTtyInput('/dev/tty')
    try {
      input.setRawMode(true)
      input.setRawMode(false)
    } finally {
      input.destroy()
    }
    return true
  } catch {
    return false
  }
}
