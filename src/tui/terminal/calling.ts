import type { ScreenState } from '../state/screen-state.ts'
import { cleanText } from '../text/clean.ts'
import { attentionFor, type Notifier, notification } from './attention.ts'
import type { TerminalOutput } from './leave.ts'

const BELL = '\u0007'

/** Tells somebody who looks elsewhere: by the bell, a notification, the title of the window, a command of their own. */
export interface Caller {
  /** What has to be said of what has just changed. */
  tell(before: ScreenState, after: ScreenState): void
  /** Somebody else had the terminal, and may have given it a title of their own. */
  forgetTitle(): void
}

/**
 * @param title of the terminal's window; null leaves it alone.
 * @param call a command of the person's own; left out where there is none.
 */
export function createCaller(
  stdout: TerminalOutput,
  title: string | null,
  notifier: Notifier | null,
  nowMs: () => number,
  call?: (text: string) => void,
): Caller {
  let lastCallMs = Number.NEGATIVE_INFINITY
  let shown = ''
  return {
    tell(before, after) {
      const attention = attentionFor(before, after, title ?? '', lastCallMs)
      if (attention.call !== null) {
        lastCallMs = nowMs()
        // Multiplexers drop notifications, so that the bell always goes.
        stdout.write(notifier === null ? BELL : `${BELL}${notification(notifier, attention.call)}`)
        call?.(attention.call)
      }
      if (title === null || attention.title === shown) return
      shown = attention.title
      stdout.write(titled(shown))
    },
    forgetTitle() {
      shown = ''
    },
  }
}

/** Keeps the title that is there, and sets ours; `leave` brings the first one back. */
export function pushTitle(title: string): string {
  return `\u001b[22;2t${titled(cleanText(title))}`
}

function titled(cleaned: string): string {
  return `\u001b]2;${cleaned}\u0007`
}
