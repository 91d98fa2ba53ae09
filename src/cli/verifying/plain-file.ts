import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { SignoffError } from '../../model/index.ts'

/** Large enough that few lines are cut by a border, which costs copies. */
const PIECE_BYTES = 1024 * 1024
/** A seal is some kilobytes, an addendum not more. */
const TEXT_BYTES = 64 * 1024 * 1024

/**
 * Reads a file that came from anywhere, in pieces; null where there is none. Each piece lasts until the next is asked for. No link is
 * followed, and nothing is waited for that is no regular file.
 * @throws {SignoffError} `TRANSCRIPT_UNREADABLE`, here or in the middle.
 */
export function readPlainFile(path: string): Iterable<Uint8Array> | null {
  const file = openPlain(path)
  return file === null ? null : piecesOf(file, path)
}

/** As {@link readPlainFile}, whole. What is longer than any seal with its addenda is refused. */
export function readPlainText(path: string): string | null {
  const pieces = readPlainFile(path)
  if (pieces === null) return null
  const copies: Buffer[] = []
  let bytes = 0
  for (const piece of pieces) {
    bytes += piece.length
    if (bytes > TEXT_BYTES) throw unreadable(path, `longer than ${TEXT_BYTES} bytes`)
    copies.push(Buffer.from(piece))
  }
  return Buffer.concat(copies).toString('utf8')
}

function openPlain(path: string): number | null {
  let file: number
  try {
    // Without O_NONBLOCK a named pipe would be waited for.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    if (code === 'ELOOP' || code === 'ENXIO')
      throw unreadable(path, 'is no regular file; links are not followed', error)
    throw unreadable(path, error instanceof Error ? error.message : String(error), error)
  }
  if (fstatSync(file).isFile()) return file
  closeSync(file)
  throw unreadable(path, 'is no regular file; links are not followed')
}

function* piecesOf(file: number, path: string): Generator<Uint8Array> {
  try {
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
    for (;;) {
      const length = readSync(file, piece)
      if (length === 0) return
      yield piece.subarray(0, length)
    }
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), error)
  } finally {
    closeSync(file)
  }
}

function unreadable(path: string, why: string, cause?: unknown): SignoffError {
  return new SignoffError('TRANSCRIPT_UNREADABLE', `${path}: ${why}`, { cause })
}
