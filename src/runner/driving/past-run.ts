import { EMPTY_STATE, type Entry, evolve, type RunEvent, type RunState } from '../../model/index.ts'
import { createLateRecord, type OpenLate, type RecordedOutput, recordedOutput } from './recorded-output.ts'

/** A line of output, by what need not be read of it. */
interface OutputPlace {
  readonly seq: number
  readonly atMs: number
  readonly step: string
  readonly attempt: number
}

/**
 * A run as its journal tells it, taken line by line: what goes on with it needs its state, and the output of the script that runs. What
 * other scripts printed, which may be gigabytes, is not kept.
 */
export interface PastRun {
  add(entry: Entry): void
  /** The same for a line of output, which is read later, if at all. */
  addOutput(place: OutputPlace, read: () => Entry): void
  readonly state: RunState
  /** What is on record of the script that runs; null where none does. */
  running(): RecordedOutput | null
  /** Scripts that have ended, and into whose pipes others may still write. */
  late(): readonly OpenLate[]
}

export function createPastRun(): PastRun {
  const late = createLateRecord()
  let state = EMPTY_STATE
  /** What the script that was started last has printed. */
  let output: (() => Entry)[] = []
  const isRunning = ({ step, attempt }: { readonly step: string; readonly attempt: number }) =>
    state.running?.step === step && state.running.attempt === attempt
  const keepOutput = (event: RunEvent, entry: Entry) => {
    if (event.kind === 'step.start' || event.kind === 'step.end') output = []
    if (event.kind === 'output' && isRunning(event)) output.push(() => entry)
  }
  return {
    add(entry) {
      state = evolve(state, entry)
      keepOutput(entry.event, entry)
      late.add(entry.event)
    },
    addOutput(place, read) {
      // It changes nothing else of a run.
      state = { ...state, lastSeq: place.seq, lastAtMs: place.atMs }
      if (isRunning(place)) output.push(read)
    },
    get state() {
      return state
    },
    running() {
      if (state.running === null) return null
      return recordedOutput(
        output.map(read => read()),
        state.running,
      )
    },
    late: () => late.open(),
  }
}
