import type { Entry, EventOf, Runbook, Snapshot } from '../../model/index.ts'
import { type AttemptLog, createAttemptLog } from './attempt-log.ts'
import type { Pattern } from './pattern.ts'
import type { RunRecord } from './record.ts'
import { createOutputRing, type LinesView } from './ring.ts'
import { createSearch, type Found, type Search } from './search.ts'
import { isSameSource, type Source } from './source.ts'
import { createStory } from './story.ts'

/** Everything that can be read at length while a run is walked: the output of all its attempts, and its transcript. */
export interface Book {
  /** Takes an entry as it is told, output included. */
  take(entry: Entry, snapshot: Snapshot): void
  /** Takes output that is shown and that no record keeps. */
  pass(event: EventOf<'output'>): void
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
/** Stands in the place of a line that no record keeps, and that is no longer in memory. */
const PASSED_BY = '[this line has passed by; it is not kept]'

/** @param record null where nothing recorded can be read again: then there is what was seen since. */
export function createBook(runbook: Pick<Runbook, 'title'>, record: RunRecord | null): Book {
  const ring = createOutputRing()
  const logs = new Map<string, AttemptLog>()
  const story = createStory(runbook, record)
  let page: { readonly source: Source; readonly from: number; readonly lines: readonly string[] } | null = null
  let search: { readonly about: SearchAbout; readonly search: Search } | null = null
  let isJoining = false

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
  /** The first line of a text that no record keeps; null where there is none. */
  const keptToOf = (source: Source): number | null => (isLive(source) ? ring.keptTo : null)
  /** A line that was read for the screen and is still there. */
  const inPage = (source: Source, number: number): string | null => {
    const line = page !== null && isSameSource(page.source, source) ? page.lines[number - page.from] : undefined
    return line === undefined || line === PASSED_BY ? null : line
  }
  const isPassedBy = (source: Source, number: number): boolean => {
    const keptTo = keptToOf(source)
    return keptTo !== null && number >= keptTo && number < ring.first && inPage(source, number) === null
  }
  /** Each line from one on that no record keeps and that is still in memory: beside the newest, those that somebody reads. */
  const eachPassing = (
    source: Source,
    keptTo: number,
    from: number,
    visit: (line: string, number: number) => boolean,
  ): void => {
    const end = Math.min(ring.first, (page?.from ?? 0) + (page?.lines.length ?? 0))
    for (let number = Math.max(from, keptTo, page?.from ?? 0); number < end; number++) {
      const line = inPage(source, number)
      if (line !== null && !visit(line, number)) return
    }
    const start = Math.max(from, keptTo, ring.first)
    for (const [index, line] of ring.lines(start, ring.total).entries()) if (!visit(line ?? '', start + index)) return
  }
  /** Each line from one on: from the record, or of what is held where there is none. */
  const each = async (
    source: Source,
    from: number,
    visit: (line: string, number: number) => boolean,
  ): Promise<void> => {
    const log = source.kind === 'output' ? logOf(source) : null
    const keptTo = keptToOf(source)
    if (log !== null && keptTo !== null) {
      let wantsMore = true
      if (from < keptTo)
        await log.each(from, (line, number) => {
          if (number >= keptTo) return false
          wantsMore = visit(line, number)
          return wantsMore
        })
      if (wantsMore) eachPassing(source, keptTo, from, visit)
      return
    }
    if (log !== null) return log.each(from, visit)
    const held = source.kind === 'transcript' ? story.lines : isLive(source) ? ring.lines(0, ring.total) : []
    for (let number = from; number < held.length; number++) if (!visit(held[number] ?? '', number)) return
  }
  const lines = async (source: Source, from: number, to: number): Promise<string[]> => {
    const found: string[] = []
    if (to <= from) return found
    await each(source, from, (line, number) => {
      while (from + found.length < Math.min(number, to)) found.push(PASSED_BY)
      return from + found.length < to && found.push(line) < to - from
    })
    return found
  }
  /** Whoever reads what no record keeps gets a copy of it: the ring goes on, and the text must stand still. */
  const isHeld = (source: Source, from: number, to: number): boolean => {
    for (let number = from; number < to; number++) if (inPage(source, number) === null) return false
    return true
  }
  /** The ring has not seen the beginning of a script that an earlier process has started: it goes on behind what is recorded. */
  const join = async (step: string, attempt: number): Promise<void> => {
    const source = { kind: 'output', step, attempt } as const
    const before = `${ring.attempt} ${ring.step}`
    try {
      await refresh(source)
      // Another script may have been started meanwhile: the ring is its.
      if (`${ring.attempt} ${ring.step}` === before) ring.start(step, attempt, totalOf(source))
    } catch {
      // Whoever reads next says that the record cannot be read.
    }
    isJoining = false
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
    pass(event) {
      if (isRinged(event)) ring.pass(event)
      else if (!isJoining) {
        isJoining = true
        void join(event.step, event.attempt)
      }
    },
    view(source) {
      if (source.kind === 'transcript')
        return { total: story.lines.length, lines: (from, to) => story.lines.slice(Math.max(0, from), to) }
      const older = (number: number): string | null =>
        inPage(source, number) ?? (isPassedBy(source, number) ? PASSED_BY : null)
      const total = totalOf(source)
      if (isLive(source))
        return {
          total,
          keptTo: ring.keptTo,
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
      else if (isLive(source) && from !== null && ring.keptTo !== null && from + count > ring.keptTo) {
        if (!isHeld(source, from, Math.min(from + count, ring.total))) {
          await refresh(source)
          const start = Math.max(0, from - AROUND)
          page = { source, from: start, lines: await lines(source, start, from + count + AROUND) }
        }
      } else if (!isLive(source) || (from !== null && from < ring.first)) {
        await refresh(source)
        const start = Math.max(0, (from ?? totalOf(source) - count) - AROUND)
        page = { source, from: start, lines: await lines(source, start, start + count + 2 * AROUND) }
      }
      return totalOf(source)
    },
    async find(source, pattern, from, direction) {
      await refresh(source)
      const about: SearchAbout = {
        source,
        name: pattern.kind === 'error' ? 'error' : `text ${pattern.text}`,
        keptTo: keptToOf(source),
      }
      if (search === null || !isSameSearch(search.about, about)) search = { about, search: createSearch(pattern) }
      const { search: current } = search
      await each(source, current.seen, (line, number) => {
        current.take(line, number)
        return true
      })
      current.drop(line => isPassedBy(source, line))
      return current.nearest(from, direction)
    },
    lines: async (source, from, to) => {
      await refresh(source)
      return lines(source, from, to)
    },
  }
}

/** What was searched for, and in what: once a text has lines that no record keeps, or has them no more, its lines have other numbers. */
interface SearchAbout {
  readonly source: Source
  readonly name: string
  readonly keptTo: number | null
}

function isSameSearch(one: SearchAbout, other: SearchAbout): boolean {
  return one.name === other.name && one.keptTo === other.keptTo && isSameSource(one.source, other.source)
}
