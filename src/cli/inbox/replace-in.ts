import { randomUUID } from 'node:crypto'
import { link, lstat, open, rename, rm } from 'node:fs/promises'

/**
 * Puts a file into a folder that others may write too, for its group to read: whole or not at all, and never through a link that
 * somebody has put there.
 * @throws what the file system says.
 */
export async function replaceIn(path: string, text: string): Promise<void> {
  await putWhole(path, text, rename)
}

/**
 * The same, in the place of nothing: what lies there stays as it is.
 * @throws what the file system says, `EEXIST` where there is something.
 */
export async function addIn(path: string, text: string): Promise<void> {
  await putWhole(path, text, addName)
}

async function putWhole(
  path: string,
  text: string,
  name: (unfinished: string, path: string) => Promise<void>,
): Promise<void> {
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
    await name(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw error
  }
}

/** A rename would replace what is there; a second name for the file never does. */
async function addName(unfinished: string, path: string): Promise<void> {
  try {
    await link(unfinished, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined || !WITHOUT_LINKS.has(code)) throw error
    // A stick, or a share, whose files have one name only: looking first is all there is.
    if ((await lstat(path).catch(() => null)) !== null)
      throw Object.assign(new Error(`EEXIST: file already exists, '${path}'`), { code: 'EEXIST' })
    await rename(unfinished, path)
    return
  }
  await rm(unfinished, { force: true })
}

const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])
