import type { Command } from '../keys/keys.ts'
import { stepsOfOutline } from '../scene/outline.ts'
import { lookedAt, type ScreenState } from '../state/screen-state.ts'

type Move = Extract<Command, { kind: 'move' }>['by']

/** Moves the selection in the outline, or scrolls what has the focus. The view holds the far end. */
export function moveBy(state: ScreenState, by: Move): ScreenState {
  const { dialog } = state
  if (dialog?.kind === 'help' || dialog?.kind === 'contacts' || dialog?.kind === 'page' || dialog?.kind === 'act')
    return { ...state, dialog: { ...dialog, top: scrolled(dialog.top, by, state) } }
  if (dialog?.kind === 'outline' || state.pane === 'outline')
    return { ...state, cursor: selected(state, by), detailTop: 0 }
  if (state.pane === 'detail') return { ...state, detailTop: scrolled(state.detailTop, by, state) }
  return { ...state, outputTop: scrolledOutput(state, by) }
}

function selected(state: ScreenState, by: Move): string | null {
  const steps = stepsOfOutline(state.outline)
  const at = Math.max(0, steps.indexOf(lookedAt(state) ?? ''))
  const to = Math.min(steps.length - 1, Math.max(0, target(at, by, page(state), steps.length - 1)))
  return steps[to] ?? null
}

/** Up from the followed end stops following; the end of the output follows again. */
function scrolledOutput(state: ScreenState, by: Move): number | null {
  const bottom = Math.max(0, state.outputTotal - page(state))
  const to = Math.max(0, target(state.outputTop ?? bottom, by, page(state), bottom))
  return to >= bottom ? null : to
}

function scrolled(top: number, by: Move, state: ScreenState): number {
  return Math.max(0, target(top, by, page(state), Number.MAX_SAFE_INTEGER))
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
