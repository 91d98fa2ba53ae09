import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import type { Io } from '../io.ts'
import type { Session } from '../runs/run-session.ts'
import { makeInboxFolder } from './inbox-folder.ts'
import { replaceIn } from './replace-in.ts'

/** How a note's file ends in the inbox of a run. */
export const NOTE_FILE = '.note.json'

/** More is no remark; and it has to fit a line of the journal, escapes and all. */
export const NOTE_CHARACTERS = 100_000

const NoteFileSchema = z.strictObject({
  version: z.literal(1),
  by: z.string().min(1).max(200),
  text: z.string().min(1).max(NOTE_CHARACTERS),
  atMs: z.int().nonnegative(),
})
/** A remark on its way to the process that holds the run. */
export type NoteFile = z.infer<typeof NoteFileSchema>

/** Puts a note beside the requests for approval, whole or not at all. Returns its path. */
export async function putNote(inbox: string, run: string, note: NoteFile): Promise<string> {
  const folder = join(inbox, run)
  await makeInboxFolder(folder)
  const path = join(folder, `${note.atMs}-${randomBytes(4).toString('hex')}${NOTE_FILE}`)
  await replaceIn(path, `${JSON.stringify(note)}\n`)
  return path
}

/**
 * Records a note that came by the inbox. It is not signed, and whoever can write there can write one under any name: the record says
 * so, with the account that its file belongs to. Returns false where it stays for whoever resumes the run.
 */
export async function takeNote(session: Session, untrustedText: string, owner: string, io: Io): Promise<boolean> {
  const note = readNote(untrustedText)
  if (note === null) {
    io.say('signoff: a note in the inbox could not be read, and was left there')
    return false
  }
  const by = `the account ${owner}, unsigned, as ${note.by}`
  const reply = await session.drive.say(
    { kind: 'note', step: null, text: note.text },
    { by, how: 'typed', source: null },
  )
  return reply.ok
}

function readNote(untrustedText: string): NoteFile | null {
  try {
    return NoteFileSchema.safeParse(JSON.parse(untrustedText)).data ?? null
  } catch {
    return null
  }
}
