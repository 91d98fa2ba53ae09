/** When a key may answer, and when it is the rest of something else that somebody types. */

/** A question takes answers only 300 ms after it was painted: a key typed for the last one must not answer it. */
export interface Guard {
  /** Grows with each question and dialog; `painted` names it. */
  readonly version: number
  /** Null until the paint is known to have left for the terminal. */
  readonly openAtMs: number | null
  readonly dropped: number
  /** When a key was dropped last: as long as they come one behind the other, none of them answers. */
  readonly droppedAtMs: number
  /** It is a field right behind another of the same dialog: what is typed is meant for it, painted or not. */
  readonly follows: boolean
  /** The beginning of a text was dropped before its field: the rest is too, until Enter or Esc, so that no half of it is taken. */
  readonly deaf: boolean
}

/** Letters that were typed for a field which is gone, or for a screen of another size. */
export interface TypedOn {
  /** A key that comes later is one. */
  readonly untilMs: number
  /** The silence that ends it. */
  readonly quietMs: number
  /** A letter came: an Enter right behind it belongs to the same text. */
  readonly begun: boolean
}

export const GUARD_MS = 300
/** A held Enter repeats faster than this and counts once. */
export const HELD_MS = 150
/** After a field has closed, silence of so long tells a key from a text that is typed on: slow typists leave half of it between two letters. */
export const TYPED_ON_MS = 1000

export const FIRST_QUESTION: Guard = {
  version: 1,
  openAtMs: null,
  dropped: 0,
  droppedAtMs: Number.NEGATIVE_INFINITY,
  follows: false,
  deaf: false,
}

/** True while answers are dropped: the question is not painted yet, or the last answer is on its way. */
export function isGuarded(
  { saying, guard }: { readonly saying: boolean; readonly guard: Guard },
  atMs: number,
): boolean {
  if (saying || guard.openAtMs === null) return true
  return isBefore(atMs, guard.openAtMs, GUARD_MS) || isBefore(atMs, guard.droppedAtMs + GUARD_MS, GUARD_MS)
}

/** True in the last `withinMs` before a time: a clock that was set back since does not keep a question shut. */
export function isBefore(atMs: number, openAtMs: number, withinMs: number): boolean {
  return atMs < openAtMs && openAtMs - atMs <= withinMs
}

/** A question that was not there before: answers wait for its paint. */
export function withNewQuestion<S extends { readonly guard: Guard }>(state: S): S {
  return { ...state, guard: { ...state.guard, version: state.guard.version + 1, openAtMs: null } }
}

/** Takes letters for typed on until they have paused for so long. What waits for a longer silence goes on to. */
export function quietFor<S extends { readonly typedOn: TypedOn | null }>(state: S, atMs: number, quietMs: number): S {
  const { typedOn: was } = state
  const isLonger = was !== null && was.quietMs > quietMs && isBefore(atMs, was.untilMs, was.quietMs)
  return isLonger ? state : { ...state, typedOn: { untilMs: atMs + quietMs, quietMs, begun: false } }
}
