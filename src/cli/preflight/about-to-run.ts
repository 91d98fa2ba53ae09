import type { RunState } from '../../model/index.ts'
import type { Provided, RunContext, Selection } from '../../runner/index.ts'
import type { Signer } from '../../transcript/index.ts'
import type { FirstWords } from '../given/first-words.ts'
import type { Workspace } from '../settings/workspace.ts'

/** A run that is about to begin, or to go on. */
export interface AboutToRun {
  readonly context: RunContext
  /** As it stands: the empty state before it begins, what is on record where it goes on. */
  readonly state: RunState
  readonly selection: Selection
  readonly first: FirstWords
  readonly provided: Provided
  /** True where a person can be asked, and can be lent a terminal. */
  readonly attended: boolean
}

/** The place and the person of a run. */
export interface Bench {
  readonly workspace: Workspace
  readonly signersText: string | null
  /** Whoever walks the run; null where nobody could be found. */
  readonly signer: Pick<Signer, 'principal' | 'keyid' | 'publicKey'> | null
}
