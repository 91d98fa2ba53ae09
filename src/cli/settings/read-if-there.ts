import { readFile } from 'node:fs/promises'
import { SignoffError } from '../../model/index.ts'

/** The text of a file; null where there is none. @throws {SignoffError} `USAGE` for what is there and cannot be read. */
export async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw new SignoffError('USAGE', `${path}: cannot be read: ${whyOf(error)}`, {
      advice: 'expected a file that you may read',
      cause: error,
    })
  })
}

function whyOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EISDIR') return 'it is a directory'
  return code === 'EACCES' || code === 'EPERM' ? 'it may not be read by this user' : message
}
