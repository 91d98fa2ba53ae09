import type { Line } from '../text/theme.ts'
import { ONE_CELL_EACH, widthOf } from '../text/width.ts'

/**
 * Row 1 while nothing but its clock moves. Ink lays out and compares all of the screen for each frame, which at 200x50 costs 2.5 % of a
 * core once a second; so the end of this row is written past it. Ink does not know of that: before its next frame what it remembers
 * stands there again.
 */
export interface ClockRow {
  /** What Ink is about to draw. */
  inkDraws(lines: readonly Line[]): void
  /** Writes what has changed since Ink's frame, if that is the end of row 1 alone; false where it is more. */
  moves(lines: readonly Line[]): boolean
}

export function createClockRow(write: (text: string) => void): ClockRow {
  /** Ink's frame, and from which cell on it was written over. */
  let frame: readonly Line[] = []
  let over: number | null = null
  return {
    inkDraws(lines) {
      if (over !== null) write(from(endOf(frame[0]), over))
      over = null
      frame = lines
    },
    moves(lines) {
      if (lines.length !== frame.length || lines.some((line, row) => row > 0 && !isSame(line, frame[row]))) return false
      const [was, now] = [endOf(frame[0]), endOf(lines[0])]
      if (was === null || now === null || was.head !== now.head || lines[0]?.[0]?.tone !== frame[0]?.[0]?.tone)
        return false
      const first = firstDifference(was.text, now.text)
      const at = Math.min(first, over ?? first)
      if (!ONE_CELL_EACH.test(was.text.slice(at)) || !ONE_CELL_EACH.test(now.text.slice(at))) return false
      if (was.text !== now.text || over !== null) write(from(now, at))
      over = at
      return true
    },
  }
}

/** The row behind its first piece, which alone has a look of its own. */
interface End {
  readonly head: string
  readonly text: string
}

function endOf(line: Line | undefined): End | null {
  const [head, ...rest] = line ?? []
  if (head === undefined || rest.some(({ tone }) => tone !== 'plain')) return null
  return {
    head: head.text,
    text: rest
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  }
}

/** The end of row 1 from one of its characters on; the cursor comes back to where it was. */
function from(end: End | null, at: number): string {
  if (end === null) return ''
  const column = widthOf(end.head) + widthOf(end.text.slice(0, at)) + 1
  // Erased first: behind a character in the last column the erasing would take that.
  return `\u001b[?2026h\u001b7\u001b[1;${column}H\u001b[K${end.text.slice(at)}\u001b8\u001b[?2026l`
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

function isSame(a: Line, b: Line | undefined): boolean {
  return (
    a.length === b?.length && a.every(({ text, tone }, index) => text === b[index]?.text && tone === b[index]?.tone)
  )
}
