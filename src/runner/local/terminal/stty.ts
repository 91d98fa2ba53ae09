import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import type { PersonsTerminal } from './persons-terminal.ts'

/** A terminal that stopped reading holds up whoever changes its modes. */
const STTY_LIMIT_MS = 1000

/** Runs stty on the terminal; gives the words that it said, none where it cannot be had. Synchronous, like the end of a process. */
export function stty(terminal: PersonsTerminal, ...words: readonly string[]): string[] {
  if (words.length === 0) return []
  let file: number | null = null
  try {
    file = openSync(terminal.path, constants.O_RDONLY | constants.O_NOCTTY)
    const run = (...args: readonly string[]) =>
      spawnSync('stty', args, { stdio: [file, 'pipe', 'ignore'], encoding: 'utf8', timeout: STTY_LIMIT_MS })
    const first = run(...words)
    // It waits until the terminal has shown what was written; GNU's can do without.
    const { status, stdout } = first.signal === null ? first : run('-drain', ...words)
    return status === 0 ? stdout.split(/\s+/).filter(word => word !== '') : []
  } catch {
    // A terminal that is gone has no modes.
    return []
  } finally {
    if (file !== null) closeSync(file)
  }
}

/** Writes to the terminal at once: nothing may be left to do for a process that ends. One that reads nothing gets nothing. */
export function writeNow(terminal: PersonsTerminal, text: string): void {
  if (text === '') return
  try {
    const file = openSync(terminal.path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK)
    writeSync(file, text)
    closeSync(file)
  } catch {
    // A terminal that is gone needs no modes, and one that stopped reading would hold us up.
  }
}
