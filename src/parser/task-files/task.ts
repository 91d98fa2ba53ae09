import type { Place } from '../text/source.ts'

/** A value that a task of xc or mask declares: its script finds it in the environment. */
export interface DeclaredInput {
  readonly name: string
  readonly required: boolean
  /** What it is where nobody says otherwise; null is asked. */
  readonly default: string | null
  readonly description: string | null
  readonly place: Place
}

/** What a heading of a task file says beside its script. */
export interface Task {
  readonly tool: 'xc' | 'mask'
  /** As other tasks name it. */
  readonly name: string
  readonly requires: readonly { readonly name: string; readonly place: Place }[]
  readonly inputs: readonly DeclaredInput[]
  /** Where its script runs; null is beside the file. */
  readonly directory: string | null
  readonly interactive: boolean
}
