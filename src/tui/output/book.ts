import type { Entry, EventOf, Runbook, RunState, Snapshot } from '../../model/index.ts'
import { EMPTY_STATE, evolve } from '../../model/index.ts'
import { sentenceOf } from '../scene/narrate.ts'
import { clockText } from '../text/time-text.ts'
import { type AttemptLog, createAttemptLog } from './attempt-log.ts'
import type { Pattern } from './pattern.ts'
import type { RunRecord } from './record.ts'
import { createOutputRing, type LinesView } from './ring.ts'
import { createSearch, type Found, type Search } from './search.ts'
import { isSameSource, type Source } from './source.ts'

/** Everything that can be read at length while a run is walked: the output of all its attempts, and its transcript. */
export interface Book {
  /** Takes an entry as it is told, output included. */
  take(entry: Entry, snapshot: Snapshot): void
  /** What can be shown of a text at once. */
  view(source: Source): LinesView
  /**
   * Reads what the record holds of a text, so that `view` has so many lines from one on, or the last ones where `from` is null.
   * Resolves with how many lines there are in all.
   */
  load(source: Source, from: number | null, count: number): Promise<number>
  /** The nearest line that holds a pattern, in the whole text; null where none does. */
  find(source: Source, pattern: Pattern, from: number, direction: 1 | -1): Promise<Found | null>
  /** These lines of the text, read anew. */
  lines(source: Source, from: number, to: number): Promise<string[]>
}

/** Lines read around those that are asked for, so that the next key needs no reading. */
const AROUND = 400
/** Between two pauses for the keys while a long record is folded. */
const FOLDED_AT_ONCE = 200

/** @param record null where nothing recorded can be read again: then there is what was seen since. */
export function createBook(runbook: Pick<Runbook, 'title'>, record: RunRecord | null): Book {
  const ring = createOutputRing()
  const logs = new Map<string, AttemptLog>()
  const story = createStory(runbook, record)
  let page: { readonly source: Source; readonly from: number; readonly lines: readonly string[] } | null = null
  let search: { readonly source: Source; readonly name: string; readonly search: Search } | null = null

  const isRinged = ({ step, attempt }: { readonly step: string; readonly attempt: number }): boolean =>
    step === ring.step && attempt === ring.attempt
  const isLive = (source: Source): boolean => source.kind === 'output' && isRinged(source)
  const logOf = (source: Extract<Source, { kind: 'output' }>): AttemptLog | null => {
    if (record === null) return null
    const key = `${source.attempt} ${source.step}`
    const known = logs.get(key)
    if (known !== undefined) return known
    const log = createAttemptLog(record, source)
    logs.set(key, log)
    return log
  }
  const totalOf = (source: Source): number => {
    if (source.kind === 'transcript') return story.lines.length
    return isLive(source) ? ring.total : (logs.get(`${source.attempt} ${source.step}`)?.total ?? 0)
  }
  const refresh = async (source: Source): Promise<void> => {
    if (source.kind === 'transcript') await story.ready()
    else await logOf(source)?.refresh()
  }
  /** Each line from one on: from the record, or of what is held where there is none. */
  const each = async (
    source: Source,
    from: number,
    visit: (line: string, number: number) => boolean,
  ): Promise<void> => {
    const log = source.kind === 'output' ? logOf(source) : null
    if (log !== null) return log.each(from, visit)
    const held = source.kind === 'transcript' ? story.lines : isLive(source) ? ring.lines(0, ring.total) : []
    for (let number = from; number < held.length; number++) if (!visit(held[number] ?? '', number)) return
  }
  const lines = async (source: Source, from: number, to: number): Promise<string[]> => {
    const found: string[] = []
    if (to <= from) return found
    await each(source, from, line => found.push(line) < to - from)
    return found
  }

  return {
    take(entry, snapshot) {
      const { event } = entry
      if (event.kind === 'step.start') ring.start(event.step, event.attempt)
      // A script that was started before this screen was there is read from the record: the ring has not seen its beginning.
      else if ((event.kind === 'output' || event.kind === 'output.late') && (record === null || isRinged(event)))
        ring.push(event)
      story.take(entry, snapshot)
    },
    view(source) {
      if (source.kind === 'transcript')
        return { total: story.lines.length, lines: (from, to) => story.lines.slice(Math.max(0, from), to) }
      const held = page !== null && isSameSource(page.source, source) ? page : null
      const older = (number: number): string | null => held?.lines[number - held.from] ?? null
      const total = totalOf(source)
      if (isLive(source))
        return {
          total,
          lines: (from, to) => ring.lines(from, to).map((line, at) => line ?? older(Math.max(0, from) + at)),
        }
      return {
        total,
        lines: (from, to) => {
          const start = Math.max(0, from)
          return Array.from({ length: Math.max(0, Math.min(to, total) - start) }, (_, at) => older(start + at))
        },
      }
    },
    async load(source, from, count) {
      if (source.kind === 'transcript') await refresh(source)
      else if (!isLive(source) || (from !== null && from < ring.first)) {
        await refresh(source)
        const start = Math.max(0, (from ?? totalOf(source) - count) - AROUND)
        page = { source, from: start, lines: await lines(source, start, start + count + 2 * AROUND) }
      }
      return totalOf(source)
    },
    async find(source, pattern, from, direction) {
      await refresh(source)
      const name = pattern.kind === 'error' ? 'error' : `text ${pattern.text}`
      if (search === null || search.name !== name || !isSameSource(search.source, source))
        search = { source, name, search: createSearch(pattern) }
      const { search: current } = search
      await each(source, current.seen, (line, number) => {
        current.take(line, number)
        return true
      })
      return current.nearest(from, direction)
    },
    lines: async (source, from, to) => {
      await refresh(source)
      return lines(source, from, to)
    },
  }
}

/** The run's transcript as sentences, each behind its time: read once from the record, and told on from there. */
function createStory(runbook: Pick<Runbook, 'title'>, record: RunRecord | null) {
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
      if (isOutput(entry)) return
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

function isOutput(entry: Entry): entry is Entry<EventOf<'output'> | EventOf<'output.late'>> {
  return entry.event.kind === 'output' || entry.event.kind === 'output.late'
}
