import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const POLL_MS = 300

/** Where requests for approval go out and signed approvals come in: plain files, readable by the repository's group. */
export interface Inbox {
  readonly folder: string
  /** Writes one request file, whole or not at all. Returns its path. */
  publish(name: string, text: string): Promise<string>
  /** Calls back once for every approval file that appears; resolves the callbacks one after the other. */
  watch(take: (text: string, name: string) => Promise<void>): { stop(): Promise<void> }
  /** Takes what lies there now; for a process that only looks once. */
  sweep(take: (text: string, name: string) => Promise<void>): Promise<void>
  remove(): Promise<void>
}

const APPROVAL = /^[\w.-]+\.approval\.json$/

export function openInbox(root: string, run: string): Inbox {
  const folder = join(root, run)
  const seen = new Set<string>()

  async function sweep(take: (text: string, name: string) => Promise<void>): Promise<void> {
    const names = await readdir(folder).catch(() => [])
    for (const name of names.filter(candidate => APPROVAL.test(candidate)).sort()) {
      if (seen.has(name)) continue
      // Marked before it is read: another sweep may be looking at the same moment.
      seen.add(name)
      const text = await readFile(join(folder, name), 'utf8').catch(() => null)
      if (text === null) {
        seen.delete(name)
        continue
      }
      await take(text, name)
      // What was taken is in the journal now; the file would only be offered again on resume.
      await rm(join(folder, name), { force: true })
    }
  }

  return {
    folder,
    async publish(name, text) {
      await mkdir(folder, { recursive: true, mode: 0o770 })
      const path = join(folder, `${name}.request.json`)
      await writeFile(`${path}.new`, text, { mode: 0o640 })
      await rename(`${path}.new`, path)
      return path
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
      await rm(folder, { recursive: true, force: true })
    },
  }
}
