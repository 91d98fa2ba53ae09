import { keyName } from '../scene/actions.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { type Look, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'

export interface Window {
  readonly lines: readonly Line[]
  /** The last row that it can begin with. */
  readonly farthest: number
}

/** A window of some rows, filled to its height; the last row says how many are not shown, and how to see them. */
export function windowed(look: Look, state: ScreenState, lines: readonly Line[], top: number, height: number): Window {
  if (lines.length <= height)
    return { lines: [...lines, ...Array.from({ length: height - lines.length }, (): Line => [])], farthest: 0 }
  const keys =
    state.pane === 'detail' || state.scene.need.kind === 'finished'
      ? 'PgUp PgDn'
      : `${keyName(state.keys, 'pane')}, then PgDn`
  return scrolled(look, lines, top, height, keys)
}

/** The same for a page that has the keys by itself, cut to its rows where it has fewer. */
export function scrolled(look: Look, lines: readonly Line[], top: number, height: number, keys = 'PgUp PgDn'): Window {
  if (height <= 0) return { lines: [], farthest: 0 }
  if (lines.length <= height) return { lines, farthest: 0 }
  const room = height - 1
  const farthest = Math.max(0, lines.length - room)
  const from = Math.max(0, Math.min(top, farthest))
  const to = Math.min(lines.length, from + room)
  const text = `rows ${from + 1} to ${to} of ${lines.length}: ${keys}`
  return { lines: [...lines.slice(from, to), [seg(` ${look.ascii ? '--' : '──'} ${text}`, 'strong')]], farthest }
}
