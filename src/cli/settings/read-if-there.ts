import { lstat, readFile } from 'node:fs/promises'
import { SignoffError } from '../../model/index.ts'

/** The text of a file; null where there is none. @throws {SignoffError} `USAGE` for what is there and cannot be read. */
export async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    if (await isAbsent(path, error)) return null
    throw new SignoffError('USAGE', `${path}: cannot be read: ${whyOf(error)}`, {
      advice: 'expected a file that you may read',
      cause: error,
    })
  })
}

/** Whether a file that could not be read is simply not there. A link that leads to nothing is there: somebody has put it. */
export async function isAbsent(path: string, { code }: NodeJS.ErrnoException): Promise<boolean> {
  if (code === 'ENOTDIR') return true
  return code === 'ENOENT' && !(await lstat(path).catch(() => null))
}

function whyOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'it is a link to nothing'
  if (code === 'EISDIR') return 'it is a directory'
  return code === 'EACCES' || code === 'EPERM' ? 'it may not be read by this user' : message
}
