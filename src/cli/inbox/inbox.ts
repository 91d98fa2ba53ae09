import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { readArriving } from './arriving-file.ts'
import { NOTE_FILE } from './inbox-notes.ts'
import { replaceIn } from './replace-in.ts'

const POLL_MS = 300

/**
 * What becomes of a file that came, an approval or a note, with the account that it belongs to. True: it is in the journal, counted or refused, and the file may go. False: it
 * stays for whoever resumes the run.
 */
export type Take = (text: string, name: string, owner: string) => Promise<boolean>

/** Where requests for approval go out and signed approvals come in: plain files, readable by the repository's group. */
export interface Inbox {
  readonly folder: string
  /** Writes one request file, whole or not at all. Returns its path. */
  publish(name: string, text: string): Promise<string>
  /** Takes a request file away, which nobody asks any more. */
  withdraw(name: string): Promise<void>
  /** Calls back once for every approval or note that appears, one after the other. */
  watch(take: Take): { stop(): Promise<void> }
  /** Takes what lies there now; resolves when all of it was taken, by this call or by one before it. */
  sweep(take: Take): Promise<void>
  remove(): Promise<void>
}

const ARRIVING = /^[\w.-]+\.(?:approval|note)\.json$/

/** @param tell says a line to the person who runs it. */
export function openInbox(root: string, run: string, tell: (line: string) => void): Inbox {
  const folder = join(root, run)
  const seen = new Set<string>()

  async function scan(take: Take): Promise<void> {
    const names = await readdir(folder).catch(() => [])
    for (const name of names.filter(candidate => ARRIVING.test(candidate)).sort()) {
      if (seen.has(name)) continue
      seen.add(name)
      const file = await readArriving(join(folder, name)).catch((error: Error) => {
        tell(`signoff: ${join(folder, name)} cannot be read and was left there: ${error.message}`)
        return null
      })
      if (file === null) continue
      // What was taken is in the journal now; the file would only be offered again on resume.
      if (!(await take(file.text, name, file.owner))) continue
      await rm(join(folder, name), { force: true })
      // Another file of this name is another approval: of the same person, who is told that one counts.
      seen.delete(name)
    }
  }

  let scanning: Promise<void> = Promise.resolve()
  function sweep(take: Take): Promise<void> {
    const result = scanning.then(() => scan(take))
    scanning = result.catch(() => undefined)
    return result
  }

  return {
    folder,
    async publish(name, text) {
      await mkdir(folder, { recursive: true })
      // Set and not left to umask: approvers of the repository's group put their answers here.
      await chmod(folder, 0o770)
      const path = join(folder, `${name}.request.json`)
      await replaceIn(path, text)
      return path
    },
    async withdraw(name) {
      await rm(join(folder, `${name}.request.json`), { force: true })
    },
    sweep,
    watch(take) {
      let stopped = false
      let timer: NodeJS.Timeout | null = null
      let work: Promise<void> = Promise.resolve()
      const turn = (): void => {
        work = sweep(take).then(
          () => {
            if (!stopped) timer = setTimeout(turn, POLL_MS)
          },
          () => {
            if (!stopped) timer = setTimeout(turn, POLL_MS)
          },
        )
      }
      turn()
      return {
        async stop() {
          stopped = true
          if (timer !== null) clearTimeout(timer)
          await work
        },
      }
    },
    async remove() {
      const names = await readdir(folder).catch(() => [])
      const late = names.filter(name => name.endsWith(NOTE_FILE))
      if (late.length === 0) return rm(folder, { recursive: true, force: true })
      // What nobody could record any more is not thrown away.
      for (const name of names) if (!late.includes(name)) await rm(join(folder, name), { force: true })
      tell(`signoff: notes that came after the end were left in ${folder}; "signoff note" adds them to the seal`)
    },
  }
}
