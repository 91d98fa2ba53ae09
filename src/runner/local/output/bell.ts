import { type FSWatcher, watch } from 'node:fs'

/** Tells a sleeper that something has changed. */
export interface Bell {
  /** Rests until something changes, or the time is over. What has changed since the last rest ends it at once. */
  rest(ms: number): Promise<void>
  ring(): void
  close(): void
}

/** Rings when one of these files changes: `path` is the folder that they are in, or the only one of them. */
export function openBell(path: string, names: ReadonlySet<string>): Bell {
  let rung = false
  let wake: (() => void) | null = null
  const ring = (): void => {
    rung = true
    wake?.()
  }
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(path, { persistent: false }, (_, name) => {
      if (name === null || names.has(name)) ring()
    })
    watcher.on('error', () => undefined)
  } catch {
    // The system has no more watches to give: the looks alone find every change, only later.
  }
  return {
    ring,
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
