import type { Conversation, Speaker } from '../model/index.ts'
import type { RunRecord } from './output/record.ts'
import type { KeyMap } from './scene/actions.ts'
import type { Notifier } from './terminal/attention.ts'
import type { EditScript } from './terminal/editing.ts'
import type { TerminalOutput } from './terminal/leave.ts'
import type { Lending } from './terminal/lend.ts'
import type { TerminalInput } from './terminal/screen-input.ts'

/** All that the full screen is given by whoever opens it. */
export interface FullScreen {
  readonly conversation: Conversation
  readonly speaker: Speaker
  readonly stdin: TerminalInput
  readonly stdout: TerminalOutput
  readonly clock: { nowMs(): number }
  readonly options: {
    readonly ascii: boolean
    readonly color: boolean
    /** Title of the terminal window while the screen is up; null leaves the title alone. */
    readonly title: string | null
    /** Keys as the person's configuration has them; left out where it moves none. */
    readonly keys?: KeyMap
    /** A phrase may be pasted, as a person's own configuration permits it; left out where it may not. */
    readonly allowPaste?: boolean
    /** How this terminal takes a notification for the desktop; null where it is not known to take any. */
    readonly notifier?: Notifier | null
    /** Told first, until the next key; left out where there is nothing to tell. */
    readonly notice?: string | null
  }
  /** The run's journal, to be read again; without it there is only what was seen since. */
  readonly record?: RunRecord
  /** The processes of the script that runs; without it nobody is told of them. */
  readonly processes?: () => Promise<{ readonly pid: number; readonly children: number } | null>
  /** Commands that the finish screen names, such as the one that verifies the transcript. */
  readonly next?: readonly string[]
  /** Opens the terminal's input anew, behind somebody else who had the terminal; without it nobody gets it. */
  readonly reopen?: () => TerminalInput
  /** Opens the editor on a script, with the terminal to itself; without it `e` says that it cannot. */
  readonly editScript?: EditScript
  /** Tells somebody who looks elsewhere, by a command of their own. */
  readonly call?: (text: string) => void
  /** Gives a text to the clipboard by a program, and names it; null where none took it. */
  readonly copy?: (text: string) => Promise<string | null>
  /** Stops this program, as Ctrl-Z does, and resolves once it goes on; without it the key does nothing. */
  readonly stopHere?: () => Promise<void>
  /** True where whoever called goes on with the same run in plain mode; without it `l` says that it cannot. */
  readonly canGoPlain?: boolean
  /** Lends the terminal to scripts; without it none gets it. */
  readonly lend?: {
    /** Gets what is told when a script takes the terminal and brings it back; returns the function that ends it. */
    hold(lending: Lending): () => void
  }
  /** Gets the function that leaves the screen: synchronous, idempotent, for signal handlers; and whether somebody else has the terminal. */
  readonly onEnter?: (leave: () => void, isAway: () => boolean) => void
}
