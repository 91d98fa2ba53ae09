/** The program's surroundings, handed in once by `main`, so that a command touches no global. */
export interface Io {
  readonly environment: NodeJS.ProcessEnv
  readonly cwd: string
  /** Data, on standard output. */
  write(text: string): void
  /**
   * Data on standard output, as much as there is of it: resolves once it was taken, or nobody reads any more. Rejects with
   * `STATE_UNWRITABLE` where it cannot be written, such as a full disk.
   */
  pour(piece: string | Uint8Array): Promise<void>
  /** A line for a person, on standard error. */
  say(line: string): void
  /** True where a person can be asked. */
  readonly interactive: boolean
  /** A line typed at the terminal; empty without one. */
  ask(question: string): Promise<string>
  /** One question at the terminal, yes or no; no without a terminal. */
  confirm(question: string): Promise<boolean>
  nowMs(): number
  /** Aborted once nobody reads standard output any more. */
  readonly gone?: AbortSignal
}
