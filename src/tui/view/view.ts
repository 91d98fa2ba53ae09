import type { Book } from '../output/book.ts'
import { FIXED_ROWS, isTooSmall, lookedAt, readingIn, type ScreenState, WIDE } from '../state/screen-state.ts'
import { bounded, fitted, type Look, ruleLine, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'
import { tooSmallLines } from '../text/too-small.ts'
import { callView } from './call.ts'
import { detailLines } from './detail.ts'
import { dialogView } from './dialog.ts'
import { finishLines } from './finish.ts'
import { findLine, keysLine, needLine, runLine } from './head.ts'
import { outlineView } from './outline.ts'
import { overlayView } from './overlay.ts'
import { readingView } from './reading.ts'
import { windowed } from './window.ts'

/** All of what the screen shows, besides its state. */
export interface Screen {
  readonly state: ScreenState
  readonly book: Pick<Book, 'view'>
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
  /** The last row that what is scrolled can begin with. */
  readonly farthest: number
}

/** What lies between the fixed rows. */
export interface Body {
  readonly lines: readonly Line[]
  readonly cursor: { readonly x: number; readonly y: number } | null
  readonly farthest: number
}

/** What the screen shows: strings and tones, cleaned and cut. Pure; components draw it and nothing else. */
export function viewOf(screen: Screen): View {
  const { state, ascii } = screen
  const { columns, rows } = state.size
  const look: Look = { ascii, columns }
  if (isTooSmall(state.size)) return { lines: tooSmallLines(look, rows, screen.canGoPlain), cursor: null, farthest: 0 }
  const body = bodyView(screen, look, rows - FIXED_ROWS)
  const find = state.finding === null ? null : findLine(look, state)
  const lines = [
    runLine(look, state),
    needLine(look, state),
    ruleLine(look, columns),
    ...body.lines,
    ruleLine(look, columns),
    find?.line ?? keysLine(look, state),
  ]
  const cursor = body.cursor === null ? null : { x: body.cursor.x, y: body.cursor.y + 3 }
  return {
    lines: lines.map(line => bounded(look, line, columns)),
    cursor: find === null ? cursor : { x: find.x, y: rows - 1 },
    farthest: body.farthest,
  }
}

function bodyView(screen: Screen, look: Look, height: number): Body {
  const { state, book } = screen
  const { dialog } = state
  if (dialog === null) {
    if (state.call !== null) return callView(look, state, state.call, height)
    return state.scene.need.kind === 'finished' ? finishView(screen, look, height) : walkView(screen, look, height)
  }
  switch (dialog.kind) {
    case 'outline': {
      const { lines, selected } = outlineView(look, state, look.columns, height, 'whole')
      return { lines, cursor: selected === null ? null : { x: 1, y: selected }, farthest: 0 }
    }
    case 'log':
    case 'transcript': {
      const reading = readingIn(state)
      const lines = reading === null ? [] : readingView(look, state, reading, book.view(reading.source), height)
      return { lines: filled(lines, height), cursor: null, farthest: 0 }
    }
    case 'act':
      return actView(screen, look, height)
    default:
      return overlayView(look, state, dialog, height)
  }
}

/** A question over the walk. What was seen is asked while it still stands there: the output keeps its place below. */
function actView(screen: Screen, look: Look, height: number): Body {
  const { state } = screen
  const { lines, cursor, farthest } = dialogView(look, state, height)
  const left = height - lines.length
  const least = hasOutput(screen) && left >= 6 ? Math.floor(left / 2) : 0
  const rows = Math.min(left - least, outlineView(look, state, look.columns, 0, 'folded').rows)
  const above = rows < 2 ? [] : outlineView(look, state, look.columns, rows, 'folded').lines
  const below = hasOutput(screen) && left >= 6 ? left - above.length : 0
  return {
    lines: filled([...above, ...lines, ...outputLines(screen, look, below)], height),
    cursor: cursor === null ? null : { x: cursor.x, y: cursor.y + above.length },
    farthest,
  }
}

function walkView(screen: Screen, look: Look, height: number): Body {
  return look.columns >= WIDE ? wideView(screen, look, height) : stackedView(screen, look, height)
}

/** From 100 columns on: outline left, detail right, the rest of the rows for output over the full width. */
function wideView(screen: Screen, look: Look, height: number): Body {
  const { state } = screen
  const left = Math.min(90, Math.floor(look.columns * 0.42))
  const detail = detailLines(look, state, look.columns - left - 2, screen.book)
  const outlineRows = outlineView(look, state, left, 0, 'folded').rows
  const least = Math.max(8, Math.floor(height * 0.35))
  const wanted = Math.max(detail.length, Math.min(outlineRows, Math.floor(height * 0.5)))
  const upper = hasOutput(screen) ? Math.max(least, Math.min(Math.floor(height * 0.55), wanted + 1)) : height
  const outline = outlineView(look, state, left, upper, 'folded')
  const shown = windowed(look, state, detail, state.detailTop, upper)
  const lines = outline.lines.map(
    (line, row): Line => [...fitted(look, line, left), seg('  '), ...(shown.lines[row] ?? [])],
  )
  return {
    lines: [...lines, ...outputLines(screen, look, height - upper)],
    cursor: outline.selected === null ? null : { x: 1, y: outline.selected },
    farthest: shown.farthest,
  }
}

/** Below 100 columns: outline, detail and output below each other. */
function stackedView(screen: Screen, look: Look, height: number): Body {
  const { state } = screen
  const detail = detailLines(look, state, look.columns, screen.book)
  const least = Math.max(3, Math.floor(height * 0.3))
  const wanted = hasOutput(screen) ? Math.max(3, Math.floor(height * 0.35)) : 0
  // What another step has said gives way to what is asked now.
  const left = height - least - 1 - detail.length
  const output = isOwnOutput(screen) || left >= wanted ? wanted : left < 3 ? 0 : left
  const detailRows = Math.max(2, Math.min(detail.length, height - output - least - 1))
  const outlineRows = Math.max(1, height - output - detailRows - 1)
  const outline = outlineView(look, state, look.columns, outlineRows, 'folded')
  const shown = windowed(look, state, detail, state.detailTop, detailRows)
  const lines = [...outline.lines, ruleLine(look, look.columns), ...shown.lines, ...outputLines(screen, look, output)]
  return {
    lines: lines.slice(0, height),
    cursor: outline.selected === null ? null : { x: 1, y: outline.selected },
    farthest: shown.farthest,
  }
}

/** A script that is running, or has said something: else its rows serve the outline. */
function hasOutput({ book, state }: Screen): boolean {
  const { output, scene } = state
  if (output === null || output.source.kind !== 'output') return false
  return scene.state.running?.step === output.source.step || Math.max(output.total, book.view(output.source).total) > 0
}

/** Output of the step that is asked about, or runs: it is what the question is about. */
function isOwnOutput({ state }: Screen): boolean {
  const { output, scene } = state
  const step = output?.source.kind === 'output' ? output.source.step : null
  return step !== null && (step === lookedAt(state) || scene.state.running?.step === step)
}

function outputLines({ book, state }: Screen, look: Look, height: number): Line[] {
  if (state.output === null || height <= 0) return filled([], Math.max(0, height))
  return readingView(look, state, state.output, book.view(state.output.source), height)
}

function finishView(screen: Screen, look: Look, height: number): Body {
  const { state } = screen
  const shown = windowed(look, state, finishLines(look, state, screen.next), state.detailTop, height)
  return { lines: filled(shown.lines, height), cursor: null, farthest: shown.farthest }
}

/** Exactly `height` rows. */
export function filled(lines: readonly Line[], height: number): Line[] {
  const rows = lines.slice(0, height)
  while (rows.length < height) rows.push([])
  return rows
}
