import { writeSync } from 'node:fs'

/** Writes a line to standard output before anything else happens: a reader that is slower than we are is waited for. */
export function sayAtOnce(line: string): void {
  for (;;)
    try {
      writeSync(1, `${line}\n`)
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
    }
}
