import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { STATE_END } from './session-script.ts'

/** What Signoff itself needs to know of the state of a session. */
export interface SessionState {
  /** Folder the next block starts in; null if its name cannot be read back. */
  readonly cwd: string | null
  /** Names of the exported variables. */
  readonly exported: readonly string[]
}

/**
 * The head of a state file; null if it is missing or was not written whole: then the block was killed, called `exec`, or
 * the disk was full, and the state before it holds.
 */
export function readSessionState(path: string): SessionState | null {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return null
  }
  try {
    const size = fstatSync(file).size
    const tail = Buffer.alloc(STATE_END.length)
    readSync(file, tail, 0, tail.length, Math.max(0, size - tail.length))
    if (tail.toString('latin1') !== STATE_END) return null
    const head = Buffer.alloc(Math.min(size, 65_536))
    readSync(file, head, 0, head.length, 0)
    const [cwd = '', exported = ''] = head.toString().split('\n', 2)
    return { cwd: unquote(cwd.slice('#cwd '.length)), exported: exported.split(' ').slice(1) }
  } finally {
    closeSync(file)
  }
}

/** Undoes `printf %q` where it used backslashes; names with control characters come as `$'..'`, and stay unread. */
function unquote(word: string): string | null {
  return word.startsWith("$'") ? null : word.replace(/\\(.)/g, '$1')
}
