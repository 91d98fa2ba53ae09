import { STATE_WORDS, type State } from './step-state.ts'

/** `26 passed, 2 skipped`: what there is, in the order given. */
export function countText(counts: readonly (readonly [State, number])[]): string {
  const parts = counts.filter(([, count]) => count > 0).map(([state, count]) => `${count} ${STATE_WORDS[state].word}`)
  return parts.length === 0 ? 'no steps' : parts.join(', ')
}
