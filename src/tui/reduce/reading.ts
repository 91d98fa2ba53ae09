import type { Found } from '../output/search.ts'
import { isSameSource, type Source } from '../output/source.ts'
import { atLine, followed, type Move, type Reading, readingOf, scrolledReading } from '../state/reading.ts'
import {
  only,
  outputToRead,
  pageRows,
  type Reduced,
  readingIn,
  type ScreenEvent,
  type ScreenState,
} from '../state/screen-state.ts'

/** Changes the text that is read, and asks for the lines that are then shown. */
function withReading(state: ScreenState, reading: Reading): Reduced {
  const next = reading.source.kind === 'transcript' ? { ...state, transcript: reading } : { ...state, output: reading }
  return { state: next, effects: reads(next, reading) }
}

function reads(state: ScreenState, { source, top }: Reading): Reduced['effects'] {
  return [{ kind: 'read', source, from: top, count: pageRows(state) }]
}

export function moveReading(state: ScreenState, by: Move): Reduced {
  const reading = readingIn(state)
  return reading === null ? only(state) : withReading(state, scrolledReading(reading, by, pageRows(state)))
}

export function followReading(state: ScreenState): Reduced {
  const reading = readingIn(state)
  return reading === null ? only(state) : withReading(state, followed(reading))
}

export function wrapReading(state: ScreenState): Reduced {
  const reading = readingIn(state)
  return reading === null ? only(state) : withReading(state, { ...reading, wrap: !reading.wrap })
}

/** The log of the step that is looked at: where it was left if it is the one beside the walk. */
export function openLog(state: ScreenState): Reduced {
  const source = outputToRead(state)
  if (source === null) return only(state)
  const { output } = state
  const reading = output !== null && isSameSource(output.source, source) ? output : readingOf(source, false)
  const opened: ScreenState = { ...state, dialog: { kind: 'log' } }
  return withReading(opened, reading)
}

export function openTranscript(state: ScreenState): Reduced {
  return withReading({ ...state, dialog: { kind: 'transcript' } }, { ...state.transcript, top: null })
}

/** Leaves the log: beside the walk stands what runs, or ran last. */
export function closedLog(state: ScreenState): ScreenState {
  const { running } = state.scene.state
  const { output } = state
  const live: Source | null = running === null ? null : { kind: 'output', step: running.step, attempt: running.attempt }
  if (live === null || (output !== null && isSameSource(output.source, live))) return state
  return { ...state, output: readingOf(live, false) }
}

/** The output before or after the one that is read, in the order in which they were begun. */
export function otherOutput(state: ScreenState, by: 1 | -1): Reduced {
  const { output, scene } = state
  if (output === null || output.source.kind !== 'output') return only(state)
  const { source } = output
  const all = [...scene.state.steps.values()].flatMap(({ planned, attempts }) =>
    Array.from({ length: attempts }, (_, index): Source => ({ kind: 'output', step: planned.id, attempt: index + 1 })),
  )
  const next = all[all.findIndex(one => isSameSource(one, source)) + by]
  if (next === undefined)
    return only({ ...state, message: by === 1 ? 'this is the last output' : 'this is the first output' })
  return withReading(state, readingOf(next, output.wrap))
}

/** `/`: what is typed next is searched for. */
export function startSearch(state: ScreenState): ScreenState {
  return { ...state, finding: '', message: null }
}

/** Looks for what was typed, from where one is; nothing typed ends the search. */
export function searchTyped(state: ScreenState): Reduced {
  const text = state.finding ?? ''
  const reading = readingIn(state)
  const done: ScreenState = { ...state, finding: null }
  if (reading === null) return only(done)
  if (text === '') return withReading(done, { ...reading, pattern: null, match: null })
  const from = reading.top ?? 0
  const focused: ScreenState = done.dialog === null ? { ...done, pane: 'output' } : done
  return find(focused, { ...reading, pattern: { kind: 'text', text }, match: null }, from, 1)
}

export function findAgain(state: ScreenState, what: 'next' | 'previous' | 'error'): Reduced {
  const reading = readingIn(state)
  if (reading === null) return only(state)
  const direction = what === 'previous' ? -1 : 1
  const pattern = what === 'error' ? ({ kind: 'error' } as const) : reading.pattern
  if (pattern === null) return only(state)
  const goesOn = reading.match !== null && pattern.kind === reading.pattern?.kind
  const from = goesOn ? (reading.match?.line ?? 0) + direction : (reading.top ?? 0)
  const focused: ScreenState = state.dialog === null ? { ...state, pane: 'output' } : state
  return find(focused, { ...reading, pattern, match: goesOn ? reading.match : null }, from, direction)
}

function find(state: ScreenState, reading: Reading, from: number, direction: 1 | -1): Reduced {
  if (reading.pattern === null) return only(state)
  const next = withReading(state, reading)
  const { source, pattern } = reading
  return {
    state: { ...next.state, message: 'searching' },
    effects: [{ kind: 'find', source, pattern, from, direction }],
  }
}

/** What was found is shown, unless something else is read or searched for by now. */
export function foundIn(state: ScreenState, event: Extract<ScreenEvent, { kind: 'found' }>): Reduced {
  const reading = [state.transcript, ...(state.output === null ? [] : [state.output])].find(one =>
    isSameSource(one.source, event.source),
  )
  const isAsked = JSON.stringify(reading?.pattern) === JSON.stringify(event.pattern)
  if (reading === undefined || !isAsked) return only(state)
  if (event.found === null) return only({ ...state, message: nothingFound(event) })
  const at = atLine(reading, event.found.line, pageRows(state))
  return withReading({ ...state, message: null }, { ...at, match: event.found })
}

/** More lines of a text: one that is read grows under its reader. */
export function grown(state: ScreenState, source: Source, total: number): ScreenState {
  if (source.kind === 'transcript') return { ...state, transcript: { ...state.transcript, total } }
  const { output } = state
  return output !== null && isSameSource(output.source, source) ? { ...state, output: { ...output, total } } : state
}

/** A script has begun: its output stands beside the walk, unless somebody reads another one at length. */
export function withNewOutput(state: ScreenState): ScreenState {
  const { running } = state.scene.state
  if (running === null || state.dialog?.kind === 'log') return state
  const source: Source = { kind: 'output', step: running.step, attempt: running.attempt }
  if (state.output !== null && isSameSource(state.output.source, source)) return state
  return { ...state, output: readingOf(source, state.output?.wrap ?? false) }
}

function nothingFound({
  pattern,
}: {
  readonly pattern: NonNullable<Reading['pattern']>
  readonly found: Found | null
}): string {
  return pattern.kind === 'error' ? 'no line looks like an error' : `"${pattern.text}" is not found`
}
