import type { Command } from 'commander'
import type { Io } from '../io.ts'

/** What a group of commands is declared on, and given to do its work with. */
export interface Declaring {
  readonly program: Command
  readonly io: Io
  /** Does the work of the command that was called; what it resolves to is the exit code of the program. */
  does(work: () => Promise<number>): Promise<void>
}
