import type { Book } from '../output/book.ts'
import type { Copyable } from '../scene/copyable.ts'
import type { CopiedLines } from '../state/copying.ts'
import { type Effect, pageRows, type ScreenEvent, type ScreenState } from '../state/screen-state.ts'
import { cleanOutput } from '../text/clean.ts'

/** Reads for the screen what it asks for, one thing after the other, and tells it what was found. */
export interface Reader {
  perform(effect: Extract<Effect, { kind: 'read' | 'find' | 'look-for-error' }>): void
  /** Reads on in the text that is shown, after more of it has come. False where nothing is told of it that is not told anyway. */
  readOn(state: ScreenState): boolean
  /** Lines that are copied, as they are shown. */
  textOf(lines: CopiedLines): Promise<Copyable>
}

/**
 * @param tell gets what was found; not called any more once the screen is over.
 * @param failed called with what made reading impossible, such as a journal that is gone: the walk goes on without it.
 */
export function createReader(
  book: Book,
  nowMs: () => number,
  tell: (event: ScreenEvent) => void,
  failed: (error: unknown) => void,
): Reader {
  let queue: Promise<void> = Promise.resolve()
  let waits = false
  const enqueue = (work: () => Promise<void>): void => {
    queue = queue.then(work).catch(failed)
  }
  return {
    perform(effect) {
      enqueue(async () => {
        switch (effect.kind) {
          case 'read': {
            const total = await book.load(effect.source, effect.from, effect.count)
            tell({ kind: 'lines', source: effect.source, total, atMs: nowMs() })
            return
          }
          case 'find': {
            const { source, pattern, from, direction } = effect
            const found = await book.find(source, pattern, from, direction)
            tell({ kind: 'found', source, pattern, found, atMs: nowMs() })
            return
          }
          case 'look-for-error': {
            const { step, attempt } = effect
            const source = { kind: 'output', step, attempt } as const
            const found = await book.find(source, { kind: 'error' }, 0, 1)
            if (found === null) return
            const [text = ''] = await book.lines(source, found.line, found.line + 1)
            tell({ kind: 'error-line', found: { step, attempt, number: found.line, text }, atMs: nowMs() })
            return
          }
          default:
            effect satisfies never
        }
      })
    },
    readOn(state) {
      const shown = [state.output, state.dialog?.kind === 'transcript' ? state.transcript : null]
      const readings = shown.filter(reading => reading !== null)
      // One reading at a time: a flood must not queue one for each of its chunks.
      if (waits || readings.length === 0) return false
      waits = true
      enqueue(async () => {
        waits = false
        for (const reading of readings) {
          const total = await book.load(reading.source, reading.top, pageRows(state))
          tell({ kind: 'lines', source: reading.source, total, atMs: nowMs() })
        }
      })
      return true
    },
    async textOf({ what, source, from, to }) {
      const lines = await book.lines(source, from, to)
      return { what, text: `${lines.map(line => cleanOutput(line)).join('\n')}\n` }
    },
  }
}
