import { symbolOf } from '../scene/need-text.ts'
import { foldedRows, type OutlineRow, rowOf } from '../scene/outline.ts'
import { doneOf, type StepsDone } from '../scene/progress.ts'
import { SEEN, type SeenState, seenOf } from '../scene/status.ts'
import { inProduction, neededStep } from '../scene/walk.ts'
import { lookedAt, type ScreenState } from '../state/screen-state.ts'
import { bounded, cut, fitted, type Look, pad, safe, seg } from '../text/look.ts'
import type { Line, Segment } from '../text/theme.ts'
import { clockText, durationText } from '../text/time-text.ts'
import { cutMiddle, widthOf } from '../text/width.ts'

export interface OutlineView {
  readonly lines: readonly Line[]
  /** Row of the selected step within `lines`; null where it is not shown. */
  readonly selected: number | null
  /** Rows there are in all. */
  readonly rows: number
}

/**
 * A window of the outline around the selected step: only visible rows are made, however long the runbook.
 *
 * @param how `folded` shows the phases, and what is open of the one that is looked at.
 */
export function outlineView(
  look: Look,
  state: ScreenState,
  width: number,
  height: number,
  how: 'folded' | 'whole',
): OutlineView {
  const at = lookedAt(state)
  const done = (ids: readonly string[]): boolean => doneOf(state.scene.state, ids).done === ids.length
  const rows = how === 'whole' ? state.outline : foldedRows(state.outline, at, done)
  const selected = rowOf(rows, at)
  const top = windowTop(rows.length, Math.max(0, selected), height)
  const shown = rows.slice(top, top + height)
  const cells = {
    side: width >= WIDE_ROW ? sideWidth(look, state, shown, width) : 0,
    positions: positionWidth(shown),
    word: wordWidth(look, state, shown, width),
  }
  const lines = shown.map((row, index) => outlineLine(look, state, row, top + index === selected, width, cells))
  while (lines.length < height) lines.push([])
  const inWindow = selected - top
  return { lines, selected: selected >= 0 && inWindow < height ? inWindow : null, rows: rows.length }
}

/** The selected row stays a third from the top, so that what comes next is seen. */
function windowTop(rows: number, selected: number, height: number): number {
  return Math.max(0, Math.min(selected - Math.floor(height / 3), rows - height))
}

/** Cells from which on a row has a column of its own for what a step came to. */
const WIDE_ROW = 70

function outlineLine(
  look: Look,
  state: ScreenState,
  row: OutlineRow,
  selected: boolean,
  width: number,
  cells: Cells,
): Line {
  return row.kind === 'heading'
    ? headingLine(look, state, row, width)
    : stepLine(look, state, row, selected, width, cells)
}

function headingLine(
  look: Look,
  state: ScreenState,
  row: Extract<OutlineRow, { kind: 'heading' }>,
  width: number,
): Line {
  const { section, steps } = row
  const left = ` ${' '.repeat(Math.min(4, row.depth))}${safe(look, section.position)} ${safe(look, section.title)}`
  const counts = doneOf(state.scene.state, steps)
  const { done } = counts
  const seen = headingState(state, steps, counts)
  const count = `${symbolOf(seen, look.ascii)} ${done}/${steps.length} `
  const owner = section.owners.length === 0 ? '' : `Owner ${safe(look, section.owners.join(' + '))}`
  const place = width < WIDE_ROW ? '' : `${fileOf(look, state)}:${section.line}`
  const sides = [[owner, place], [owner], [place], []].map(all => all.filter(text => text !== '').join('   '))
  const room = width - widthOf(count) - 1
  const side = sides.find(text => widthOf(left) + widthOf(text) + 2 <= room) ?? ''
  const title = pad(look, left, room - widthOf(side) - (side === '' ? 0 : 2))
  return fitted(look, [seg(title, 'strong'), seg(side === '' ? ' ' : `  ${side} `), seg(count, SEEN[seen].tone)], width)
}

/** A heading stands as what is needed of it, or runs, or as far as its steps have come. */
function headingState({ scene, nowMs }: ScreenState, steps: readonly string[], counts: StepsDone): SeenState {
  const needed = neededStep(scene)
  if (needed !== null && steps.includes(needed)) return seenOf(scene, needed, nowMs).state
  if (counts.done < steps.length) return 'pending'
  return counts.passed ? 'passed' : counts.skipped ? 'skipped' : 'not-applicable'
}

