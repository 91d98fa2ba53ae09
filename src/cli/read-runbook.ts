import { readFile, stat } from 'node:fs/promises'
import { SignoffError } from '../model/index.ts'

/** Larger texts are refused: nested lists of that size take a parser minutes. */
const MAX_BYTES = 16 * 1024 * 1024

/**
 * The bytes of a runbook.
 * @throws {SignoffError} `USAGE` for an address, `RUNBOOK_UNREADABLE` with what to do for anything that cannot be read.
 */
export async function readRunbook(path: string): Promise<Uint8Array> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path))
    throw new SignoffError(
      'USAGE',
      `${path}: runbooks are local files, reviewed and committed; download it and look at it first`,
    )
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error)
  })
  if (info.isDirectory())
    throw new SignoffError('RUNBOOK_UNREADABLE', `${path}: is a directory; expected a Markdown file`, {
      advice: `name one of its files, such as ${path.replace(/\/$/, '')}/release.md`,
    })
  if (!info.isFile())
    throw new SignoffError('RUNBOOK_UNREADABLE', `${path}: is no regular file; expected a Markdown file`)
  if (info.size > MAX_BYTES)
    throw new SignoffError('RUNBOOK_UNREADABLE', `${path}: ${info.size} bytes; at most ${MAX_BYTES} are read`, {
      advice: 'split it into several runbooks',
    })
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error)
  })
}

function unreadable(path: string, error: NodeJS.ErrnoException): SignoffError {
  const why =
    error.code === 'ENOENT'
      ? 'no such file'
      : error.code === 'EACCES' || error.code === 'EPERM'
        ? 'it may not be read by this user'
        : error.message
  return new SignoffError('RUNBOOK_UNREADABLE', `${path}: ${why}; expected a readable Markdown file`, {
    advice:
      error.code === 'ENOENT' ? 'check the path; it is taken from the current directory' : 'check its permissions',
    cause: error,
  })
}
