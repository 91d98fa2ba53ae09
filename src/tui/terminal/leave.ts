import type { ScreenInput } from './screen-input.ts'

/** The terminal that is drawn on: a tty, whatever stdout is. */
export interface TerminalOutput extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  /** True while it has not taken all that was written; `drain` follows. Nothing new is drawn meanwhile. */
  readonly isBehind?: boolean
  /** Drops what still waits and writes this at once, whether the terminal reads or not. */
  endWith?(text: string, limitMs: number): void
}

/** Last words to a terminal that does not read are given up after this. */
const LEAVE_MS = 200

/**
 * Leaves the alternate screen and gives the terminal back: once, whoever calls it first, and at once. Ink takes bracketed paste back
 * only after React's effects have run, and knows nothing of a terminal that does not read: so all of it is said here too.
 */
export function leaveOnce(
  stdout: TerminalOutput,
  input: ScreenInput,
  title: string | null,
  instance: () => { unmount(): void } | null,
): () => void {
  let left = false
  const words = `\u001b\\\u001b[?2026l\u001b[?2004l\u001b[0m\u001b[?25h\u001b[?1049l${title === null ? '' : '\u001b[23;2t'}`
  return () => {
    if (left) return
    left = true
    try {
      if (stdout.endWith !== undefined) stdout.endWith(words, LEAVE_MS)
      instance()?.unmount()
    } finally {
      input.close()
      if (stdout.endWith === undefined) stdout.write(words)
    }
  }
}
