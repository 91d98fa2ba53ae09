import { type FSWatcher, watch } from 'node:fs'

/** Tells a sleeper that something has changed. */
export interface Bell {
  /** Rests until something changes, or the time is over. What has changed since the last rest ends it at once. */
  rest(ms: number): Promise<void>
  ring(): void
  close(): void
  /** Whether the system tells it of changes. */
  readonly hears: boolean
}

/** Rings when one of these files of a folder changes. */
export function openBell(folder: string, names: ReadonlySet<string>): Bell {
  let rung = false
  let wake: (() => void) | null = null
  const ring = (): void => {
    rung = true
    wake?.()
  }
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name === null || names.has(name)) ring()
    })
    watcher.on('error', () => {
      watcher = null
    })
  } catch {
    // The system has no more watches to give: the looks alone find every change, only later.
  }
  return {
    ring,
    get hears() {
      return watcher !== null
    },
    rest: ms =>
      new Promise(resolve => {
        const done = (): void => {
          clearTimeout(timer)
          wake = null
          rung = false
          resolve()
        }
        const timer = setTimeout(done, rung ? 0 : ms)
        if (!rung) wake = done
      }),
    close: () => watcher?.close(),
  }
}
