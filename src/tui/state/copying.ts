import type { Source } from '../output/source.ts'
import { type Copyable, copyableAt } from '../scene/copyable.ts'
import { lookedAt, pageRows, readingIn, type ScreenState } from './screen-state.ts'

/** Lines of a text that is read, which are still to be read themselves. */
export interface CopiedLines {
  readonly what: string
  readonly source: Source
  readonly from: number
  readonly to: number
}

/** What `y` copies and `Y` prints: the text of the step that is looked at, or lines of what is read; null where there is nothing. */
export function copyOf(state: ScreenState): Copyable | CopiedLines | null {
  const { dialog } = state
  const reads = dialog?.kind === 'log' || dialog?.kind === 'transcript' || (dialog === null && state.pane === 'output')
  return reads ? linesOf(state) : copyableAt(state.scene, lookedAt(state))
}

/** The line that was found, or all that are shown. */
function linesOf(state: ScreenState): CopiedLines | null {
  const reading = readingIn(state)
  if (reading === null || reading.total === 0) return null
  const { source, match, total } = reading
  if (match !== null) return { what: `line ${match.line + 1}`, source, from: match.line, to: match.line + 1 }
  const rows = pageRows(state)
  const from = reading.top ?? Math.max(0, total - rows)
  const to = Math.min(total, from + rows)
  return { what: `lines ${from + 1} to ${to}`, source, from, to }
}
