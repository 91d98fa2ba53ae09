import type { UiChoice } from './terminal.ts'

/** Flags that `run` and `resume` share. */
export interface WalkFlags {
  readonly set: ReadonlyMap<string, string>
  readonly secret: ReadonlyMap<string, string>
  readonly secretEnv: ReadonlyMap<string, string>
  readonly answers?: string
  readonly confirm: ReadonlyMap<string, string>
  readonly ui: UiChoice
  readonly key?: string
  readonly json?: boolean
  readonly waitLimit: string
  readonly ascii?: boolean
  readonly approval: readonly string[]
  /** Output of an earlier process that nobody can mask any more is recorded as lost. */
  readonly loseOutput?: boolean
}