function stepLine(
  look: Look,
  state: ScreenState,
  { step }: Extract<OutlineRow, { kind: 'step' }>,
  selected: boolean,
  width: number,
  { side: sideCells, positions, word: wordCells }: Cells,
): Line {
  const seen = seenOf(state.scene, step.id, state.nowMs)
  const mark = selected ? '>' : ' '
  // Positions below a heading without a number are alike but for their ends.
  const position = cutMiddle(safe(look, step.position), positions, look.ascii ? '>' : '…')
  const head = ` ${mark} ${pad(look, position, positions)} `
  const word = pad(look, `${symbolOf(seen.state, look.ascii)} ${safe(look, seen.word)}`, wordCells)
  const side = sideCells === 0 ? '' : sideText(look, state, step.id)
  const room = width - widthOf(head) - widthOf(word) - 1 - sideCells
  const tone = selected ? 'strong' : 'plain'
  const title: Segment[] =
    sideCells === 0
      ? [seg(cut(look, safe(look, step.title), room), tone)]
      : [seg(pad(look, safe(look, step.title), room - 1), tone), seg(` ${cut(look, side, sideCells)}`)]
  return bounded(look, [seg(head, tone), seg(word, SEEN[seen.state].tone), seg(' '), ...title], width)
}

/** Cells of the columns that hang on what is shown. */
interface Cells {
  readonly side: number
  readonly positions: number
  readonly word: number
}

function positionWidth(rows: readonly OutlineRow[]): number {
  return Math.min(10, Math.max(5, ...rows.map(row => (row.kind === 'step' ? row.step.position.length : 0))))
}

/** Cells for what steps came to, or how they will ask: no more than the rows that are shown need. */
function sideWidth(look: Look, state: ScreenState, rows: readonly OutlineRow[], width: number): number {
  const cells = rows.map(row => (row.kind === 'step' ? widthOf(sideText(look, state, row.step.id)) : 0))
  return Math.min(Math.max(0, ...cells) + 1, Math.floor(width * 0.4))
}

/** What a glance should tell: what came of it, who ended it and when; ahead, how strongly it will ask. */
function sideText(look: Look, { scene }: ScreenState, id: string): string {
  const record = scene.state.steps.get(id)
  const step = scene.walk.steps.get(id)
  if (record === undefined || step === undefined) return ''
  const { status, observed, lastEnd } = record
  if (status.kind === 'passed') {
    const values = observed.map(
      ({ value, unit, ok }) =>
        `${value}${unit === null ? '' : ` ${unit}`}${ok === null ? '' : ok ? ', met' : ', NOT met'}`,
    )
    const took = lastEnd !== null && status.how === 'script' ? [`in ${durationText(lastEnd.ms)}`] : []
    const chosen = status.how === 'chosen' && status.note !== null ? [status.note] : []
    const by = [...(status.by === null ? [] : [status.by.replace(/@.*/, '')]), clockText(status.atMs).slice(0, 5)].join(
      ' ',
    )
    return safe(look, [...values, ...chosen, ...took, by].join('  '))
  }
  if (status.kind === 'skipped') return safe(look, status.reason ?? '')
  if (status.kind !== 'pending') return ''
  if (step.kind === 'task') {
    const where = step.risk !== 'view' && inProduction(scene, id) ? ', PRODUCTION' : ''
    const phrase = (step.risk === 'change' && where !== '') || step.risk === 'danger' ? ': phrase' : ''
    return `${step.risk}${where}${phrase}`
  }
  return step.evidence === null ? step.kind : 'asks for the value'
}

/** Cells for a symbol and its word: what the rows need, where there is room; what is cut the detail has all of. */
function wordWidth(look: Look, state: ScreenState, rows: readonly OutlineRow[], width: number): number {
  const cells = rows.map(row => {
    if (row.kind !== 'step') return 0
    const seen = seenOf(state.scene, row.step.id, state.nowMs)
    return widthOf(`${symbolOf(seen.state, look.ascii)} ${seen.word}`)
  })
  return Math.max(12, Math.min(width >= WIDE_ROW ? Math.floor(width * 0.26) : 14, Math.max(0, ...cells) + 1))
}

function fileOf(look: Look, { scene }: ScreenState): string {
  return safe(look, scene.walk.runbook.path.split('/').at(-1) ?? '')
}
