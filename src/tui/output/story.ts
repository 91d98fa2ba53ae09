import type { Entry, Runbook, RunState, Snapshot } from '../../model/index.ts'
import { EMPTY_STATE, evolve } from '../../model/index.ts'
import { sentenceOf } from '../scene/narrate.ts'
import { clockText } from '../text/time-text.ts'
import type { RunRecord } from './record.ts'

/** Between two pauses for the keys while a long record is folded. */
const FOLDED_AT_ONCE = 200

/** The run's transcript as sentences, each behind its time: read once from the record, and told on from there. */
export function createStory(runbook: Pick<Runbook, 'title'>, record: RunRecord | null) {
  const lines: string[] = []
  let lastSeq = -1
  let reading: Promise<void> | null = null
  let early: { readonly entry: Entry; readonly snapshot: Snapshot }[] = []
  let isRead = record === null
  const tell = (entry: Entry, state: RunState): void => {
    if (entry.seq <= lastSeq) return
    lastSeq = entry.seq
    const sentence = sentenceOf(entry, { state }, runbook)
    if (sentence !== null) lines.push(`${clockText(entry.atMs)}  ${sentence}`)
  }
  const read = async (from: RunRecord): Promise<void> => {
    let state = EMPTY_STATE
    let folded = 0
    for await (const { entry } of from.read(0, { kind: 'events' })) {
      state = evolve(state, entry)
      tell(entry, state)
      folded++
      if (folded % FOLDED_AT_ONCE === 0) await new Promise(resolve => setImmediate(resolve))
    }
    isRead = true
    for (const { entry, snapshot } of early) tell(entry, snapshot.state)
    early = []
  }
  return {
    lines,
    take(entry: Entry, snapshot: Snapshot): void {
      if (entry.event.kind === 'output' || entry.event.kind === 'output.late') return
      if (isRead) tell(entry, snapshot.state)
      // Before it is asked for, the record alone has it; while it is read, what comes is told behind it.
      else if (reading !== null) early.push({ entry, snapshot })
    },
    ready(): Promise<void> {
      if (isRead || record === null) return Promise.resolve()
      reading ??= read(record)
      return reading
    },
  }
}
