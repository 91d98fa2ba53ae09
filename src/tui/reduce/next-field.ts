import { modeOf } from '../keys/keys.ts'
import { GUARD_MS, isBefore } from '../state/guard.ts'
import type { KeyPress } from '../state/key-press.ts'
import type { Dialog, ScreenEvent, ScreenState } from '../state/screen-state.ts'

/** What is typed behind the Enter of a field belongs to the next field of the same dialog, whole or not at all. */

/** The state after an event, with what its field may take: a field that stayed, or that follows one, takes letters before its paint. */
export function withNextField(before: ScreenState, after: ScreenState, event: ScreenEvent): ScreenState {
  const stays = isSame(before.dialog, after.dialog)
  const ahead = after.dialog?.kind === 'values' ? after.ahead : []
  const deaf = stays && after.guard.deaf && modeOf(after) !== 'stale'
  if (before.guard.version === after.guard.version) return { ...after, ahead, guard: { ...after.guard, deaf } }
  const { follows, openAtMs } = before.guard
  const wasOpen = follows || (openAtMs !== null && !isBefore(event.atMs, openAtMs, GUARD_MS))
  const refused = event.kind === 'reply' && !event.reply.ok
  const isNext = stays && wasOpen && !refused && takesText(before) && takesText(after)
  return { ...after, ahead, guard: { ...after.guard, deaf, follows: isNext } }
}

function isSame(one: Dialog | null, other: Dialog | null): boolean {
  if (one?.kind === 'act' && other?.kind === 'act') return one.progress.act === other.progress.act
  return one?.kind === 'values' && other?.kind === 'values'
}

/** True for a field whose text answers something. */
export function takesText(state: ScreenState): boolean {
  return ['text', 'phrase', 'observed', 'values'].includes(modeOf(state))
}

/** True for a key that need not wait for the paint: a letter, or the Enter behind one. An Enter alone may be a second press of the last. */
export function goesOn({ guard, dialog, saying }: ScreenState, key: KeyPress, typing: boolean): boolean {
  if (saying || !guard.follows) return false
  return typing || (key.name === 'enter' && dialog !== null && 'text' in dialog && dialog.text !== '')
}

/** True while the value of a row is on its way, and what is typed is kept for the next. */
export function isBetweenRows({ saying, lastSaid, dialog }: ScreenState): boolean {
  return saying && lastSaid?.kind === 'value' && dialog?.kind === 'values'
}

/** Keeps a key for the next row; null for an Enter that has no text before it. */
export function keptAhead(state: ScreenState, key: KeyPress): ScreenState | null {
  const last = state.ahead.at(-1)
  if (key.name === 'enter' && (last === undefined || last.name === 'enter')) return null
  return { ...state, ahead: [...state.ahead, key] }
}

/** The Enter that ends it: the field is empty, and takes what is typed from now on. */
export function listening(state: ScreenState): ScreenState {
  const { dialog } = state
  const empty = dialog?.kind === 'act' || dialog?.kind === 'values' ? { ...dialog, text: '' } : dialog
  const guard = { ...state.guard, dropped: 0, deaf: false, follows: true }
  return { ...state, dialog: empty, guard, message: 'the field is empty: type it whole' }
}
