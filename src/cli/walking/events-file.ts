import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { SignoffError } from '../../model/index.ts'
import type { Io } from '../io.ts'
import type { Session } from '../runs/run-session.ts'
import { lastLineOf, placeBehind } from './events-so-far.ts'

/** Where `--events` goes: a file that grows, a pipe, a descriptor. */
export interface EventsFile {
  readonly path: string
  readonly file: FileHandle
}

export interface Following {
  /** Writes what is still to come, for as long as it may take; then nothing more is written. Never rejects. */
  finish(limitMs: number): Promise<void>
}

/** Lines of a journal are short; a long one goes in pieces. */
const PIECE = 64 * 1024
/** How long a pipe that takes nothing now is left alone before it is tried again. */
const AGAIN_MS = 20
/** How long a write that the system holds (a network disk that hangs) may keep the end waiting. */
const HELD_MS = 500
const NEWLINE = 0x0a

/**
 * Opens what `--events` names, at its end: what is there stays. Without waiting, since a named pipe that nobody reads would hold the run.
 * @throws {SignoffError} `USAGE` where it cannot be opened; nothing was begun then.
 */
export async function openEvents(path: string | undefined): Promise<EventsFile | null> {
  if (path === undefined) return null
  try {
    const flags =
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY
    return { path, file: await open(path, flags, 0o600) }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new SignoffError('USAGE', `--events ${path}: ${code === 'ENXIO' ? 'nobody reads this pipe' : message}`, {
      advice: 'name a file that can be written, or start the reader of the pipe first; nothing was run',
    })
  }
}

/**
 * Copies the lines of the journal that this process records, byte for byte, each once it may be shown. They are read back from the journal
 * as whoever reads them keeps up, so that a slow reader costs neither the run its time nor us memory. A file that ends with a line of
 * this run gets what came after that one, also where the process that wrote it was killed. What cannot be written ends the copy, is
 * said, and ends nothing else: the record is the journal.
 */
export function followEvents(
  { drive, files, began }: Pick<Session, 'drive' | 'files' | 'began'>,
  to: EventsFile | null,
  io: Pick<Io, 'say'>,
): Following {
  if (to === null) return { finish: async () => undefined }
  const { path, file } = to
  const over = new AbortController()
  let place = began.bytes
  /** `seq` of the line that begins, or goes on, at `place`. */
  let next = began.lines
  let shown = drive.snapshot().state.lastSeq
  let journal: FileHandle | null = null
  let copying: Promise<void> | null = null
  let failed = false

  /** By one handle: the path is another's file once somebody has taken the run over. */
  const begin = async (): Promise<FileHandle> => {
    const opened = await open(files.journal, 'r')
    const last = began.lines === 0 ? null : await lastLineOf(path, file)
    if (last === null) return opened
    const found = await placeBehind(opened, last, began.lines)
    if (found !== null) [place, next] = [found.bytes, found.lines]
    else
      io.say(`signoff: --events ${path}: it does not end with a line of this run; it has what is recorded from now on`)
    return opened
  }

  const copy = async (): Promise<void> => {
    journal ??= await begin()
    const buffer = Buffer.alloc(PIECE)
    while (next <= shown && !over.signal.aborted) {
      const { bytesRead } = await journal.read(buffer, 0, PIECE, place)
      if (bytesRead === 0) throw new Error(`${files.journal} ends before line ${next + 1}`)
      const { end, lines } = shownOf(buffer.subarray(0, bytesRead), shown - next + 1)
      await writeAll(file, buffer.subarray(0, end), over.signal)
      place += end
      next += lines
    }
  }

  const wake = (): void => {
    if (copying !== null || failed || next > shown) return
    copying = copy()
      .catch((error: unknown) => {
        if (over.signal.aborted) return
        failed = true
        io.say(
          `signoff: --events ${path}: ${why(error)}. No more is written there; the run goes on, and its journal has everything`,
        )
      })
      .finally(() => {
        copying = null
        if (!over.signal.aborted) wake()
      })
  }

  const stop = drive.onEntry(({ seq }) => {
    shown = Math.max(shown, seq)
    wake()
  })
  wake()

  return {
    async finish(limitMs) {
      stop()
      const waited = pause(limitMs, undefined, { signal: over.signal }).catch(() => undefined)
      while (copying !== null && (await Promise.race([copying.then(() => 'copied'), waited])) === 'copied');
      over.abort()
      const isHeld =
        copying !== null && (await Promise.race([copying.then(() => null), pause(HELD_MS, 'held')])) !== null
      if (next <= shown && !failed)
        io.say(
          `signoff: --events ${path}: the last ${shown - next + 1} lines were not taken in time; the journal has them`,
        )
      // Closing would wait for the write that hangs.
      if (isHeld) return
      await journal?.close().catch(() => undefined)
      await file.close().catch((error: unknown) => io.say(`signoff: --events ${path}: ${why(error)}`))
    },
  }
}

/** How much of a piece is shown already: up to the end of its last such line, or all of it where a single line is longer. */
function shownOf(piece: Uint8Array, wanted: number): { readonly end: number; readonly lines: number } {
  let end = 0
  let lines = 0
  while (lines < wanted) {
    const at = piece.indexOf(NEWLINE, end)
    if (at < 0) break
    end = at + 1
    lines++
  }
  return { end: lines === 0 ? piece.length : end, lines }
}

/** @throws what the system says; the reason of `over` where it comes first. */
async function writeAll(file: FileHandle, bytes: Uint8Array, over: AbortSignal): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    over.throwIfAborted()
    try {
      done += (await file.write(bytes, done)).bytesWritten
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      await pause(AGAIN_MS, undefined, { signal: over })
    }
  }
}

function why(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
