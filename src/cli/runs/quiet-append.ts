import { type Entry, type RunEvent, type RunState, SignoffError } from '../../model/index.ts'
import { finishDetaching, openJournal, randomToken } from '../../runner/local/index.ts'
import type { Chain } from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { stateFolder } from '../settings/workspace.ts'
import { unreadable } from './journal-reader.ts'
import { readPast } from './read-past.ts'
import { takeLocks } from './run-locks.ts'
import type { RunFiles } from './transcript-files.ts'

/** A journal as it stands. */
export interface RecordedLines {
  readonly state: RunState
  readonly chain: Chain
  readonly torn: boolean
}

/** @throws {SignoffError} `TRANSCRIPT_UNREADABLE`, `JOURNAL_INVALID`. */
export async function readRecorded(files: RunFiles): Promise<RecordedLines> {
  const { past, chain, torn } = await readPast(files.journal).catch((error: unknown) => {
    throw error instanceof SignoffError ? error : unreadable(files.journal, error)
  })
  const { state } = past
  if (state.start === null) throw new SignoffError('JOURNAL_INVALID', `${files.journal}: has no first line`)
  return { state, chain, torn: torn !== null }
}

/**
 * Adds one line to a run that nobody walks: locked, read, written, synced, let go of.
 *
 * @param make gives the event for the run as it is once it is locked; null adds nothing.
 * @throws {SignoffError} `LOCKED` where somebody holds it, `JOURNAL_UNWRITABLE`; `USAGE` where a torn line must be recorded first.
 */
export async function appendQuietly(
  files: RunFiles,
  principal: string,
  make: (recorded: RecordedLines) => Promise<RunEvent | null>,
  io: Io,
): Promise<Entry | null> {
  const locks = await takeLocks(stateFolder(io.environment, files.run), files, principal)
  try {
    await finishDetaching(files.journal).catch((error: unknown) => {
      throw error instanceof SignoffError ? error : unreadable(files.journal, error)
    })
    const recorded = await readRecorded(files)
    if (recorded.torn)
      throw new SignoffError('USAGE', `${files.journal} ends in a line that was cut off`, {
        advice: `"signoff resume ${files.run}" records that first, and goes on`,
      })
    const event = await make(recorded)
    if (event === null) return null
    const { chain } = recorded
    const journal = await openJournal({
      path: files.journal,
      chain,
      nowMs: io.nowMs,
      monoMs: () => Math.round(performance.now()),
      salt: randomToken,
      mode: 'resume',
      expectedBytes: chain.bytes,
    })
    try {
      return await journal.append(event)
    } finally {
      await journal.close()
    }
  } finally {
    locks.release()
  }
}
