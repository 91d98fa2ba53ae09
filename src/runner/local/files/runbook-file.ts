import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { RunbookFile } from '../../ports.ts'

/**
 * The file that a run's text was read from. It is read again only where size, time or inode say that it was written: looked at
 * before every step, it must cost next to nothing.
 *
 * @param was sha256 of the text that the run began with.
 * @param known false where the path is only a guess, such as on another machine: a file that never was there is not missed.
 */
export function runbookFile(path: string, was: string, known: boolean): RunbookFile {
  let stamp = ''
  let last: string | null = was
  let seenOnce = known
  return {
    async look() {
      const now = await stampOf(path)
      if (now === stamp) return null
      const bytes = now === null ? null : await readFile(path).catch(() => null)
      if (bytes === null && !seenOnce) return null
      stamp = bytes === null ? '' : (now ?? '')
      seenOnce = true
      const sha256 = bytes === null ? null : createHash('sha256').update(bytes).digest('hex')
      if (sha256 === last) return null
      last = sha256
      return { sha256, text: bytes === null ? null : bytes.toString('utf8') }
    },
  }
}

/** What changes when a file is written; null where there is no file that can be read. */
async function stampOf(path: string): Promise<string | null> {
  const info = await stat(path, { bigint: true }).catch(() => null)
  return info?.isFile() === true ? [info.dev, info.ino, info.size, info.mtimeNs, info.ctimeNs].join() : null
}
