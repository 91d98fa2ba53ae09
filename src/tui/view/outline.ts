import { isEnded } from '../../model/index.ts'
import { symbolOf } from '../scene/need-text.ts'
import { type OutlineRow, rowOf } from '../scene/outline.ts'
import { SEEN, seenOf } from '../scene/status.ts'
import { inProduction, type Scene } from '../scene/walk.ts'
import { lookedAt, type ScreenState } from '../state/screen-state.ts'
import { bounded, cut, fitted, type Look, pad, safe, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'
import { clockText } from '../text/time-text.ts'

export interface OutlineView {
  readonly lines: readonly Line[]
  /** Row of the selected step within `lines`; null where it is not shown. */
  readonly selected: number | null
}

/** A window of the outline around the selected step: only visible rows are made, however long the runbook. */
export function outlineView(look: Look, state: ScreenState, width: number, height: number): OutlineView {
  const { outline } = state
  const selected = rowOf(outline, lookedAt(state))
  const top = windowTop(outline.length, Math.max(0, selected), height)
  const shown = outline.slice(top, top + height)
  const lines = shown.map((row, index) => outlineLine(look, state, row, top + index === selected, width))
  while (lines.length < height) lines.push([])
  const at = selected - top
  return { lines, selected: selected >= 0 && at < height ? at : null }
}

/** The selected row stays a third from the top, so that what comes next is seen. */
function windowTop(rows: number, selected: number, height: number): number {
  return Math.max(0, Math.min(selected - Math.floor(height / 3), rows - height))
}

function outlineLine(look: Look, state: ScreenState, row: OutlineRow, selected: boolean, width: number): Line {
  if (row.kind === 'heading') {
    const indent = ' '.repeat(1 + row.depth)
    const done = row.steps.filter(id => isDone(state.scene, id)).length
    const right = `${done}/${row.steps.length} `
    const owner = row.section.owners.length === 0 ? '' : `Owner ${safe(look, row.section.owners.join(' + '))}  `
    const title = `${indent}${safe(look, row.section.position)} ${safe(look, row.section.title)} `
    const room = width - right.length
    const text =
      title.length + owner.length < room ? pad(look, title, room - owner.length) + owner : pad(look, title, room)
    return fitted(look, [seg(text, 'strong'), seg(right)], width)
  }
  const { step } = row
  const seen = seenOf(state.scene, step.id, state.nowMs)
  const word = pad(look, `${symbolOf(seen.state, look.ascii)} ${safe(look, seen.word)}`, wordWidth(look, width))
  const head = ` ${selected ? '>' : ' '} ${pad(look, safe(look, step.position), width >= 70 ? 10 : 8)} `
  const right = width >= 70 ? sideText(look, state, step.id) : ''
  const room = width - head.length - wordWidth(look, width) - 2 - (right === '' ? 0 : right.length + 2)
  const title = cut(look, safe(look, step.title), room)
  const line: Line = [
    seg(head, selected ? 'strong' : 'plain'),
    seg(word, SEEN[seen.state].tone),
    seg(' '),
    seg(right === '' ? title : pad(look, title, room), selected ? 'strong' : 'plain'),
    ...(right === '' ? [] : [seg(`  ${right}`)]),
  ]
  return bounded(look, line, width)
}

/** What a glance should tell: who ended it and when; ahead, how strongly it will ask. */
function sideText(look: Look, state: ScreenState, id: string): string {
  const record = state.scene.state.steps.get(id)
  const step = state.scene.walk.steps.get(id)
  if (record?.status.kind === 'passed') {
    const by = record.status.by === null ? '' : `${safe(look, record.status.by)} `
    return cut(look, `${by}${clockText(record.status.atMs).slice(0, 5)}`, 24)
  }
  if (step === undefined || record?.status.kind !== 'pending') return ''
  if (step.kind === 'task')
    return step.risk !== 'view' && inProduction(state.scene, id) ? `${step.risk}, PRODUCTION` : step.risk
  return step.evidence === null ? step.kind : 'asks for a value'
}

/** Room for a symbol and `not applicable`; in a narrow column the word is cut, the detail has all of it. */
function wordWidth(look: Look, width: number): number {
  return (width >= 70 ? 16 : 12) + (look.ascii ? 2 : 0)
}

function isDone(scene: Scene, id: string): boolean {
  const status = scene.state.steps.get(id)?.status
  return status !== undefined && isEnded(status)
}
