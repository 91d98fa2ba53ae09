import type { TerminalSize } from './pty-pair.ts'

/** What a front end is told before it lets go of the terminal. */
export interface Handover {
  readonly step: string
  /** False where the script gets the terminal itself, so that nothing of the session can be recorded. */
  readonly recorded: boolean
}

/**
 * The terminal of the person who walks the run. It is lent to one script at a time; whoever draws on it and reads keys from it
 * lets go before, and takes it back after.
 */
export interface PersonsTerminal {
  /** Its file: `/dev/tty`. */
  readonly path: string
  /** How large it is now. */
  size(): TerminalSize
  /** Resolves once nobody reads from it or draws on it any more. */
  lend(handover: Handover): Promise<LentTerminal>
}

export interface LentTerminal {
  /** Calls back at each change of size. Returns the function that ends it. */
  onResize(listener: (size: TerminalSize) => void): () => void
  /**
   * Names what gives the terminal its own modes back: called at once where Signoff must leave (a signal), and synchronous, since
   * nothing else may happen by then.
   */
  onRecall(restore: () => void): void
  /** Resolves once the front end has the terminal again. */
  giveBack(): Promise<void>
}
