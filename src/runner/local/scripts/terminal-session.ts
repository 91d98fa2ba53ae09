import type { PersonsTerminal } from '../terminal/persons-terminal.ts'
import type { PtyPackage, TerminalSize } from '../terminal/pty-pair.ts'
import { stty } from '../terminal/stty.ts'
import { inOwnTerminal } from './own-terminal-session.ts'
import { closeEnds, inPseudoTerminal, openEnds } from './pseudo-terminal-session.ts'
import { startSupervisor } from './terminal-supervisor.ts'

/** A script that has the person's terminal. */
export interface TerminalSession {
  /** True until everything that the script has written is in its spool. */
  readonly draining: boolean
  /** Bytes that did not reach the spool. */
  readonly lost: number
  /** Resolves once the person has the terminal back. */
  readonly over: Promise<void>
  /** Gives the terminal its modes back and lets go of the script, which is hung up: synchronous, for the end of the process. */
  dispose(): void
}

export interface TerminalStart {
  readonly claim: string
  readonly step: string
  readonly terminal: PersonsTerminal
  readonly pty: PtyPackage | null
  /** File of the supervisor. */
  readonly script: string
  /** The supervisor's command line, behind its file: claim folder and so on. */
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly spoolBytes: number
  readonly onResize: (size: TerminalSize) => void
}

/**
 * Lends the person's terminal to a script. With a pseudo-terminal the script gets that one: what is typed is passed on and
 * recorded nowhere, what the script shows is written to its spool first and then to the person's terminal. Without one it gets
 * the terminal itself.
 *
 * @throws {SignoffError} `SHELL_MISSING`; the person has the terminal back then.
 */
export async function startInTerminal(options: TerminalStart): Promise<TerminalSession> {
  const { terminal, pty } = options
  const lent = await terminal.lend({ step: options.step, recorded: pty !== null })
  try {
    const modes = stty(terminal, '-g')
    if (pty === null) return inOwnTerminal(await startSupervisor(options, null), terminal, modes, lent)
    // Everything that can fail is opened before anything is started.
    const ends = openEnds(options, pty)
    try {
      return inPseudoTerminal(options, ends, await startSupervisor(options, ends.pair), modes, lent)
    } catch (error) {
      closeEnds(ends)
      throw error
    }
  } catch (error) {
    await lent.giveBack()
    throw error
  }
}
