import { rangesIn } from '../output/pattern.ts'
import type { LinesView } from '../output/ring.ts'
import { keyName } from '../scene/actions.ts'
import { symbolOf } from '../scene/need-text.ts'
import { seenOf } from '../scene/status.ts'
import { positionOf } from '../scene/walk.ts'
import type { Reading } from '../state/reading.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { cleanOutput } from '../text/clean.ts'
import { counted } from '../text/counting.ts'
import { cut, type Look, ruleLine, safe, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'
import { durationText } from '../text/time-text.ts'
import { widthOf, wrapExact, wrapProse } from '../text/width.ts'

/** A text that is read, in exactly `height` rows: what it is and where one is in it, then its lines over the full width. */
export function readingView(
  look: Look,
  state: ScreenState,
  reading: Reading,
  lines: LinesView,
  height: number,
): Line[] {
  if (height <= 0) return []
  const room = height - 1
  const shown =
    reading.top === null ? lastRows(look, reading, lines, room) : rowsFrom(look, reading, lines, reading.top, room)
  const rows = shown.rows.map(({ line }) => line)
  while (rows.length < room) rows.push([])
  return [headLine(look, state, reading, lines, shown), ...rows]
}

interface Row {
  readonly line: Line
  readonly number: number
}
interface Shown {
  readonly rows: readonly Row[]
  readonly first: number
  readonly last: number
}

/** Rows from a line on. The end stays at the bottom: nobody scrolls past it. */
function rowsFrom(look: Look, reading: Reading, lines: LinesView, top: number, room: number): Shown {
  const from = Math.max(0, Math.min(top, lines.total - (reading.wrap ? 1 : room)))
  const rows: Row[] = []
  for (const [index, text] of lines.lines(from, from + room).entries()) {
    if (rows.length >= room) break
    rows.push(...rowsOf(look, reading, text, from + index))
  }
  return shownOf(rows.slice(0, room), from)
}

/** The last rows, for whoever follows. */
function lastRows(look: Look, reading: Reading, lines: LinesView, room: number): Shown {
  const from = Math.max(0, lines.total - room)
  const rows = lines.lines(from, from + room).flatMap((text, index) => rowsOf(look, reading, text, from + index))
  return shownOf(rows.slice(-room), from)
}

function shownOf(rows: readonly Row[], from: number): Shown {
  return { rows, first: rows[0]?.number ?? from, last: rows.at(-1)?.number ?? from }
}

function rowsOf(look: Look, reading: Reading, text: string | null, number: number): Row[] {
  if (text === null) return [{ line: [seg(look.ascii ? ' ...' : ' …')], number }]
  const shown = cleanOutput(text, { ascii: look.ascii })
  const pieces = !reading.wrap
    ? [cut(look, shown, look.columns)]
    : reading.source.kind === 'transcript'
      ? sentenceRows(shown, look.columns)
      : wrapExact(shown, look.columns)
  return pieces.map(piece => ({ line: marked(reading, piece, number), number }))
}

/** A sentence is broken between its words, and stands beside its time. */
function sentenceRows(sentence: string, columns: number): string[] {
  const [time = '', ...others] = sentence.split('  ')
  const indent = time.length + 2
  const rows = wrapProse(others.join('  '), Math.max(1, columns - indent))
  return rows.map((row, index) => `${index === 0 ? `${time}  ` : ' '.repeat(indent)}${row}`)
}

/** What was searched for is marked; where it stands across the edge of a wrapped row it is not. */
function marked({ pattern, match }: Reading, piece: string, number: number): Line {
  if (pattern === null) return [seg(piece)]
  const line = []
  let at = 0
  for (const [start, end] of rangesIn(piece, pattern)) {
    if (start > at) line.push(seg(piece.slice(at, start)))
    line.push(seg(piece.slice(start, end), match?.line === number ? 'match' : 'found'))
    at = end
  }
  if (at < piece.length || line.length === 0) line.push(seg(piece.slice(at)))
  return line
}

/** What it is, how it stands, where one is in it; the least needed of it goes first where there is no room. */
function headLine(look: Look, state: ScreenState, reading: Reading, lines: LinesView, shown: Shown): Line {
  const dash = look.ascii ? ' -- ' : ' ── '
  const isFull = state.dialog?.kind === 'log' || state.dialog?.kind === 'transcript'
  const focus = !isFull && state.pane === 'output' ? (look.ascii ? '> ' : '» ') : ''
  const { title, short } = titleOf(look, state, reading)
  const key = (action: Parameters<typeof keyName>[1]): string => keyName(state.keys, action)
  const where = whereText(state, reading, lines, shown)
  const keys = isFull
    ? reading.pattern === null
      ? `${key('search')} search  ${key('next-error')} next error  ${key('wrap')} wrap`
      : `${key('next-match')} next  ${key('previous-match')} previous`
    : `${key('search')} search  ${key('log')} full screen`
  const room = look.columns - 4
  const parts = (all: readonly string[]): string => focus + all.filter(text => text !== '').join(dash)
  const tries = [
    parts([title, ...where, keys]),
    parts([title, ...where]),
    parts([short, ...where]),
    parts([short, ...where.slice(1)]),
  ]
  const text = tries.find(one => widthOf(one) <= room) ?? tries.at(-1) ?? ''
  return ruleLine(look, look.columns, text)
}

function titleOf(look: Look, { scene, nowMs }: ScreenState, { source }: Reading): { title: string; short: string } {
  if (source.kind === 'transcript') return { title: 'transcript of this run', short: 'transcript' }
  const record = scene.state.steps.get(source.step)
  const many = (record?.attempts ?? 0) > 1
  // A command beside a question is run as often as somebody looks: that is no attempt at the step.
  const attempt = !many
    ? ''
    : record?.planned.kind === 'task'
      ? `, attempt ${source.attempt} of ${record.attempts}`
      : `, run ${source.attempt} of ${record?.attempts ?? 0}`
  const position = safe(look, positionOf(scene.walk, source.step))
  const name = safe(look, scene.walk.steps.get(source.step)?.title ?? '')
  const is = record?.attempts === source.attempt ? stateText(look, { scene, nowMs }, source.step) : 'earlier attempt'
  const dash = look.ascii ? ' -- ' : ' ── '
  return {
    title: `output of ${position} ${name}${attempt}${dash}${is}`,
    short: `output of ${position}${attempt}${dash}${is}`,
  }
}

function stateText(look: Look, { scene, nowMs }: Pick<ScreenState, 'scene' | 'nowMs'>, step: string): string {
  const { running, steps } = scene.state
  const record = steps.get(step)
  if (running?.step === step)
    return `${symbolOf('running', look.ascii)} running ${durationText(Math.max(0, nowMs - running.sinceMs))}`
  // A command beside a question has a result of its own; its step still waits for the person.
  if (record?.lastCheck != null && record.planned.kind !== 'task') return `command ${record.lastCheck.result}`
  const seen = seenOf(scene, step, nowMs)
  const took =
    record?.lastEnd == null || !['passed', 'failed', 'stopped'].includes(seen.state)
      ? ''
      : ` in ${durationText(record.lastEnd.ms)}`
  return `${symbolOf(seen.state, look.ascii)} ${safe(look, seen.word)}${took}`
}

/** How much there is, and which part of it is shown; what was found; whether its end is followed. */
function whereText({ scene, keys }: ScreenState, reading: Reading, lines: LinesView, shown: Shown): string[] {
  const { source, top, pattern, match, pausedAt } = reading
  const live = source.kind === 'transcript' || scene.state.running?.step === source.step
  const found =
    match === null || pattern === null
      ? []
      : [
          `${pattern.kind === 'error' ? 'error-like line' : 'match'} ${match.index} of ${match.count}${match.more ? ' or more' : ''}`,
        ]
  // Said as long as it is so: the line that says it in the text is gone in a moment.
  const kept = lines.keptTo == null ? [] : [`not kept from line ${lines.keptTo + 1} on`]
  if (top === null) return [counted(lines.total, 'line'), ...kept, ...found, ...(live ? ['FOLLOWING'] : [])]
  const part = lines.total === 0 ? 'no line' : `lines ${shown.first + 1} to ${shown.last + 1} of ${lines.total}`
  const fresh = Math.max(0, lines.total - pausedAt)
  return [
    part,
    ...kept,
    ...found,
    ...(live ? [`PAUSED, ${counted(fresh, 'new line')}, ${keyName(keys, 'follow')} follows`] : []),
  ]
}
