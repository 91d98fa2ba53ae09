import { GUARD_MS } from '../state/guard.ts'
import type { Suspend } from './hand-over.ts'
import type { TerminalOutput } from './leave.ts'
import type { After, ScreenInput } from './screen-input.ts'

/** Text that stands on the normal screen. */
export interface Printed {
  /** Settles once the screen is back; rejects where Ink could not let go of it. */
  readonly over: Promise<void>
  /** Comes back without a key. */
  end(): void
}

/**
 * Shows lines on the normal screen, which has no frame and cuts nothing, so that they can be taken with the mouse as they are. Any key comes
 * back, and is nothing but that; as with a question, one that was pressed before the last line could be read is dropped, and so is one that is
 * held since then.
 *
 * @param lines clean text; the last one says how to come back.
 */
export function printUntilKey(
  suspend: Suspend,
  input: ScreenInput,
  stdout: TerminalOutput,
  lines: readonly string[],
  after: After,
): Printed {
  const key = Promise.withResolvers<void>()
  let isOpen = false
  let stopOpening: (() => void) | null = null
  const openSoon = (): void => {
    stopOpening?.()
    stopOpening = after(GUARD_MS, () => {
      isOpen = true
    })
  }
  const stopDiverting = input.divert(() => {
    if (isOpen) key.resolve()
    else if (stopOpening !== null) openSoon()
  })
  const over = suspend(async () => {
    stdout.write(`${lines.join('\r\n')}\r\n`)
    if (stdout.isBehind === true) await new Promise<void>(resolve => stdout.once('drain', () => resolve()))
    openSoon()
    await key.promise
  }).finally(() => {
    stopOpening?.()
    stopDiverting()
  })
  return { over, end: key.resolve }
}
