import type { Entry } from '../../model/index.ts'

/** What of a run's record is wanted: the output of one attempt, or everything but output. */
export type Wanted =
  | { readonly kind: 'output'; readonly step: string; readonly attempt: number }
  | { readonly kind: 'events' }

export interface RecordedEntry {
  readonly entry: Entry
  /** Where it stands in the record: reading from there gives it again. */
  readonly place: number
}

/** The journal of the run, read again while it grows. Whoever walks the run has written it, so that nothing of it is verified here. */
export interface RunRecord {
  /**
   * The wanted entries from a place on, in order, up to the last one that is written whole.
   *
   * @param from a place that an earlier reading gave; 0 is the beginning.
   * @returns at its end, the place to go on from.
   */
  read(from: number, wanted: Wanted): AsyncGenerator<RecordedEntry, number>
}
