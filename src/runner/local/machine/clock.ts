import type { Clock } from '../../ports.ts'

/** How long one timer lasts at most: a clock that was set forward, or a machine that slept, is noticed within it. */
const LONGEST_TIMER_MS = 30_000

/** The wall clock. A timer looks at the clock again when it fires, so that none fires early, and none is too long for Node. */
export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    at(atMs, callback) {
      let timer: NodeJS.Timeout
      const arm = (): void => {
        const leftMs = Math.max(0, atMs - Date.now())
        timer = setTimeout(wake, Math.min(leftMs, LONGEST_TIMER_MS))
      }
      const wake = (): void => {
        if (Date.now() >= atMs) callback()
        else arm()
      }
      arm()
      return () => clearTimeout(timer)
    },
  }
}
