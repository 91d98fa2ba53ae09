import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it; each new one is synced into its parent, so that a power cut takes none of them away.
 * What the umask leaves to the group stays; nobody else may write, since whoever can rename a journal can replace it.
 */
export async function makeFolders(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o775 })
  if (first === undefined) return
  for (let folder = path; ; folder = dirname(folder)) {
    await syncPath(dirname(folder))
    if (folder === first) return
  }
}

/** Syncs a folder: the names in it are on the disk afterwards. */
export async function syncPath(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
