import { constants } from 'node:fs'
import { lstat, mkdir, open } from 'node:fs/promises'

/**
 * Makes the folder of a run in the inbox, where it is not there, and opens it to its group: approvers put their answers there. One that
 * another account has made is left as it is. A link in its place is not followed: it would have the mode of any folder changed.
 * @throws with a sentence.
 */
export async function makeInboxFolder(folder: string): Promise<void> {
  // What lies there instead is found out next.
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const held = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'ELOOP' || error.code === 'ENOTDIR' || error.code === 'ENOENT' ? noFolder(folder) : error
    },
  )
  try {
    const { uid } = await held.stat()
    // Set and not left to umask.
    if (uid === process.getuid?.()) await held.chmod(0o770)
  } finally {
    await held.close()
  }
}

/** Whether there is such a folder; false where there is nothing. @throws with a sentence where it is a link, or anything else. */
export async function isInboxFolder(folder: string): Promise<boolean> {
  const about = await lstat(folder).catch(() => null)
  if (about !== null && !about.isDirectory()) throw noFolder(folder)
  return about !== null
}

function noFolder(folder: string): Error {
  return new Error(`${folder} is no folder, and links are not followed: remove what lies there`)
}
