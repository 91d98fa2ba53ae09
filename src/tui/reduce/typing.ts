import { openAsk } from '../acts/act.ts'
import { modeOf } from '../keys/keys.ts'
import type { KeyPress } from '../state/key-press.ts'
import { isGuarded, type ScreenState } from '../state/screen-state.ts'
import { counted } from '../text/counting.ts'

/** True for a key that goes into a field. */
export function isTyping(state: ScreenState, key: KeyPress): boolean {
  const mode = modeOf(state)
  const field = mode === 'text' || mode === 'phrase' || mode === 'observed'
  return field && (key.text !== null || key.name === 'backspace' || key.name === 'ctrl-u')
}

export function typed(state: ScreenState, key: KeyPress): ScreenState {
  const { dialog } = state
  if (dialog?.kind !== 'act') return state
  const text =
    key.name === 'backspace' ? withoutLast(dialog.text) : key.name === 'ctrl-u' ? '' : dialog.text + (key.text ?? '')
  return { ...state, message: null, guard: { ...state.guard, dropped: 0 }, dialog: { ...dialog, text } }
}

/** A value or a reason may be pasted; a phrase is typed, and nothing else takes more than a key. */
export function pasted(state: ScreenState, text: string, atMs: number): ScreenState {
  const mode = modeOf(state)
  if (mode !== 'text' && mode !== 'observed') return { ...state, message: 'paste is not accepted here: type it' }
  if (isGuarded(state, atMs)) return dropped(state)
  const line = text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[\p{Cc}\p{Cs}\p{Cf}]/gu, '')
  return typed(state, { name: 'paste', text: line })
}

export function suggested(state: ScreenState): ScreenState {
  const { dialog } = state
  if (dialog?.kind !== 'act') return state
  const ask = openAsk(dialog.progress)
  return ask?.kind === 'text' && ask.suggestion !== null
    ? { ...state, dialog: { ...dialog, text: ask.suggestion } }
    : state
}

function withoutLast(text: string): string {
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)]
    .slice(0, -1)
    .map(({ segment }) => segment)
    .join('')
}

export function dropped(state: ScreenState): ScreenState {
  const count = state.guard.dropped + 1
  return { ...state, guard: { ...state.guard, dropped: count }, message: droppedText(count) }
}

export function droppedText(count: number): string | null {
  return count === 0 ? null : `ignored ${counted(count, 'key')} typed before this question`
}
