import { GUARD_MS, isBefore } from '../state/guard.ts'
import type { KeyPress } from '../state/key-press.ts'
import { isTooSmall, type Size } from '../state/screen-state.ts'
import { droppedText } from '../text/counting.ts'
import type { StartAnswer, StartAsk } from './brief.ts'

export interface StartState {
  readonly ask: StartAsk
  readonly size: Size
  /** First row shown of the brief, or the section that is selected. */
  readonly at: number
  readonly message: string | null
  /** Keys count a moment after what they answer was painted; null until it was. */
  readonly openAtMs: number | null
  /** When a key came last that did not count: those right behind it, such as of a held Enter, do not either. */
  readonly droppedAtMs: number
  /** How many there were. */
  readonly dropped: number
}

/** The screen before a run after one key, at a time; `answer` is set once it is over. `farthest`: as it was drawn. */
export function pressAtStart(
  state: StartState,
  key: KeyPress,
  farthest: number,
  atMs: number,
): { readonly state: StartState; readonly answer: StartAnswer | null } {
  const { openAtMs, droppedAtMs, size } = state
  const isEarly = openAtMs === null || isBefore(atMs, openAtMs, GUARD_MS)
  if (isEarly || isBefore(atMs, droppedAtMs + GUARD_MS, GUARD_MS)) {
    const dropped = state.dropped + 1
    return stay({ ...state, dropped, droppedAtMs: atMs, message: droppedText(dropped) })
  }
  if (isTooSmall(size) && !LEAVING.has(key.name)) return stay(state)
  const moved = MOVES[key.name]
  if (moved !== undefined) {
    const page = Math.max(1, Math.floor(state.size.rows / 2))
    const at = Math.max(0, Math.min(farthest, moved(state.at, page, farthest)))
    return stay({ ...state, at, message: null })
  }
  switch (key.name) {
    case 'enter':
      return {
        state,
        answer: state.ask.kind === 'brief' ? { kind: 'start' } : { kind: 'section', index: state.at },
      }
    case 'q':
    case 'esc':
    case 'ctrl-c':
      return { state, answer: { kind: 'leave' } }
    default: {
      const digit = state.ask.kind === 'sections' ? Number(key.name) : 0
      if (digit >= 1 && digit <= farthest + 1) return stay({ ...state, at: digit - 1, message: null })
      const keys = state.ask.kind === 'brief' ? 'Enter starts, q leaves' : 'Enter takes the marked one, q leaves'
      return stay({ ...state, message: `${key.name} has no use here: ${keys}` })
    }
  }
}

const LEAVING: ReadonlySet<string> = new Set(['q', 'esc', 'ctrl-c'])

type Moved = (at: number, page: number, farthest: number) => number

const MOVES: Readonly<Record<string, Moved>> = {
  up: at => at - 1,
  k: at => at - 1,
  down: at => at + 1,
  j: at => at + 1,
  pageup: (at, page) => at - page,
  pagedown: (at, page) => at + page,
  home: () => 0,
  g: () => 0,
  end: (_at, _page, farthest) => farthest,
  G: (_at, _page, farthest) => farthest,
}

function stay(state: StartState): { readonly state: StartState; readonly answer: null } {
  return { state, answer: null }
}
