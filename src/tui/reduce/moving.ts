import { paletteRows } from '../keys/palette.ts'
import { stepsOfOutline } from '../scene/outline.ts'
import type { Move } from '../state/reading.ts'
import { lookedAt, only, type Reduced, type ScreenState } from '../state/screen-state.ts'
import { moveReading } from './reading.ts'

/**
 * Moves the selection, or scrolls what has the focus.
 *
 * @param farthest the last row that a page can begin with, as it was drawn.
 */
export function moveBy(state: ScreenState, by: Move, farthest: number): Reduced {
  const { dialog } = state
  switch (dialog?.kind) {
    case 'help':
    case 'contacts':
    case 'page':
    case 'act':
      return only({ ...state, dialog: { ...dialog, top: scrolled(dialog.top, by, state, farthest) } })
    case 'log':
    case 'transcript':
      return moveReading(state, by)
    case 'palette': {
      const last = paletteRows(state, dialog.text).length - 1
      return only({ ...state, dialog: { ...dialog, at: held(target(dialog.at, by, page(state), last), last) } })
    }
    case 'values': {
      const last = state.scene.walk.runbook.parameters.length - 1
      const at = held(target(dialog.at, by, page(state), last), last)
      return only({ ...state, dialog: { ...dialog, at, text: at === dialog.at ? dialog.text : '' } })
    }
    case 'outline':
      return only({ ...state, cursor: selected(state, by), detailTop: 0 })
    case undefined:
      if (state.pane === 'outline') return only({ ...state, cursor: selected(state, by), detailTop: 0 })
      if (state.pane === 'detail') return only({ ...state, detailTop: scrolled(state.detailTop, by, state, farthest) })
      return moveReading(state, by)
    default:
      dialog satisfies never
      return only(state)
  }
}

function selected(state: ScreenState, by: Move): string | null {
  const steps = stepsOfOutline(state.outline)
  const at = Math.max(0, steps.indexOf(lookedAt(state) ?? ''))
  return steps[held(target(at, by, page(state), steps.length - 1), steps.length - 1)] ?? null
}

function scrolled(top: number, by: Move, state: ScreenState, farthest: number): number {
  return held(target(Math.min(top, farthest), by, page(state), farthest), farthest)
}

function held(to: number, last: number): number {
  return Math.max(0, Math.min(last, to))
}

function target(at: number, by: Move, pageRows: number, last: number): number {
  switch (by) {
    case 'up':
      return at - 1
    case 'down':
      return at + 1
    case 'page-up':
      return at - pageRows
    case 'page-down':
      return at + pageRows
    case 'first':
      return 0
    case 'last':
      return last
    default:
      by satisfies never
      return at
  }
}

function page(state: ScreenState): number {
  return Math.max(1, Math.floor(state.size.rows / 3))
}
