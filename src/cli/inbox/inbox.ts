import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SignoffError } from '../../model/index.ts'
import { identityOf, readArriving } from './arriving-file.ts'
import { isInboxFolder, makeInboxFolder } from './inbox-folder.ts'
import { NOTE_FILE } from './inbox-notes.ts'
import { replaceIn } from './replace-in.ts'

const POLL_MS = 300

/**
 * What becomes of a file that came, an approval or a note, with the account that it belongs to. True: it is in the journal, counted or
 * refused, and the file may go. False: it stays for whoever resumes the run.
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
  /** By name: the file that was looked at, and is not looked at again. Another one of its name is. */
  const seen = new Map<string, string>()
  const told = new Map<string, string>()
  const tellOnce = (about: string, line: string): void => {
    if (told.get(about) === line) return
    told.set(about, line)
    tell(line)
  }

  async function scan(take: Take): Promise<void> {
    try {
      if (!(await isInboxFolder(folder))) return
    } catch (error) {
      return tellOnce(folder, `signoff: nothing is taken from the inbox: ${messageOf(error)}`)
    }
    const names = await readdir(folder).catch(() => [])
    for (const name of names.filter(candidate => ARRIVING.test(candidate)).sort()) await takeFile(name, take)
  }

  async function takeFile(name: string, take: Take): Promise<void> {
    const path = join(folder, name)
    const identity = await identityOf(path)
    if (identity === null || seen.get(name) === identity) return
    const file = await readArriving(path).catch((error: unknown) => {
      seen.set(name, identity)
      tell(`signoff: ${path} cannot be read and was left there: ${messageOf(error)}`)
      return null
    })
    if (file === null) return
    // What is copied there is there before it is whole. Refused, it would be gone before its end had come.
    if (!isWhole(file.text)) {
      seen.set(name, identity)
      return tell(`signoff: ${path} is no whole answer or note (yet), and was left there`)
    }
    let taken: boolean
    try {
      taken = await take(file.text, name, file.owner)
    } catch (error) {
      if (error instanceof SignoffError) throw error
      // Such as a signers file that is just being replaced: it is tried again.
      return tellOnce(path, `signoff: ${path} could not be judged, and is tried again: ${messageOf(error)}`)
    }
    seen.set(name, identity)
    // Only what was read goes: what has taken its place meanwhile is another answer, of somebody who is told that one counts.
    if (!taken || (await identityOf(path)) !== identity) return
    await rm(path, { force: true }).catch((error: unknown) =>
      tell(`signoff: ${path} is in the journal, and cannot be removed: ${messageOf(error)}`),
    )
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
      await makeInboxFolder(folder)
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
      if (!(await isInboxFolder(folder).catch(() => false))) return
      const names = await readdir(folder).catch(() => [])
      const late = names.filter(name => name.endsWith(NOTE_FILE))
      if (late.length === 0) return rm(folder, { recursive: true, force: true })
      // What nobody could record any more is not thrown away.
      for (const name of names) if (!late.includes(name)) await rm(join(folder, name), { force: true })
      tell(`signoff: notes that came after the end were left in ${folder}; "signoff note" adds them to the seal`)
    },
  }
}

/** Everything that comes is one JSON value. */
function isWhole(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
