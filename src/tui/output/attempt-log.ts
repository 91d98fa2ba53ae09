import { createLineAssembler } from './lines.ts'
import type { RunRecord } from './record.ts'

/** All output of one attempt, read from the record in memory that does not grow with it. */
export interface AttemptLog {
  /** Lines known so far; grows with `refresh`. */
  readonly total: number
  /** Reads what was recorded since. */
  refresh(): Promise<void>
  /**
   * Calls back with each line from one on, until it answers false.
   *
   * @param from number of a line, counted from 0; at most `total`.
   */
  each(from: number, visit: (line: string, number: number) => boolean): Promise<void>
}

/** A place of the record where no line is open, so that reading can begin there. */
interface Rest {
  readonly line: number
  readonly place: number
  readonly at: Readonly<Record<string, number>>
}

/** Lines between two places where reading can begin: what is read in vain before the line that is wanted. */
const BETWEEN_RESTS = 1000

export function createAttemptLog(
  record: RunRecord,
  about: { readonly step: string; readonly attempt: number },
): AttemptLog {
  const wanted = { kind: 'output', ...about } as const
  const rests: Rest[] = [{ line: 0, place: 0, at: {} }]
  const assembler = createLineAssembler()
  let completed = 0
  let readTo = 0
  let reading: Promise<void> = Promise.resolve()

  const readOn = async (): Promise<void> => {
    const entries = record.read(readTo, wanted)
    for (;;) {
      const next = await entries.next()
      if (next.done === true) {
        readTo = next.value
        return
      }
      const { entry, place } = next.value
      const { event } = entry
      if (event.kind !== 'output' && event.kind !== 'output.late') continue
      const at = completed - (rests.at(-1)?.line ?? 0) >= BETWEEN_RESTS ? assembler.resting() : null
      if (at !== null) rests.push({ line: completed, place, at })
      completed += assembler.push(event).length
    }
  }

  return {
    get total() {
      return completed + assembler.unfinished().length
    },
    refresh() {
      // One after the other: two readings at once would take the same entries twice.
      reading = reading.then(readOn)
      return reading
    },
    async each(from, visit) {
      await reading
      const rest = rests.findLast(({ line }) => line <= from) ?? { line: 0, place: 0, at: {} }
      const again = createLineAssembler(rest.at)
      let number = rest.line
      const give = (lines: readonly string[]): boolean =>
        lines.every(line => {
          const wantsMore = number < from || visit(line, number)
          number++
          return wantsMore
        })
      for await (const { entry, place } of record.read(rest.place, wanted)) {
        // What came since the last `refresh` is not counted yet.
        if (place >= readTo) break
        const { event } = entry
        if ((event.kind === 'output' || event.kind === 'output.late') && !give(again.push(event))) return
      }
      give(again.unfinished())
    },
  }
}
