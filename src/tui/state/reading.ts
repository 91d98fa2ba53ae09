import type { Pattern } from '../output/pattern.ts'
import type { Source } from '../output/source.ts'

/** How somebody reads a text at length: where they are in it, and what they look for. */
export interface Reading {
  readonly source: Source
  /** Lines there are so far. */
  readonly total: number
  /** First line shown; null follows the end. */
  readonly top: number | null
  /** Lines there were when following stopped: what came since is new. */
  readonly pausedAt: number
  readonly wrap: boolean
  readonly pattern: Pattern | null
  readonly match: {
    readonly line: number
    readonly index: number
    readonly count: number
    readonly more: boolean
  } | null
}

export function readingOf(source: Source, wrap: boolean, total = 0): Reading {
  return { source, total, top: null, pausedAt: 0, wrap, pattern: null, match: null }
}

export type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last'

/** Moves in a text. Up from the followed end stops following; its end follows again. */
export function scrolledReading(reading: Reading, by: Move, pageRows: number): Reading {
  const bottom = Math.max(0, reading.total - pageRows)
  const from = reading.top ?? bottom
  const to = Math.max(0, Math.min(bottom, from + step(by, pageRows, reading.total)))
  if (to >= bottom && (by === 'last' || by === 'down' || by === 'page-down')) return followed(reading)
  return { ...reading, top: to, pausedAt: reading.top === null ? reading.total : reading.pausedAt }
}

export function followed(reading: Reading): Reading {
  return { ...reading, top: null }
}

/** Shows a line that was found, a third from the top. */
export function atLine(reading: Reading, line: number, pageRows: number): Reading {
  const top = Math.max(0, line - Math.floor(pageRows / 3))
  return { ...reading, top, pausedAt: reading.top === null ? reading.total : reading.pausedAt }
}

function step(by: Move, pageRows: number, total: number): number {
  switch (by) {
    case 'up':
      return -1
    case 'down':
      return 1
    case 'page-up':
      return -pageRows
    case 'page-down':
      return pageRows
    case 'first':
      return -total
    case 'last':
      return total
    default:
      by satisfies never
      return 0
  }
}
