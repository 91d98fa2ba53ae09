import type { ScreenState } from '../state/screen-state.ts'
import { type ActionRow, actionRows } from './keys.ts'

/**
 * The actions that fit what is typed, best first: letters of the name in their order, next to each other before apart, or words of
 * what it does. Everything while nothing is typed. What can be used now stands before what cannot.
 */
export function paletteRows(state: ScreenState, typed: string): ActionRow[] {
  const wanted = typed.trim().toLowerCase()
  const walking: ScreenState = { ...state, dialog: null, finding: null }
  const scored = actionRows(walking)
    .filter(({ action }) => action !== 'palette' && action !== 'move' && action !== 'pane' && action !== 'choose')
    .flatMap(row => {
      const score = scoreOf(row, wanted)
      return score === null ? [] : [{ row, score }]
    })
  return scored
    .sort((a, b) => a.score - b.score || Number(a.row.why !== null) - Number(b.row.why !== null))
    .map(({ row }) => row)
}

/** Lower is better; null where it does not fit. */
function scoreOf({ action, about }: ActionRow, wanted: string): number | null {
  if (wanted === '') return 0
  const name = action.replaceAll('-', ' ')
  if (name.startsWith(wanted)) return 0
  if (name.includes(wanted)) return 1
  const spread = spreadOf(name, wanted)
  if (spread !== null) return 2 + spread
  return about.toLowerCase().includes(wanted) ? 100 : null
}

/** Letters passed over between those that are wanted; null where they are not all there in order. */
function spreadOf(name: string, wanted: string): number | null {
  let at = -1
  let first = -1
  for (const letter of wanted) {
    if (letter === ' ') continue
    at = name.indexOf(letter, at + 1)
    if (at === -1) return null
    if (first === -1) first = at
  }
  return at - first + 1 - wanted.length
}
