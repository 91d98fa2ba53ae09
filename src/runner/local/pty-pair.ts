import { closeSync, constants, openSync, writeSync } from 'node:fs'
import type { ReadStream } from 'node:tty'

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
 */
export function openPair(pty: PtyPackage, size: TerminalSize): PtyPair {
  const pair = pty.open({ cols: size.columns, rows: size.rows, encoding: null })
  const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants
  const end = openSync(pair.ptsName, O_RDWR | O_NOCTTY | O_NONBLOCK)
  // The package reads the script's end as well, and would take the first keys away.
  pair.slave.destroy()
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
