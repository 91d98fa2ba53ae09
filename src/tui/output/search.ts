import { matcherOf, type Pattern } from './pattern.ts'

/** Where something was found: its line, and which of how many it is, counted from 1. */
export interface Found {
  readonly line: number
  readonly index: number
  readonly count: number
  /** True where there are more than are counted. */
  readonly more: boolean
}

/** Lines in which one pattern was found, gathered as a text grows. */
export interface Search {
  /** Lines looked at so far. */
  readonly seen: number
  take(line: string, number: number): void
  /** Forgets places in lines that are no longer there. */
  drop(isGone: (line: number) => boolean): void
  /** The nearest line from one on, that one included, or before it; around the end once there is none. */
  nearest(from: number, direction: 1 | -1): Found | null
}

/** Places that are remembered; of a text that holds more, the first count. */
const MOST_PLACES = 100_000

export function createSearch(pattern: Pattern): Search {
  const holds = matcherOf(pattern)
  let places: number[] = []
  let seen = 0
  let more = false
  return {
    get seen() {
      return seen
    },
    take(line, number) {
      // The unfinished last line is looked at again once it has grown.
      seen = Math.max(seen, number)
      if (!holds(line) || (places.at(-1) ?? -1) >= number) return
      if (places.length < MOST_PLACES) places.push(number)
      else more = true
    },
    drop(isGone) {
      places = places.filter(place => !isGone(place))
    },
    nearest(from, direction) {
      if (places.length === 0) return null
      const after = places.findIndex(place => place >= from)
      const before = places.findLastIndex(place => place <= from)
      const at = direction === 1 ? (after === -1 ? 0 : after) : before === -1 ? places.length - 1 : before
      return { line: places[at] ?? 0, index: at + 1, count: places.length, more }
    },
  }
}
