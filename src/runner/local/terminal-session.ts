import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadStream, WriteStream } from 'node:tty'
import { shellMissing } from './check-script.ts'
import type { LentTerminal, PersonsTerminal } from './persons-terminal.ts'
import { openPair, type PtyPackage, type PtyPair, type TerminalSize } from './pty-pair.ts'
import { createTerminalModes } from './terminal-modes.ts'
import { openTtyInput, openTtyOutput } from './tty-stream.ts'

/** How long it is tried to write behind the script's output: a script that left its terminal stopped (Ctrl-S) may never let it. */
const MARK_LIMIT_MS = 3000
const MARK_LOOK_MS = 10
/** A script that has shown nothing for this long gets its keys all the same. */
const SILENT_START_MS = 1000
/** Some programs write their prompt first and switch echo off then. */
const PROMPT_MS = 30
/** A terminal that stopped reading holds up whoever changes its modes. */
const STTY_LIMIT_MS = 1000

/** A script that has the person's terminal. */
export interface TerminalSession {
  readonly supervisor: ChildProcess
  /** True until everything that the script has written is in its spool. */
  readonly draining: boolean
  /** Bytes that did not reach the spool. */
  readonly lost: number
  /** Resolves once the person has the terminal back. */
  readonly over: Promise<void>
  /** Gives the terminal its modes back and lets go of the script, which is hung up: synchronous, for the end of the process. */
  dispose(): void
}

/**
 * Lends the person's terminal to a script. With a pseudo-terminal the script gets that one: what is typed is passed on and
 * recorded nowhere, what the script shows is written to its spool first and then to the person's terminal. Without one it gets
 * the terminal itself.
 *
 * @param command the supervisor's command line, behind its file: claim folder and so on.
 * @throws {SignoffError} `SHELL_MISSING`; the person has the terminal back then.
 */
export async function startInTerminal(options: {
  readonly claim: string
  readonly step: string
  readonly terminal: PersonsTerminal
  readonly pty: PtyPackage | null
  /** File of the supervisor. */
  readonly script: string
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly spoolBytes: number
  readonly onResize: (size: TerminalSize) => void
}): Promise<TerminalSession> {
  const { terminal, pty } = options
  const lent = await terminal.lend({ step: options.step, recorded: pty !== null })
  try {
    const modes = stty(terminal, '-g')
    if (pty === null) return ownTerminal(await startSupervisor(options, null), terminal, modes, lent)
    // Everything that can fail is opened before anything is started.
    const ends = openEnds(options, pty)
    try {
      return pumped(options, ends, await startSupervisor(options, ends.pair), modes, lent)
    } catch (error) {
      closeEnds(ends)
      throw error
    }
  } catch (error) {
    await lent.giveBack()
    throw error
  }
}

/** The environment of a script in a terminal: its size is asked of the terminal, and changes. */
function withoutSize(environment: Readonly<Record<string, string>>): Record<string, string> {
  const { LINES, COLUMNS, ...rest } = environment
  return rest
}

async function startSupervisor(
  { terminal, script, command, environment }: Parameters<typeof startInTerminal>[0],
  pair: PtyPair | null,
): Promise<ChildProcess> {
  const env = withoutSize(environment)
  const own = pair === null ? openSync(terminal.path, constants.O_RDWR | constants.O_NOCTTY) : null
  try {
    const supervisor =
      pair === null
        ? // In our own session, since the terminal is that session's.
          spawn('bash', ['-mp', script, ...command], { cwd: '/', env, stdio: [own, own, own, 'pipe'] })
        : // Opening a terminal makes it the one of a session that has none.
          spawn('bash', ['-pc', 'exec 0<>"$0" 1>&0 2>&0; exec bash -mp "$@"', pair.path, script, ...command], {
            cwd: '/',
            env,
            detached: true,
            stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
          })
    if (supervisor.pid === undefined)
      throw shellMissing('bash', await new Promise(resolve => supervisor.once('error', resolve)))
    supervisor.unref()
    return supervisor
  } finally {
    if (own !== null) closeSync(own)
  }
}

/** The other end of descriptor 3 of the supervisor. */
function wireOf(supervisor: ChildProcess): Duplex {
  const wire = supervisor.stdio[3] as unknown as Duplex // made as a pipe above: a socket, which goes both ways
  // The supervisor may be gone before we answer it.
  wire.on('error', () => undefined)
  return wire
}

/** Resolves when the supervisor says that the script has ended, or is gone itself. */
function scriptEnded(supervisor: ChildProcess, wire: Duplex): Promise<void> {
  return new Promise(resolve => {
    wire.once('data', () => resolve())
    wire.once('close', () => resolve())
    supervisor.once('exit', () => resolve())
  })
}

function exited(supervisor: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (supervisor.exitCode !== null || supervisor.signalCode !== null) resolve()
    else supervisor.once('exit', () => resolve())
  })
}

