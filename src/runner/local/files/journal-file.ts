import { constants, fstatSync, statSync, writeSync } from 'node:fs'
import { type FileHandle, lstat, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Entry, type RunEvent, SignoffError } from '../../../model/index.ts'
import type { Journal } from '../../ports.ts'
import { errorCode } from '../claims/claim.ts'
import { detachWriter } from './detach-writer.ts'
import { makeFolders, syncPath } from './durable-files.ts'

/** Turns events into the lines of the chain, each with its LF; it lives in `transcript/`, which numbers, links and encodes. */
export interface LineChain {
  append(
    event: RunEvent,
    at: { readonly atMs: number; readonly monoMs: number; readonly salt: string },
  ): { readonly line: string; readonly entry: Entry }
}

export interface JournalOptions {
  /** Path of `journal.jsonl`; folders above it are made. */
  readonly path: string
  readonly chain: LineChain
  /** Wall clock, milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Milliseconds since the writing process started, by a clock that does not jump. */
  readonly monoMs: () => number
  /** 16 random bytes in base64url, anew for each line. */
  readonly salt: () => string
  /** `new` makes the file, and fails if there is one; `resume` goes on with one. */
  readonly mode: 'new' | 'resume'
  /** With `resume`: how long the file is, after a torn tail was cut. */
  readonly expectedBytes?: number
}

export interface JournalFile extends Journal {
  /** Bytes of all lines so far. */
  readonly bytes: number
  /** What is wrong where the file of that name is gone, or another one since somebody has taken the run over; else null. */
  misplaced(): SignoffError | null
  /** Syncs, sets mode 0400 and closes: nothing is appended to a sealed journal. */
  seal(): Promise<void>
  /** Syncs what was appended, and closes. */
  close(): Promise<void>
}

const RESERVE_BYTES = 256 * 1024
const SHORT_BYTES = 16 * 1024

/** What still gets a line once the disk is full. */
const CLOSING: ReadonlySet<RunEvent['kind']> = new Set(['step.stop', 'output.end', 'step.end', 'journal.full'])

/**
 * The journal as a file, with one writer. A line is written when `append` resolves; one `fdatasync` covers every line before it,
 * and barriers that meet share it. The first failure of a write or a sync is final: trying again may seem to
 * succeed with the data gone.
 *
 * On a full disk the reserve beside the journal is given up. The line at hand is completed with it, since the chain has it; its
 * `append` rejects all the same, and from then on only what ends the running step is taken (`CLOSING`).
 *
 * @throws {SignoffError} `JOURNAL_UNWRITABLE` with the system's error in the message; `LOCKED` if the file is not as this writer left it, or no longer the one of that name.
 */
