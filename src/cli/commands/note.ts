import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunEvent } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import { planEvent } from '../../runner/index.ts'
import { takeLock } from '../../runner/local/index.ts'
import { ADDENDUM_NAMESPACE, addAddendum } from '../../transcript/index.ts'
import { openDesk } from '../desk.ts'
import { NOTE_CHARACTERS, putNote } from '../inbox/inbox-notes.ts'
import type { Io } from '../io.ts'
import { findSigner } from '../keys/signing-key.ts'
import { refuseUnsoundKey } from '../keys/sound-key.ts'
import { type RecordedRun, readRun } from '../runs/recorded-run.ts'
import { findRun, type RunFiles, writeAddendum } from '../runs/transcript-files.ts'
import { readConfig } from '../settings/config.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { findWorkspace, stateFolder } from '../settings/workspace.ts'

export interface NoteFlags {
  readonly type: 'note' | 'review' | 'incident'
  readonly key?: string
}

/** Adds a remark to a run: an entry of its journal before the seal, a signed addendum to it afterwards. */
export async function note(reference: string, text: string, flags: NoteFlags, io: Io): Promise<number> {
  if (text.trim() === '') throw new SignoffError('USAGE', 'an empty note is not kept')
  if (text.length > NOTE_CHARACTERS)
    throw new SignoffError(
      'USAGE',
      `a note of ${text.length} characters is not kept: ${NOTE_CHARACTERS} are the most`,
      {
        advice: 'say where the text lies, with its sha256',
      },
    )
  const files = await findRun(findWorkspace(io.cwd).transcripts, reference)
  return (await readIfThere(files.bundle)) === null
    ? noteInJournal(files, text, flags, io)
    : noteAfterSeal(files, text, flags, io)
}

async function noteAfterSeal(files: RunFiles, text: string, flags: NoteFlags, io: Io): Promise<number> {
  const workspace = findWorkspace(io.cwd)
  const config = await readConfig(workspace, io.environment)
  const sources = { flag: flags.key ?? null, environment: io.environment, config, folder: io.cwd }
  const signersText = await readIfThere(workspace.signers)
  const signer = await findSigner(sources, signersText, workspace.signers, ADDENDUM_NAMESPACE)
  await refuseUnsoundKey({ signer, namespace: ADDENDUM_NAMESPACE, workspace, signersText, nowMs: io.nowMs() })
  const stateDir = stateFolder(io.environment, files.run)
  const lock = await lockIn(stateDir, signer.principal)
  try {
    const bundle = (await readIfThere(files.bundle)) ?? ''
    const said = { type: flags.type, text, atMs: io.nowMs() }
    await writeAddendum(files, await addAddendum(bundle, said, files.run, signer))
  } finally {
    lock.release()
    // It was made for the lock alone: a sealed run has no state left.
    await rm(stateDir, { recursive: true, force: true })
  }
  io.say(`Added after the seal, signed by ${signer.principal} (${signer.keyid}): ${files.bundle}`)
  return 0
}

async function lockIn(stateDir: string, principal: string) {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  return takeLock(join(stateDir, 'lock'), principal)
}

/** Only the process that holds a run writes its journal: it finds the note in the inbox. Where none does, this one takes it up. */
async function noteInJournal(files: RunFiles, text: string, flags: NoteFlags, io: Io): Promise<number> {
  const desk = await openDesk(io.cwd, flags.key ?? null, io)
  const by = desk.signer.principal
  const recorded = await readRun(files, desk, io)
  if (recorded.past.result !== null)
    throw new SignoffError('USAGE', `${files.run} has ended and is not sealed yet`, {
      advice: `signoff resume ${files.run} seals it; then the note is added to the seal`,
    })
  const said = flags.type === 'note' ? text : `${flags.type}: ${text}`
  try {
    const { session } = await recorded.open(null)
    try {
      for (const event of eventsOf(recorded, session.chain.head, said, by, desk.signer.keyid, io.nowMs()))
        await session.journal.append(event)
      await session.journal.barrier()
    } finally {
      await session.close()
    }
    io.say(`Noted in the journal of ${files.run}`)
  } catch (error) {
    if (!(error instanceof SignoffError) || error.code !== 'LOCKED') throw error
    const path = await putNote(desk.workspace.inbox, files.run, { version: 1, by, text: said, atMs: io.nowMs() })
    io.say(`The run is held by another process, which takes the note from ${path}`)
  }
  return 0
}

/** A writer says that it came, what it has to say, and that it went: the run stays as paused as it was. */
function eventsOf(
  { context, past, torn, changed }: RecordedRun,
  head: string,
  text: string,
  by: string,
  keyid: string,
  nowMs: number,
): RunEvent[] {
  return [
    // A run that was cut off before its plan was written gets it first, as on resume.
    ...(past.steps.size === 0 ? [planEvent(context.runbook)] : []),
    ...(changed?.was === null ? [changed] : []),
    {
      kind: 'run.resume',
      head,
      tornBytes: torn?.bytes ?? 0,
      tornSha256: torn?.sha256 ?? null,
      gapMs: Math.max(0, Math.round(nowMs - past.lastAtMs)),
      operator: past.operator ?? { principal: by, keyid },
      attached: [],
      unknown: [],
    },
    { kind: 'note', step: past.paused?.step ?? null, text, by },
    {
      kind: 'run.pause',
      reason: past.paused?.reason ?? 'a note was added',
      step: past.paused?.step ?? past.running?.step ?? null,
      by: past.paused?.by ?? by,
    },
  ]
}
