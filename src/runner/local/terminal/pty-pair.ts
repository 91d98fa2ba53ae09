import { closeSync, constants, existsSync, openSync, readdirSync, readlinkSync, writeSync } from 'node:fs'
import type { ReadStream } from 'node:tty'
import { usedBy } from './tty-stream.ts'

/** Cells of a terminal. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** What is used of `@lydell/node-pty`: its `open`, which its types leave out. */
export interface PtyPackage {
  open(options: { cols: number; rows: number; encoding: null }): {
    readonly ptsName: string
    readonly master: ReadStream
    readonly slave: ReadStream
    resize(columns: number, rows: number): void
  }
}

/** Gives the package, or why there is none. */
export type LoadPty = () => Promise<PtyPackage | { readonly missing: string }>

/** Loads the optional package: only when a script needs a terminal. */
export const loadPty: LoadPty = async () => {
  try {
    const loaded = (await import('@lydell/node-pty')) as unknown as Partial<PtyPackage> & {
      default?: Partial<PtyPackage>
    }
    const open = loaded.open ?? loaded.default?.open
    return open === undefined ? { missing: '@lydell/node-pty has no open()' } : { open }
  } catch {
    return { missing: '@lydell/node-pty is not installed for this machine' }
  }
}

/** Both ends of a pseudo-terminal. A script is started on the one, Signoff reads and writes at the other. */
export interface PtyPair {
  /** File of the end that a script gets. */
  readonly path: string
  readonly master: ReadStream
  resize(size: TerminalSize): void
  /** Writes at the script's end; false while output is held back there (Ctrl-S), so that it must be tried again. */
  writeAsScript(text: string): boolean
  /** Whoever still has the script's end open is hung up. */
  close(): void
}

/**
 * Opens a pair. The script's end stays open here too: else the last process to leave it would make reading fail with EIO.
 *
 * @throws where the script's end cannot be opened; nothing stays open then.
 */
export function openPair(pty: PtyPackage, size: TerminalSize): PtyPair {
  const pair = pty.open({ cols: size.columns, rows: size.rows, encoding: null })
  const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants
  closeSpare(pair)
  // The package reads the script's end as well, and would take the first keys away.
  pair.slave.destroy()
  const end = openOr(pair.ptsName, O_RDWR | O_NOCTTY | O_NONBLOCK, () => pair.master.destroy())
  let closed = false
  return {
    path: pair.ptsName,
    master: pair.master,
    resize: ({ columns, rows }) => {
      if (!closed) pair.resize(columns, rows)
    },
    writeAsScript(text) {
      try {
        writeSync(end, text)
        return true
      } catch {
        return false
      }
    },
    close() {
      if (closed) return
      closed = true
      closeSync(end)
      pair.master.destroy()
    },
  }
}

/**
 * The package hands the script's end to a stream of Node, which opens it once more and forgets the file that it was given: one more
 * for each script that has a terminal. Nobody else has it open yet. Where there is no /proc to find it in, it stays open.
 */
function closeSpare({ slave, ptsName }: ReturnType<PtyPackage['open']>): void {
  if (!existsSync('/proc/self/fd')) return
  for (const name of readdirSync('/proc/self/fd'))
    if (Number(name) !== usedBy(slave) && linkOf(name) === ptsName) closeSync(Number(name))
}

function linkOf(descriptor: string): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    // It was the one by which the folder was read.
    return null
  }
}

function openOr(path: string, flags: number, failed: () => void): number {
  try {
    return openSync(path, flags)
  } catch (error) {
    failed()
    throw error
  }
}
