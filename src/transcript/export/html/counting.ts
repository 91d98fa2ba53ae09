import { STATE_WORDS, type State } from './step-state.ts'

/** `26 passed, 2 skipped`: what there is, in the order given. */
export function countText(counts: readonly (readonly [State, number])[]): string {
  const parts = counts.filter(([, count]) => count > 0).map(([state, count]) => `${count} ${STATE_WORDS[state].word}`)
  return parts.length === 0 ? 'no steps' : parts.join(', ')
}

/** `1 line`, `12,345 lines`. */
export function plural(count: number, noun: string): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${noun}${count === 1 ? '' : 's'}`
}
