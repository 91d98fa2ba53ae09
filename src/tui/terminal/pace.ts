import type { After } from './screen-input.ts'

/** When the screen is drawn. Each drawing lays out all of it, however little has changed: that is what a flood of output costs. */
export interface Pace {
  /** Draws at once: after a key, and after an event of the run. */
  now(): void
  /** Draws after the clock has moved on: with the next output, where some is about to be drawn. */
  clock(): void
  /** Draws output that has come, a few times a second. */
  output(): void
  /** The terminal has taken all that was written. */
  drained(): void
  /** Forgets its timer. */
  close(): void
}

/** Output commits to the screen at most 5 times a second. */
export const OUTPUT_COMMIT_MS = 200

/**
 * @param draw draws the screen as it is now.
 * @param drawClock the same, where little but the clock may have changed.
 * @param isBehind true while the terminal has not taken what was written: it gets the newest view once it has, and none of those between.
 * @param commit reads on in the output that is shown, and draws it then; false where it draws nothing.
 */
export function createPace(parts: {
  readonly draw: () => void
  readonly drawClock: () => void
  readonly isBehind: () => boolean
  readonly commit: () => boolean
  readonly after: After
}): Pace {
  const { draw, drawClock, isBehind, commit, after } = parts
  /** Something has changed that was not drawn. Without it, the end of each write would draw everything once more. */
  let owed = false
  let cancel: (() => void) | null = null
  const now = (): void => {
    owed = isBehind()
    if (!owed) draw()
  }
  return {
    now,
    clock() {
      if (cancel !== null || isBehind()) owed = true
      else if (owed) now()
      else drawClock()
    },
    output() {
      cancel ??= after(OUTPUT_COMMIT_MS, () => {
        cancel = null
        if (!commit() && owed) now()
      })
    },
    drained() {
      if (owed) now()
    },
    close() {
      cancel?.()
      cancel = null
    },
  }
}
