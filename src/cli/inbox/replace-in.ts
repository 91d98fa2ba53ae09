import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'

/**
 * Puts a file into a folder that others may write too, for its group to read: whole or not at all, and never through a link that
 * somebody has put there.
 * @throws what the file system says.
 */
export async function replaceIn(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.new`
  try {
    const file = await open(unfinished, 'wx', 0o640)
    try {
      // Set and not left to umask.
      await file.chmod(0o640)
      await file.writeFile(text)
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw error
  }
}
