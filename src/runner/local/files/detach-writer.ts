import { constants } from 'node:fs'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SignoffError } from '../../../model/index.ts'
import { syncPath } from './durable-files.ts'

const CHUNK = 1024 * 1024

/**
 * Takes the journal away from a writer that may be alive: on another host, or suspended in the middle of an append. No lock stops
 * such a process, so the journal becomes another file: what that process still writes goes into the one it has open, which nobody
 * reads any more, and it notices because its file is no longer the one at the path (`journal-file.ts` looks after each write,
 * before anything is shown). What it wrote before is in the copy: the old file is read once more when the name is changed.
 *
 * The old file keeps a second name until then, so that a crash in between loses nothing: see {@link finishDetaching}.
 */
export async function detachWriter(path: string): Promise<void> {
  await finishDetaching(path)
  const fresh = `${path}.new`
  const old = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const copy = await open(fresh, 'w', 0o600)
    try {
      const copied = await copyFrom(old, copy, 0)
      await copy.sync()
      await link(path, asideOf(path))
      await rename(fresh, path)
      await syncPath(dirname(path))
      await copyFrom(old, copy, copied)
      await copy.sync()
    } finally {
      await copy.close()
    }
  } finally {
    await old.close()
  }
  await rm(asideOf(path))
  await syncPath(dirname(path))
}

/**
 * Ends what a crash in {@link detachWriter} left half done: the old file, which has every line, is put back.
 * @returns true where there was something to end: what was read of the journal before is to be read again.
 */
export async function finishDetaching(path: string): Promise<boolean> {
  const aside = asideOf(path)
  const kept = await open(aside, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (kept === null) return false
  try {
    const now = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      if (!(await isBeginning(now, kept)))
        throw new SignoffError('JOURNAL_INVALID', `${path} and ${aside} are both journals of this run, and differ`, {
          advice: 'a take-over was cut off; keep both files, and compare them by hand',
        })
    } finally {
      await now.close()
    }
  } finally {
    await kept.close()
  }
  await rename(aside, path)
  // Renaming one of two names of the same file leaves both.
  await rm(aside, { force: true })
  await syncPath(dirname(path))
  return true
}

function asideOf(path: string): string {
  return `${path}.taken`
}

/** Copies from an offset to the end; gives where the end was. */
async function copyFrom(from: FileHandle, to: FileHandle, offset: number): Promise<number> {
  const buffer = Buffer.alloc(CHUNK)
  for (let at = offset; ; ) {
    const { bytesRead } = await from.read(buffer, 0, CHUNK, at)
    if (bytesRead === 0) return at
    await to.write(buffer, 0, bytesRead, at)
    at += bytesRead
  }
}

async function isBeginning(shorter: FileHandle, longer: FileHandle): Promise<boolean> {
  const [a, b] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)]
  for (let at = 0; ; ) {
    const { bytesRead } = await shorter.read(a, 0, CHUNK, at)
    if (bytesRead === 0) return true
    const { bytesRead: also } = await longer.read(b, 0, bytesRead, at)
    if (also < bytesRead || a.compare(b, 0, bytesRead, 0, bytesRead) !== 0) return false
    at += bytesRead
  }
}