export async function openJournal(options: JournalOptions): Promise<JournalFile> {
  const { path, chain, nowMs, monoMs, salt, mode } = options
  const reserve = join(dirname(path), '.reserve')
  const file = await openFile(path, mode).catch((error: unknown) => Promise.reject(unwritable(path, error)))
  let bytes = 0
  let identity: Identity | null = null
  let failure: SignoffError | null = null
  /** Set once the disk was full and the reserve was given up. */
  let full: SignoffError | null = null
  let synced = 0
  let syncing: { readonly covers: number; readonly done: Promise<void> } | null = null
  let queue: Promise<unknown> = Promise.resolve()

  const fail = (error: SignoffError): never => {
    failure ??= error
    throw failure
  }

  /** Nothing is written beside another: each turn starts when the one before it has ended. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work)
    queue = turn.catch(() => undefined)
    return turn
  }

  const writeAll = async (line: Buffer): Promise<void> => {
    let from = 0
    while (from < line.length) {
      try {
        const left = line.length - from
        // A short line takes the kernel some microseconds, and a round trip to another thread more; a long one may have to wait.
        const bytesWritten =
          left <= SHORT_BYTES ? writeSync(file.fd, line, from, left) : (await file.write(line, from, left)).bytesWritten
        if (bytesWritten === 0) throw new Error('nothing was written')
        from += bytesWritten
        bytes += bytesWritten
      } catch (error) {
        const isFull = errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT'
        if (!isFull || full !== null || !(await giveUpReserve(reserve))) fail(unwritable(path, error))
        full = unwritable(path, error)
      }
    }
  }

  const sync = async (): Promise<void> => {
    const upTo = bytes
    try {
      await file.datasync()
    } catch (error) {
      fail(unwritable(path, error))
    }
    synced = Math.max(synced, upTo)
  }

  const journal: JournalFile = {
    append: event =>
      inTurn(async () => {
        if (failure !== null) throw failure
        if (full !== null && !CLOSING.has(event.kind)) throw full
        const { size } = fstatSync(file.fd)
        if (size !== bytes) fail(changedError(path, bytes, size))
        const { line, entry } = chain.append(event, {
          atMs: nowMs(),
          monoMs: Math.max(0, Math.floor(monoMs())),
          salt: salt(),
        })
        await writeAll(Buffer.from(line))
        // Before anything is shown: a line in a file that was taken from us is in no record.
        const lost = misplaced(path, identity)
        if (lost !== null) fail(lost)
        if (full !== null && !CLOSING.has(event.kind)) throw full
        return entry
      }),

    async barrier() {
      await queue
      if (failure !== null) throw failure
      const target = bytes
      while (synced < target) {
        // A sync that began before the last line does not cover it; the next one is shared by all who wait for it.
        const running = syncing
        if (running !== null && running.covers < target) await running.done
        else if (running !== null) return running.done
        else {
          const done = sync().finally(() => {
            syncing = null
          })
          syncing = { covers: bytes, done }
          await done
        }
      }
    },

    get bytes() {
      return bytes
    },

    misplaced: () => misplaced(path, identity),
    seal: () => end(true),
    close: () => end(false),
  }

  const end = async (sealed: boolean): Promise<void> => {
    try {
      if (failure === null) {
        await journal.barrier()
        if (sealed) await file.chmod(0o400)
        await rm(reserve, { force: true })
        await syncPath(dirname(path))
      }
    } finally {
      failure ??= new SignoffError('JOURNAL_UNWRITABLE', `${path} is closed`)
      await file.close()
    }
  }

  try {
    const { size } = await file.stat()
    if (mode === 'resume' && size !== options.expectedBytes) throw changedError(path, options.expectedBytes ?? 0, size)
    bytes = size
    identity = await file.stat({ bigint: true })
    await file.chmod(0o600)
    await makeReserve(reserve)
    await syncPath(dirname(path))
  } catch (error) {
    await file.close()
    throw error instanceof SignoffError ? error : unwritable(path, error)
  }
  return journal
}

interface Identity {
  readonly dev: bigint
  readonly ino: bigint
}

/** Whether the file that is open is still the one of that name. Synchronous: it costs a hundredth of the write before it. */
function misplaced(path: string, identity: Identity | null): SignoffError | null {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (there === undefined)
    return new SignoffError('JOURNAL_UNWRITABLE', `${path} is gone: it was moved or deleted`, {
      advice: 'put it back where it was, then `signoff resume`',
    })
  if (there.ino === identity?.ino && there.dev === identity.dev) return null
  return new SignoffError('LOCKED', `${path} is another file by now: somebody has taken this run over`, {
    advice: 'what was said last is not recorded; `signoff status` shows who goes on',
  })
}

async function openFile(path: string, mode: JournalOptions['mode']): Promise<FileHandle> {
  const { O_CREAT, O_EXCL, O_APPEND, O_RDWR, O_NOFOLLOW } = constants
  if (mode === 'resume') {
    // One that another account has opened to us is read and written, and only its owner may close it again: it becomes ours.
    if (!(await isOurs(path))) await detachWriter(path)
    return open(path, O_RDWR | O_APPEND | O_NOFOLLOW)
  }
  await makeFolders(dirname(path))
  return open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0o600)
}

async function isOurs(path: string): Promise<boolean> {
  const uid = process.geteuid?.()
  return uid === undefined || uid === 0 || (await lstat(path)).uid === uid
}

/** Real bytes, since a hole takes no room. One that is there may be another account's: it is never written into. */
async function makeReserve(path: string): Promise<void> {
  await rm(path, { force: true })
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(Buffer.alloc(RESERVE_BYTES, ' '))
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** False if there is none any more: it helps once. */
async function giveUpReserve(path: string): Promise<boolean> {
  try {
    await rm(path)
    return true
  } catch {
    return false
  }
}

function unwritable(path: string, cause: unknown): SignoffError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new SignoffError('JOURNAL_UNWRITABLE', `the journal ${path} cannot be written: ${reason}`, {
    advice: 'make room or mend the disk, then `signoff resume`: nothing that was shown is lost',
    cause,
  })
}

function changedError(path: string, expected: number, found: number): SignoffError {
  return new SignoffError(
    'LOCKED',
    `the journal ${path} has ${found} bytes, this writer left it at ${expected}: someone else writes it`,
    {
      advice: 'stop the other writer, then `signoff resume`',
    },
  )
}
