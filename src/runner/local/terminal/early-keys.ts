/** A script that has shown nothing for this long gets its keys all the same. */
const SILENT_START_MS = 1000
/** Some programs write their prompt first and switch echo off then. */
const PROMPT_MS = 30

/**
 * Keys typed before the script has shown anything wait until it does, a second at most: a password typed before its prompt
 * would be echoed by the terminal, since nobody has switched that off yet, and what is echoed is recorded.
 */
export function earlyKeys(pass: (bytes: Buffer) => void): {
  type(bytes: Buffer): void
  shown(): void
  stop(): void
} {
  let waiting: Buffer[] | null = []
  let prompted = false
  const open = (): void => {
    const keys = waiting ?? []
    waiting = null
    for (const bytes of keys) pass(bytes)
  }
  let timer = setTimeout(open, SILENT_START_MS)
  return {
    type(bytes) {
      if (waiting === null) pass(bytes)
      else waiting.push(bytes)
    },
    shown() {
      if (prompted || waiting === null) return
      prompted = true
      clearTimeout(timer)
      timer = setTimeout(open, PROMPT_MS)
    },
    stop: () => clearTimeout(timer),
  }
}