/** The script has the terminal itself: it is the person's again once bash, which handed it on, has ended. */
function ownTerminal(
  supervisor: ChildProcess,
  terminal: PersonsTerminal,
  modes: readonly string[],
  lent: LentTerminal,
): TerminalSession {
  const wire = wireOf(supervisor)
  lent.onRecall(() => wire.destroy())
  const over = (async () => {
    await scriptEnded(supervisor, wire)
    wire.write('\n')
    await exited(supervisor)
    wire.destroy()
    stty(terminal, ...modes)
    await lent.giveBack()
  })()
  // Whoever has stopped following must not make the process fall over it.
  over.catch(() => undefined)
  return { supervisor, draining: false, lost: 0, over, dispose: () => wire.destroy() }
}

/** What a session reads from and writes to. */
interface Ends {
  readonly pair: PtyPair
  readonly keys: ReadStream
  readonly screen: WriteStream
  /** Descriptor of the spool. */
  readonly spool: number
}

function openEnds({ claim, terminal }: Parameters<typeof startInTerminal>[0], pty: PtyPackage): Ends {
  const spool = openSync(join(claim, 'out'), 'a')
  const pair = openPair(pty, terminal.size())
  return { spool, pair, keys: openTtyInput(terminal.path), screen: openTtyOutput(terminal.path) }
}

function closeEnds({ pair, keys, screen, spool }: Ends): void {
  pair.close()
  keys.destroy()
  screen.destroy()
  closeSync(spool)
}

function pumped(
  { terminal, spoolBytes, onResize }: Parameters<typeof startInTerminal>[0],
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
    if (!restored && !screen.write(bytes)) {
      pair.master.pause()
      screen.once('drain', () => pair.master.resume())
    }
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
      await readToEnd(pair, end)
      show(end.rest())
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
    supervisor,
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

/** Writes to the terminal at once: nothing may be left to do for a process that ends. */
function writeNow(terminal: PersonsTerminal, text: string): void {
  if (text === '') return
  try {
    const file = openSync(terminal.path, constants.O_WRONLY | constants.O_NOCTTY)
    writeSync(file, text)
    closeSync(file)
  } catch {
    // A terminal that is gone needs no modes.
  }
}

/** Runs stty on the terminal; gives the words that it said, none where it cannot be had. Synchronous, like the end of a process. */
function stty(terminal: PersonsTerminal, ...words: readonly string[]): string[] {
  if (words.length === 0) return []
  let file: number | null = null
  try {
    file = openSync(terminal.path, constants.O_RDONLY | constants.O_NOCTTY)
    const { status, stdout } = spawnSync('stty', words, {
      stdio: [file, 'pipe', 'ignore'],
      encoding: 'utf8',
      timeout: STTY_LIMIT_MS,
    })
    return status === 0 ? stdout.split(/\s+/).filter(word => word !== '') : []
  } catch {
    // A terminal that is gone has no modes.
    return []
  } finally {
    if (file !== null) closeSync(file)
  }
}

/**
 * Keys typed before the script has shown anything wait until it does, a second at most: a password typed before its prompt
 * would be echoed by the terminal, since nobody has switched that off yet, and what is echoed is recorded.
 */
function earlyKeys(pass: (bytes: Buffer) => void): {
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

/** A text written behind the last of the script's output, so that what comes before it is known to be all. */
interface EndMark {
  readonly text: string
  /** Resolves once it was read. */
  readonly seen: Promise<void>
  /** Takes what was read; gives what of it is output. What may be the start of the mark waits. */
  take(bytes: Buffer): Buffer
  /** What waited for a mark that did not come. */
  rest(): Buffer
  /** From now on the mark is looked for. */
  expect(): void
}

function endMark(): EndMark {
  // Digits alone pass through every mode that a script can leave a terminal in.
  const text = Array.from({ length: 24 }, () => randomInt(10)).join('')
  const seen = Promise.withResolvers<void>()
  let expected = false
  let held: Buffer = Buffer.alloc(0)
  return {
    text,
    seen: seen.promise,
    take(bytes) {
      if (!expected) return bytes
      const all = Buffer.concat([held, bytes])
      const at = all.indexOf(text)
      if (at !== -1) {
        seen.resolve()
        expected = false
        held = Buffer.alloc(0)
        // What a process in the background writes later still is its script's output.
        return Buffer.concat([all.subarray(0, at), all.subarray(at + text.length)])
      }
      const from = Math.max(0, all.length - text.length + 1)
      held = Buffer.from(all.subarray(from))
      return all.subarray(0, from)
    },
    rest() {
      const bytes = held
      held = Buffer.alloc(0)
      return bytes
    },
    expect() {
      expected = true
    },
  }
}

/** Reads up to the mark; without one where it could not be written, or where the terminal was closed under our hands. */
async function readToEnd(pair: PtyPair, end: EndMark): Promise<void> {
  const closed = new Promise<void>(resolve => pair.master.once('close', resolve))
  end.expect()
  for (const until = performance.now() + MARK_LIMIT_MS; !pair.writeAsScript(end.text); await sleep(MARK_LOOK_MS))
    if (performance.now() > until) return
  await Promise.race([end.seen, closed])
}
