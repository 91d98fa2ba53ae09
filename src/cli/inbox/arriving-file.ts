import { type BigIntStats, constants } from 'node:fs'
import { lstat, open } from 'node:fs/promises'
import { nameOfAccount } from '../../runner/local/index.ts'

/** What is read of a file that came. Longer than any approval, hand-over or note. */
const MOST_BYTES = 4 * 1024 * 1024

/** A file that somebody put into the inbox: what it says, and the account that it belongs to, which nobody but that account can be. */
export interface ArrivingFile {
  readonly text: string
  readonly owner: string
}

/**
 * Reads one regular file without following links, without waiting for whoever has a pipe there, and no more of it than it may hold.
 * @throws with a sentence where it is none, is too long or cannot be read.
 */
export async function readArriving(path: string, mostBytes = MOST_BYTES): Promise<ArrivingFile> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const about = await file.stat()
    if (!about.isFile()) throw new Error('it is no regular file')
    if (about.size > mostBytes) throw new Error(`it is longer than ${mostBytes} bytes`)
    const pieces: Buffer[] = []
    let bytes = 0
    // Somebody may go on writing it.
    for await (const piece of file.createReadStream({ autoClose: false, end: mostBytes })) {
      pieces.push(piece as Buffer)
      bytes += (piece as Buffer).length
    }
    if (bytes > mostBytes) throw new Error(`it is longer than ${mostBytes} bytes`)
    return { text: Buffer.concat(pieces).toString('utf8'), owner: nameOfAccount(about.uid) }
  } finally {
    await file.close()
  }
}

/** What tells a file from another one of its name, and from itself once it was written to; null where there is none. */
export async function identityOf(path: string): Promise<string | null> {
  const about: BigIntStats | null = await lstat(path, { bigint: true }).catch(() => null)
  return about === null ? null : [about.dev, about.ino, about.size, about.mtimeNs].join(':')
}
