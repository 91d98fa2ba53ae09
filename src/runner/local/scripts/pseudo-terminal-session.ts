import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadStream, WriteStream } from 'node:tty'
import { earlyKeys } from '../terminal/early-keys.ts'
import { endMark, readToEnd } from '../terminal/end-mark.ts'
import type { LentTerminal } from '../terminal/persons-terminal.ts'
import { openPair, type PtyPackage, type PtyPair } from '../terminal/pty-pair.ts'
import { stty, writeNow } from '../terminal/stty.ts'
import { createTerminalModes } from '../terminal/terminal-modes.ts'
import { letWritesWait, openTtyInput, openTtyOutput } from '../terminal/tty-stream.ts'
import type { TerminalSession, TerminalStart } from './terminal-session.ts'
import { exited, scriptEnded, wireOf } from './terminal-supervisor.ts'

/** How long the person's terminal may take to show the last of the output: one that stopped reading may never do so. */
const SHOWN_LIMIT_MS = 1000

/** What a session reads from and writes to. */
export interface Ends {
  readonly pair: PtyPair
  readonly keys: ReadStream
  readonly screen: WriteStream
  /** Descriptor of the spool. */
  readonly spool: number
}

/** @throws what cannot be opened; nothing stays open then. */
export function openEnds({ claim, terminal }: TerminalStart, pty: PtyPackage): Ends {
  const opened: (() => void)[] = []
  try {
    const spool = openSync(join(claim, 'out'), 'a', 0o600)
    opened.push(() => closeSync(spool))
    const pair = openPair(pty, terminal.size())
    opened.push(() => pair.close())
    const keys = openTtyInput(terminal.path)
    opened.push(() => keys.destroy())
    return { spool, pair, keys, screen: letWritesWait(openTtyOutput(terminal.path)) }
  } catch (error) {
    for (const close of opened) close()
    throw error
  }
}

export function closeEnds({ pair, keys, screen, spool }: Ends): void {
  pair.close()
  keys.destroy()
  screen.destroy()
  closeSync(spool)
}

/** The script has a terminal of its own: what it shows goes to its spool, then to the person. */
export function inPseudoTerminal(
  { terminal, spoolBytes, onResize }: TerminalStart,
  { pair, keys, screen, spool }: Ends,
  supervisor: ChildProcess,
  modes: readonly string[],
  lent: LentTerminal,
): TerminalSession {
  const wire = wireOf(supervisor)
  const leftOn = createTerminalModes()
  let spooled = 0
  let lost = 0
  let draining = true
  let restored = false
  let hasEnded = false

  const record = (bytes: Buffer): void => {
    const kept = bytes.subarray(0, Math.max(0, spoolBytes - spooled))
    try {
      for (let at = 0; at < kept.length; ) at += writeSync(spool, kept, at)
      spooled += kept.length
      lost += bytes.length - kept.length
    } catch {
      // A full disk: the person goes on working, and the record says how much of it is missing.
      lost += bytes.length
    }
  }
  const show = (bytes: Buffer): void => {
    if (bytes.length === 0) return
    record(bytes)
    early.shown()
    leftOn.push(bytes)
    // A terminal that reads slowly slows the script. Once that has ended, all that is left is a few kilobytes.
    if (restored || screen.write(bytes) || hasEnded) return
    pair.master.pause()
    screen.once('drain', () => pair.master.resume())
  }
  const end = endMark()
  pair.master.on('data', (bytes: Buffer) => show(end.take(bytes)))
  // Closed under our hands: the end of the script is noticed by its supervisor.
  pair.master.on('error', () => undefined)
  screen.on('error', () => undefined)
  keys.on('error', () => undefined)
  // Not Node's raw mode, which turns every newline into two characters: editors count on it to mean one row down.
  stty(terminal, 'raw', '-echo')
  const pass = (bytes: Buffer): void => {
    if (pair.master.write(bytes)) return
    keys.pause()
    pair.master.once('drain', () => keys.resume())
  }
  const early = earlyKeys(pass)
  keys.on('data', bytes => early.type(bytes))
  const stopResizing = lent.onResize(size => {
    pair.resize(size)
    onResize(size)
  })

  /** Gives the terminal its modes back: what the script left on is switched off. */
  const restore = (): void => {
    if (restored) return
    restored = true
    stopResizing()
    process.off('exit', restore)
    early.stop()
    keys.destroy()
    screen.destroy()
    stty(terminal, ...modes)
    writeNow(terminal, `${leftOn.undo()}${leftOn.atLineStart ? '' : '\r\n'}`)
  }
  const close = (): void => {
    restore()
    pair.close()
    wire.destroy()
    if (draining) closeSync(spool)
    draining = false
  }
  process.once('exit', restore)
  lent.onRecall(restore)

  const over = (async () => {
    try {
      await scriptEnded(supervisor, wire)
      if (!draining) return
      hasEnded = true
      pair.master.resume()
      await readToEnd(pair, end)
      show(end.rest())
      await shown(screen)
      // Everything is in the spool, so the supervisor may say so and end; only then is the terminal hung up.
      wire.write('\n')
      await exited(supervisor)
    } finally {
      close()
      await lent.giveBack()
    }
  })()
  over.catch(() => undefined)
  return {
    get draining() {
      return draining
    },
    get lost() {
      return lost
    },
    over,
    dispose: close,
  }
}

/** Resolves once all that was written stands on the screen; one that does not read is not waited for. */
function shown(screen: WriteStream): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, SHOWN_LIMIT_MS)
    screen.write('', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
