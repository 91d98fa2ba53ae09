import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { SignoffError } from '../../model/index.ts'
import { createJournalScanner, type ScannedLine, scanJournal, type WithheldLine } from '../../transcript/index.ts'

const CHUNK = 1024 * 1024
const NEWLINE = 0x0a

/**
 * Reads a journal that somebody may be writing, line by line as it grows, and writes nothing. The file is opened by its name each
 * time, since a take-over makes it another one, and only whole lines count: a torn one is cut off by whoever goes on.
 *
 * @param more called once all lines there are were taken; false ends the reading.
 * @throws {SignoffError} `TRANSCRIPT_UNREADABLE`, with whose it is; `JOURNAL_INVALID` where a line is wrong.
 */
export async function readGrowing(
  path: string,
  onLine: (line: ScannedLine) => void,
  more: () => Promise<boolean>,
): Promise<void> {
  let yielded = 0
  let taken = 0
  async function* lines(): AsyncGenerator<Uint8Array> {
    let offset = 0
    do {
      for await (const chunk of wholeLines(path, offset)) {
        offset += chunk.length
        for (const byte of chunk) if (byte === NEWLINE) yielded++
        yield chunk
      }
      // A line that was not taken is wrong, and nothing behind it will be: the scan says why once it ends.
      if (taken < yielded) return
    } while (await more())
  }
  const scan = await scanJournal(lines(), line => {
    taken++
    onLine(line)
  })
  if (scan.wrong !== null || scan.torn !== null) throw invalid(path, taken + 1, scan.wrong?.why ?? null)
}

/**
 * The lines of a journal as it stands, in order, in memory for a piece of it; whoever takes them slowly is waited for. A torn end is no line.
 *
 * @param onWithheld is told of each line that a copy withholds, before those that follow it; false makes it a wrong line.
 * @throws {SignoffError} `TRANSCRIPT_UNREADABLE`; `JOURNAL_INVALID` where a line is wrong, once those before it were given.
 */
export async function* readLines(
  path: string,
  onWithheld: (line: WithheldLine) => boolean = () => true,
): AsyncGenerator<ScannedLine> {
  let taken: ScannedLine[] = []
  let count = 0
  const scanner = createJournalScanner(line => taken.push(line), onWithheld)
  for await (const chunk of wholeLines(path, 0)) {
    scanner.push(chunk)
    const lines = taken
    taken = []
    count += lines.length
    yield* lines
  }
  const { wrong, torn } = scanner.end()
  if (wrong !== null || torn !== null) throw invalid(path, count + 1, wrong?.why ?? null)
}

function invalid(path: string, line: number, why: string | null): SignoffError {
  return new SignoffError('JOURNAL_INVALID', `${path}: line ${line}: ${why ?? 'no line of a journal'}`, {
    advice: '`signoff verify` says more',
  })
}

async function* wholeLines(path: string, from: number): AsyncGenerator<Uint8Array> {
  const file = await openToRead(path)
  try {
    let rest: Buffer = Buffer.alloc(0)
    for (let at = from; ; ) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, at)
      if (bytesRead === 0) return
      at += bytesRead
      const seen = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
      const end = seen.lastIndexOf(NEWLINE) + 1
      rest = seen.subarray(end)
      if (end > 0) yield seen.subarray(0, end)
    }
  } finally {
    await file.close()
  }
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    // Without waiting: what is no file (a pipe that nobody writes) must not hold whoever looks.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if ((await file.stat()).isFile()) return file
    await file.close()
  } catch (error) {
    throw unreadable(path, error)
  }
  throw new SignoffError('TRANSCRIPT_UNREADABLE', `${path}: is no regular file`)
}

export function unreadable(path: string, cause: unknown): SignoffError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null
  const denied = code === 'EACCES' || code === 'EPERM'
  const why = denied
    ? 'it may not be read by this user'
    : code === 'ENOENT' || code === 'ENOTDIR'
      ? 'no such file'
      : String(cause)
  return new SignoffError('TRANSCRIPT_UNREADABLE', `${path}: ${why}`, {
    cause,
    ...(denied
      ? { advice: 'while a run lasts its journal is for its owner alone; look as that user, or ask them' }
      : {}),
  })
}
