import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/**
 * Whether a file has the content that a pointer of git-lfs stands for, by its length and its sha256: what the filter of git-lfs would
 * find, without starting it. Null for what is no such pointer, or a file that cannot be read.
 */
export async function isLfsContent(pointer: string, path: string): Promise<boolean | null> {
  const found = POINTER.exec(pointer)
  if (found === null) return null
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null)
  if (file === null) return null
  try {
    const about = await file.stat()
    if (!about.isFile()) return null
    if (String(about.size) !== found[2]) return false
    const hash = createHash('sha256')
    for await (const piece of file.createReadStream({ autoClose: false })) hash.update(piece as Buffer)
    return hash.digest('hex') === found[1]
  } catch {
    return null
  } finally {
    await file.close()
  }
}

/** As git-lfs writes it; one with extensions is none that is judged here. */
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:([0-9a-f]{64})\nsize (\d+)\n$/
