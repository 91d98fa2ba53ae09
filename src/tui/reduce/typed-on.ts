import type { Binding } from '../keys/bindings.ts'
import { isField, modeOf } from '../keys/keys.ts'
import { GUARD_MS, isBefore, quietFor, TYPED_ON_MS, withNewQuestion } from '../state/guard.ts'
import type { KeyPress } from '../state/key-press.ts'
import type { ScreenEvent, ScreenState } from '../state/screen-state.ts'
import { dropped, INSISTS } from './typing.ts'

/**
 * The state after an event that may have changed the screen under somebody's hands. Where a field was there and is not any more, where
 * the terminal was somebody else's, and where it has got another size, what they type on was meant for what stood there before: letters
 * are no keys until they pause.
 */
export function underHands(before: ScreenState, after: ScreenState, event: ScreenEvent): ScreenState {
  if (isField(modeOf(after))) return after
  // Who leaves a field by Esc or Ctrl-C has stopped typing.
  const left = event.kind === 'key' && LEAVES.has(event.key.name)
  if (isField(modeOf(before)) && !left) return quietFor(after, event.atMs, TYPED_ON_MS)
  if (event.kind === 'back') return quietFor(withNewQuestion(after), event.atMs, TYPED_ON_MS)
  return event.kind === 'resize' ? quietFor(withNewQuestion(after), event.atMs, GUARD_MS) : after
}

const LEAVES: ReadonlySet<string> = new Set(['esc', 'ctrl-c'])

/** True for a key that continues what was typed before. Enter does only behind a letter: alone it waits for the paint, as any answer. */
export function isTypedOn(state: ScreenState, key: KeyPress, binding: Binding | null, atMs: number): boolean {
  const { typedOn } = state
  if (typedOn === null || isField(modeOf(state)) || !isBefore(atMs, typedOn.untilMs, typedOn.quietMs)) return false
  if (key.name === 'enter') return typedOn.begun
  if (key.text === null) return false
  // Who looks right behind a search, or at what the script says, changes nothing; in a sentence it is no look.
  if (typedOn.begun || binding === null) return true
  if (READS.has(binding.command.kind)) return false
  return !onlyLooks(state, binding) || isBefore(atMs, typedOn.untilMs - typedOn.quietMs + GUARD_MS, GUARD_MS)
}

/** True for a key that shows something, closes what was shown, or asks before anything is done: a new question's wait is enough for it. */
function onlyLooks({ scene }: ScreenState, { command }: Binding): boolean {
  if (command.kind === 'open') return command.what !== 'palette'
  if (command.kind === 'wish') return command.wish === 'pause' && scene.need.kind !== 'finished'
  return command.kind === 'page' || command.kind === 'close'
}

/** A look that was taken may be the first letter of a text all the same: the keys that act wait for a silence behind it too. */
export function lookedBehind(state: ScreenState, key: KeyPress, binding: Binding, atMs: number): ScreenState {
  const { typedOn } = state
  if (typedOn === null || key.text === null || isField(modeOf(state)) || !onlyLooks(state, binding)) return state
  const waits = isBefore(atMs, typedOn.untilMs, typedOn.quietMs)
  return waits ? { ...state, typedOn: { ...typedOn, untilMs: atMs + typedOn.quietMs } } : state
}

const READS: ReadonlySet<Binding['command']['kind']> = new Set<Binding['command']['kind']>([
  'find',
  'follow',
  'move',
  'search',
  'wrap',
])

/** One more key of a text that is typed on: said, and waited out. */
export function swallowed(state: ScreenState, key: KeyPress, binding: Binding | null, atMs: number): ScreenState {
  const { typedOn } = state
  if (typedOn === null) return state
  // A look that came too early is no beginning of a text: it may be pressed again as soon as any other answer.
  const begun = typedOn.begun || binding === null || !onlyLooks(state, binding)
  const after = dropped({ ...state, typedOn: { ...typedOn, untilMs: atMs + typedOn.quietMs, begun } }, atMs)
  return after.guard.dropped < INSISTS ? { ...after, message: notTaken(state, key) } : after
}

/** Columns from which on the whole sentence stands beside what is needed. */
const WIDE = 110

function notTaken({ size, typedOn }: ScreenState, { name, text }: KeyPress): string {
  const shown = name === 'enter' ? 'Enter' : text === ' ' ? 'Space' : `"${text ?? name}"`
  return size.columns >= WIDE && typedOn?.quietMs === TYPED_ON_MS
    ? `${shown} came right behind what you typed and was not taken: pause a second, then press it`
    : `${shown} not taken: pause a second, press it again`
}
