import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { STATE_END } from './session-functions.ts'

/** What Signoff itself needs to know of the state of a session. */
export interface SessionState {
  /** Folder the next block starts in; null if its name cannot be read back. */
  readonly cwd: string | null
  /** Names of the exported variables. */
  readonly exported: readonly string[]
  /** Process ids of jobs that were still running: the next block cannot wait for them. */
  readonly jobs: readonly number[]
  /** Descriptors that the block had opened: the next block does not have them. */
  readonly descriptors: readonly number[]
  /** Whether bash reads extended patterns, such as `!(a|b)`: without them they are syntax errors. */
  readonly extglob: boolean
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
    const facts = fstatSync(file)
    if (!facts.isFile()) return null
    const size = facts.size
    const tail = Buffer.alloc(STATE_END.length)
    readSync(file, tail, 0, tail.length, Math.max(0, size - tail.length))
    if (tail.toString('latin1') !== STATE_END) return null
    return headOf(readHead(file, size))
  } finally {
    closeSync(file)
  }
}

/** The comments at the start of a state, to the line that holds nothing else. */
function readHead(file: number, size: number): string {
  for (let bytes = 65_536; ; bytes *= 4) {
    const head = Buffer.alloc(Math.min(size, bytes))
    readSync(file, head, 0, head.length, 0)
    const end = head.indexOf('\n#\n')
    if (end !== -1 || head.length === size) return head.subarray(0, Math.max(0, end)).toString()
  }
}

function headOf(head: string): SessionState {
  const valuesOf = (key: string): string[] =>
    head.split('\n').flatMap(line => (line.startsWith(`#${key} `) ? [line.slice(key.length + 2)] : []))
  return {
    cwd: unquote(valuesOf('cwd')[0] ?? ''),
    exported: valuesOf('exported'),
    jobs: valuesOf('job').map(Number),
    descriptors: valuesOf('open').map(Number),
    extglob: head.split('\n').includes('#extglob'),
  }
}

/** Undoes `printf %q` where it used backslashes; names with control characters come as `$'..'`, and stay unread. */
function unquote(word: string): string | null {
  return word.startsWith("$'") ? null : word.replace(/\\(.)/g, '$1')
}
