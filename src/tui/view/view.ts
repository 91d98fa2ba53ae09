import { countSteps, deviationsOf } from '../../model/index.ts'
import type { OutputView } from '../output/ring.ts'
import { symbolOf } from '../scene/need-text.ts'
import { seenOf } from '../scene/status.ts'
import { positionOf, shortRun } from '../scene/walk.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { cleanOutput } from '../text/clean.ts'
import { counted } from '../text/counting.ts'
import { bounded, fitted, type Look, proseLines, ruleLine, safe, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'
import { durationText } from '../text/time-text.ts'
import { detailLines } from './detail.ts'
import { dialogView } from './dialog.ts'
import { keysLine, needLine, tooSmallLines, whereLine } from './head.ts'
import { outlineView } from './outline.ts'

/** All of what the screen shows, besides its state. */
export interface Screen {
  readonly state: ScreenState
  readonly output: OutputView
  readonly ascii: boolean
  /** True where `l` leads to plain mode. */
  readonly canGoPlain: boolean
  /** Commands that the finish screen names next. */
  readonly next: readonly string[]
}

export interface View {
  /** Exactly `rows` lines of at most `columns` cells. */
  readonly lines: readonly Line[]
  readonly cursor: { readonly x: number; readonly y: number } | null
}

/** What the screen shows: strings and tones, cleaned and cut. Pure; components draw it and nothing else. */
export function viewOf(screen: Screen): View {
  const { state, ascii } = screen
  const { columns, rows } = state.size
  const look: Look = { ascii, columns }
  if (columns < 60 || rows < 15) return { lines: tooSmallLines(look, rows, screen.canGoPlain), cursor: null }
  const body = bodyView(screen, look, rows - 5)
  const lines = [
    whereLine(look, state),
    needLine(look, state),
    ruleLine(look, columns),
    ...body.lines,
    ruleLine(look, columns),
    keysLine(look, state),
  ]
  const cursor = body.cursor === null ? null : { x: body.cursor.x, y: body.cursor.y + 3 }
  return { lines: lines.map(line => bounded(look, line, columns)), cursor }
}

function bodyView(screen: Screen, look: Look, height: number): View {
  const { state } = screen
  const { dialog } = state
  if (dialog === null)
    return state.scene.need.kind === 'finished' ? finishView(screen, look, height) : walkView(screen, look, height)
  if (dialog.kind === 'outline') {
    const { lines, selected } = outlineView(look, state, look.columns, height)
    return { lines, cursor: selected === null ? null : { x: 1, y: selected } }
  }
  const { lines, cursor } = dialogView(look, state, dialog, height)
  const left = height - lines.length
  // What was seen is asked while it still stands there: the output keeps its place below a dialog.
  const below = dialog.kind === 'act' && hasOutput(screen) && left >= 6 ? Math.floor(left / 2) : 0
  const above = dialog.kind === 'act' ? outlineView(look, state, look.columns, left - below).lines : []
  const filled = [...above, ...lines, ...outputLines(screen, look, below)]
  while (filled.length < height) filled.push([])
  return { lines: filled, cursor: cursor === null ? null : { x: cursor.x, y: cursor.y + above.length } }
}

function walkView(screen: Screen, look: Look, height: number): View {
  return look.columns >= 100 ? wideView(screen, look, height) : stackedView(screen, look, height)
}

/** From 100 columns on: outline left, detail right, the rest of the rows for output over the full width. */
function wideView(screen: Screen, look: Look, height: number): View {
  const left = Math.min(60, Math.floor(look.columns * 0.42))
  const right = look.columns - left - 1
  const detail = detailLines(look, screen.state, right)
  const least = Math.max(8, Math.floor(height * 0.35))
  const upper = hasOutput(screen) ? Math.max(least, Math.min(Math.floor(height * 0.5), detail.length + 1)) : height
  const outline = outlineView(look, screen.state, left, upper)
  const shown = windowOf(look, detail, screen.state.detailTop, upper)
  const lines = outline.lines.map((line, row): Line => [...fitted(look, line, left), seg(' '), ...(shown[row] ?? [])])
  return {
    lines: [...lines, ...outputLines(screen, look, height - upper)],
    cursor: outline.selected === null ? null : { x: 1, y: outline.selected },
  }
}

/** Below 100 columns: outline, detail and output below each other. */
function stackedView(screen: Screen, look: Look, height: number): View {
  const detail = detailLines(look, screen.state, look.columns)
  const output = hasOutput(screen) ? Math.max(3, Math.floor(height * 0.35)) : 0
  const least = Math.max(3, Math.floor(height * 0.3))
  const detailRows = Math.max(2, Math.min(detail.length, height - output - least - 1))
  const outlineRows = Math.max(1, height - output - detailRows - 1)
  const outline = outlineView(look, screen.state, look.columns, outlineRows)
  const lines = [
    ...outline.lines,
    ruleLine(look, look.columns),
    ...windowOf(look, detail, screen.state.detailTop, detailRows),
    ...outputLines(screen, look, output),
  ]
  return { lines: lines.slice(0, height), cursor: outline.selected === null ? null : { x: 1, y: outline.selected } }
}

/** A script that is running, or has said something: else its rows serve the outline. */
function hasOutput({ output, state }: Screen): boolean {
  return output.step !== null && (output.total > 0 || state.scene.state.running?.step === output.step)
}

function outputLines(screen: Screen, look: Look, height: number): Line[] {
  const { output, state } = screen
  if (height <= 0 || output.step === null) return Array.from({ length: Math.max(0, height) }, () => [])
  const seen = seenOf(state.scene, output.step, state.nowMs)
  const following = state.outputTop === null
  const room = height - 1
  const top = following
    ? Math.max(output.first, output.total - room)
    : Math.max(output.first, Math.min(state.outputTop ?? 0, output.total - room))
  const below = output.total - top - room
  const how = following ? 'FOLLOWING' : `PAUSED, ${Math.max(0, below)} new lines, F follows`
  const held =
    output.first > 0
      ? `${output.total} lines, the last ${output.total - output.first} here, all in the transcript`
      : counted(output.total, 'line')
  const dash = look.ascii ? '--' : '──'
  const running = state.scene.state.running
  const since = running?.step === output.step ? ` ${durationText(state.nowMs - running.sinceMs)}` : ''
  const focus = state.pane === 'output' ? (look.ascii ? '> ' : '» ') : ''
  const header = `${focus}output of ${safe(look, positionOf(state.scene.walk, output.step))} ${dash} ${symbolOf(seen.state, look.ascii)} ${safe(look, seen.word)}${since} ${dash} ${held} ${dash} ${how}`
  const lines = output.lines(top, top + room).map((line): Line => [seg(cleanOutput(line, { ascii: look.ascii }))])
  while (lines.length < room) lines.push([])
  return [ruleLine(look, look.columns, header), ...lines]
}

function finishView(screen: Screen, look: Look, height: number): View {
  const { scene } = screen.state
  const counts = countSteps(scene.state)
  const { need } = scene
  const result = need.kind === 'finished' ? need.result : ''
  const deviations = deviationsOf(scene.state)
  const lines: Line[] = [
    [seg(' Result     ', 'strong'), seg(safe(look, result), result === 'passed' ? 'passed' : 'failed')],
    [
      seg(
        ` Steps      ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped or not applicable, ${counts.open} open, ${counts.unknown} unknown`,
      ),
    ],
    [seg(` Run        ${safe(look, shortRun(scene.state))}  ${safe(look, scene.state.start?.release ?? '')}`)],
    [seg(` Notes      ${scene.state.notes.length}`)],
    [seg(` Deviations ${deviations.length}`)],
    [],
    ...screen.next.map((command): Line => [seg(' Next       '), seg(safe(look, command), 'strong')]),
    [seg(' Enter leaves.')],
    [],
    ...deviations.flatMap(d => proseLines(look, `${d.position} ${d.title}: ${d.text}`, look.columns, '   ')),
  ]
  const shown = windowOf(look, lines, screen.state.detailTop, height)
  while (shown.length < height) shown.push([])
  return { lines: shown, cursor: null }
}

/** A window of some rows, filled to its height; the last row says how many are not shown. */
function windowOf(look: Look, lines: readonly Line[], top: number, height: number): Line[] {
  if (lines.length <= height) return [...lines, ...Array.from({ length: height - lines.length }, (): Line => [])]
  const from = Math.max(0, Math.min(top, lines.length - (height - 1)))
  const shown = lines.slice(from, from + height - 1)
  const rest = lines.length - from - shown.length
  const text = rest === 0 ? `end, ${from} rows above` : `${rest} more rows, Tab and j show them`
  return [...shown, [seg(` ${look.ascii ? '..' : '··'} ${text}`)]]
}
