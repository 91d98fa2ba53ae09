import type { Source } from '../output/source.ts'
import { positionOf, shortRun } from '../scene/walk.ts'
import { lookedAt, pageRows, readingIn, type ScreenState } from './screen-state.ts'

/** What `y` copies and `Y` prints: a text, or lines of one that is read. */
export type Copied =
  | { readonly kind: 'text'; readonly what: string; readonly text: string }
  | {
      readonly kind: 'lines'
      readonly what: string
      readonly source: Source
      readonly from: number
      readonly to: number
    }

/** What can be copied of what is looked at; null where there is nothing. */
export function copyOf(state: ScreenState): Copied | null {
  const { dialog } = state
  const reads = dialog?.kind === 'log' || dialog?.kind === 'transcript' || (dialog === null && state.pane === 'output')
  return reads ? linesOf(state) : textOfStep(state)
}

/** The line that was found, or all that are shown. */
function linesOf(state: ScreenState): Copied | null {
  const reading = readingIn(state)
  if (reading === null || reading.total === 0) return null
  const { source, match, total } = reading
  if (match !== null)
    return { kind: 'lines', what: `line ${match.line + 1}`, source, from: match.line, to: match.line + 1 }
  const rows = pageRows(state)
  const from = reading.top ?? Math.max(0, total - rows)
  const to = Math.min(total, from + rows)
  return { kind: 'lines', what: `lines ${from + 1} to ${to}`, source, from, to }
}

function textOfStep({ scene, ...state }: ScreenState): Copied | null {
  const id = lookedAt({ scene, ...state })
  const step = id === null ? undefined : scene.walk.steps.get(id)
  if (id === null || step === undefined) return null
  const position = positionOf(scene.walk, id)
  const { need } = scene
  if (step.kind === 'gate')
    return { kind: 'text', what: 'the request', text: `signoff approve ${shortRun(scene.state)} ${position}` }
  const entered = need.kind === 'run' && need.step === id ? need.script : null
  const edited = scene.state.steps.get(id)?.edited?.script ?? null
  const offered = need.kind !== 'finished' && need.step === id && 'offer' in need ? (need.offer?.script ?? null) : null
  const text = entered ?? edited ?? step.script ?? offered ?? step.offer ?? step.original
  return text === null || text === '' ? null : { kind: 'text', what: `the text of ${position}`, text }
}
