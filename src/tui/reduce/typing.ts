import { openAsk, suggestionsOf } from '../acts/act.ts'
import { valueRows } from '../acts/values.ts'
import { isField, modeOf } from '../keys/keys.ts'
import { GUARD_MS, isGuarded, quietFor } from '../state/guard.ts'
import type { KeyPress } from '../state/key-press.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { droppedText } from '../text/counting.ts'
import { goesOn, isBetweenRows, keptAhead, takesText } from './next-field.ts'

/** True for a key that goes into a field. */
export function isTyping(state: ScreenState, key: KeyPress): boolean {
  return isField(modeOf(state)) && (key.text !== null || key.name === 'backspace' || key.name === 'ctrl-u')
}

/** True for a field whose text changes nothing of the run: it need not wait for a question. */
export function isSearching(state: ScreenState): boolean {
  return state.finding !== null || state.dialog?.kind === 'palette'
}

export function typed(state: ScreenState, key: KeyPress): ScreenState {
  // An Enter behind a letter is another one, however fast it comes.
  const fresh = {
    ...state,
    message: null,
    lastEnterMs: Number.NEGATIVE_INFINITY,
    guard: { ...state.guard, dropped: 0 },
  }
  return withField(fresh, text =>
    key.name === 'backspace' ? withoutLast(text) : key.name === 'ctrl-u' ? '' : text + (key.text ?? ''),
  )
}

/**
 * A value, a reason or words to look for may be pasted; a phrase is typed, unless the person's configuration permits a paste, and nothing
 * else takes more than a key.
 */
export function pasted(state: ScreenState, text: string, atMs: number): ScreenState {
  const mode = modeOf(state)
  if (!isField(mode) || (mode === 'phrase' && !state.allowPaste))
    // What comes behind it may be its tail.
    return { ...quietFor(state, atMs, GUARD_MS), message: 'paste is not accepted here: type it' }
  const line = text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[\p{Cc}\p{Cs}\p{Cf}]/gu, '')
  const key = { name: 'paste', text: mode === 'phrase' ? line.trim() : line }
  if (isBetweenRows(state)) return keptAhead(state, key) ?? state
  const early = !isSearching(state) && !goesOn(state, key, true) && isGuarded(state, atMs)
  return early || state.guard.deaf ? deafTo(state, atMs) : typed(state, key)
}

/** Takes what is suggested; where several are, the one behind the one that stands there. */
export function suggested(state: ScreenState): ScreenState {
  const { dialog } = state
  if (dialog?.kind === 'values') {
    const suggestion = valueRows(state.scene)[dialog.at]?.suggestion ?? null
    return suggestion === null ? state : withField(state, () => suggestion)
  }
  const all = dialog?.kind === 'act' ? suggestionsOf(openAsk(dialog.progress)) : []
  return withField(state, text => all[(all.indexOf(text) + 1) % all.length] ?? text)
}

/** The state with another text in the field that is open. */
function withField(state: ScreenState, change: (text: string) => string): ScreenState {
  const { dialog, finding } = state
  if (finding !== null) return { ...state, finding: change(finding) }
  switch (dialog?.kind) {
    case 'act':
    case 'values':
      return { ...state, dialog: { ...dialog, text: change(dialog.text) } }
    case 'palette':
      return { ...state, dialog: { ...dialog, text: change(dialog.text), at: 0 } }
    default:
      return state
  }
}

function withoutLast(text: string): string {
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)]
    .slice(0, -1)
    .map(({ segment }) => segment)
    .join('')
}

export function dropped(state: ScreenState, atMs: number): ScreenState {
  const count = state.guard.dropped + 1
  const message = `${droppedText(count)}${count < INSISTS ? '' : ': pause a second'}`
  return { ...state, guard: { ...state.guard, dropped: count, droppedAtMs: atMs }, message }
}

/** A key, or a paste, of a text whose beginning was dropped before its field: the rest goes the same way, so that no half is taken. */
export function deafTo(state: ScreenState, atMs: number): ScreenState {
  const after = dropped(state, atMs)
  return { ...after, guard: { ...after.guard, deaf: takesText(state) } }
}

/** From so many keys on somebody presses again and again, or types: the silence that they must leave is named. */
export const INSISTS = 3
