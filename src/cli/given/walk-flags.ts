import type { UiChoice } from '../terminal/choose-ui.ts'

/** Flags that `run`, `resume` and `rollback` share. */
export interface WalkFlags {
  readonly set: ReadonlyMap<string, string>
  readonly secret: ReadonlyMap<string, string>
  readonly secretEnv: ReadonlyMap<string, string>
  readonly answers?: string
  readonly confirm: ReadonlyMap<string, string>
  readonly ui: UiChoice
  readonly key?: string
  readonly json?: boolean
  /** Where the lines of the journal go as well, as they are recorded. */
  readonly events?: string
  readonly waitLimit: string
  readonly ascii?: boolean
  readonly approval: readonly string[]
  /** What is decided about steps where nobody attends, each for the one `reason`. */
  readonly retry: readonly string[]
  readonly skip: readonly string[]
  /** `passed`, `failed` or `rerun`, by step. */
  readonly resolve: ReadonlyMap<string, string>
  /** The file with another script, by step. */
  readonly edit: ReadonlyMap<string, string>
  readonly reason?: string
  /** Output of an earlier process that nobody can mask any more is recorded as lost. */
  readonly loseOutput?: boolean
}
