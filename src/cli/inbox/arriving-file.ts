import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { nameOfAccount } from '../../runner/local/index.ts'

/** What is read of a file that came. Longer than any approval, hand-over or note. */
const MOST_BYTES = 4 * 1024 * 1024

/** A file that somebody put into the inbox: what it says, and the account that it belongs to, which nobody but that account can be. */
export interface ArrivingFile {
  readonly text: string
  readonly owner: string
}

/**
 * Reads one regular file without following links, and without waiting for whoever has a pipe there.
 * @throws with a sentence where it is none, is too long or cannot be read.
 */
export async function readArriving(path: string): Promise<ArrivingFile> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const about = await file.stat()
    if (!about.isFile()) throw new Error('it is no regular file')
    if (about.size > MOST_BYTES) throw new Error(`it is longer than ${MOST_BYTES} bytes`)
    return { text: await file.readFile('utf8'), owner: nameOfAccount(about.uid) }
  } finally {
    await file.close()
  }
}
