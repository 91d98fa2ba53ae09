import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SignoffError } from '../../model/index.ts'
import type { ExportFile, Piece } from '../../transcript/index.ts'
import type { Io } from '../io.ts'

/**
 * Writes one document to standard output, or to a file that is not there yet. A file that could not be finished is removed.
 * @throws {SignoffError} `USAGE` where the file is there.
 */
export async function writeDocument(pieces: AsyncIterable<Piece>, out: string | null, io: Io): Promise<void> {
  if (out !== null) return writeFile(pieces, out)
  for await (const piece of pieces) {
    await io.pour(piece)
    // Nobody reads any more (`| head`): what is left need not be made.
    if (io.gone?.aborted === true) return
  }
}

/** Writes a folder that is not there yet; one that could not be finished is removed. @throws {SignoffError} `USAGE` where it is there. */
export async function writeFolder(files: AsyncIterable<ExportFile>, out: string): Promise<void> {
  await mkdir(out).catch((error: NodeJS.ErrnoException) => {
    throw notWritten(out, error)
  })
  try {
    for await (const { path, content } of files) await writeFile(content, join(out, path))
  } catch (error) {
    await rm(out, { recursive: true, force: true })
    throw error
  }
}

async function writeFile(pieces: AsyncIterable<Piece> | Iterable<Piece>, path: string): Promise<void> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw notWritten(path, error)
  })
  try {
    for await (const piece of pieces)
      await file.writeFile(piece).catch((error: NodeJS.ErrnoException) => {
        throw new SignoffError('STATE_UNWRITABLE', `${path} could not be written: ${error.message}`, {
          advice: 'what there was of it is removed; make room, or name another place',
          cause: error,
        })
      })
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

function notWritten(path: string, error: NodeJS.ErrnoException): SignoffError {
  if (error.code === 'EEXIST')
    return new SignoffError('USAGE', `${path} is there already; nothing is overwritten`, {
      advice: 'name another, or remove it first',
      cause: error,
    })
  const why = error.code === 'ENOENT' ? 'its folder is not there' : error.message
  return new SignoffError('USAGE', `${path} cannot be written: ${why}`, { cause: error })
}
