import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SignoffError } from '../../model/index.ts'
import {
  detachWriter,
  type Lock,
  type LockHolder,
  lockedError,
  mayLive,
  readLock,
  takeLock,
} from '../../runner/local/index.ts'
import type { RunFiles } from './transcript-files.ts'

/**
 * The locks of one run. One lies beside the journal, where another user and another host see it too: it is taken first, and decides
 * who goes on. The other guards claims and spools, which are per user; whoever did not get the first never touches it.
 */
export interface RunLocks {
  /** Takes the lock beside the journal as well, once its folder is there. */
  addJournal(files: RunFiles): void
  /** False once somebody has taken the run over. */
  isHeld(): boolean
  /** Who has, as far as the locks tell. */
  takenBy(): LockHolder | null
  release(): void
}

/** Who holds a run and may be alive; null if nobody does. */
export function holderOf(stateDir: string, files: RunFiles): LockHolder | null {
  return heldLock(stateDir, files)?.holder ?? null
}

/**
 * Asked before anything else is asked of a person: what is missing is no use to somebody who cannot have the run.
 * @throws {SignoffError} `LOCKED` where somebody who may be alive holds it.
 */
export function refuseHeld(stateDir: string, files: RunFiles): void {
  const held = heldLock(stateDir, files)
  if (held !== null) throw lockedError(held.path)
}

/** The first lock of a run whose holder may be alive. */
function heldLock(stateDir: string, files: RunFiles): { readonly path: string; readonly holder: LockHolder } | null {
  for (const path of lockPaths(stateDir, files)) {
    const holder = readLock(path)
    if (holder !== null && mayLive(holder)) return { path, holder }
  }
  return null
}

/** The locks of a new run: its journal's folder is not there yet. */
export async function takeStateLock(stateDir: string, principal: string): Promise<RunLocks> {
  await makeStateFolder(stateDir)
  return heldBy([takeLock(join(stateDir, 'lock'), principal)], principal, stateDir)
}

/** @throws {SignoffError} `LOCKED` where somebody holds one of them. */
export async function takeLocks(stateDir: string, files: RunFiles, principal: string): Promise<RunLocks> {
  await makeStateFolder(stateDir)
  const locks: Lock[] = []
  try {
    for (const path of lockPaths(stateDir, files)) locks.push(takeLock(path, principal, null, { stateDir }))
  } catch (error) {
    for (const lock of locks) lock.release()
    throw error
  }
  return heldBy(locks, principal, stateDir)
}

/** A run taken from somebody who may be at work on it. */
export interface TakenRun {
  readonly locks: RunLocks
  /** Null where nobody held it, or the holder was gone. */
  readonly from: LockHolder | null
}

/**
 * Takes a run over for a reason that a person gives: the locks first, so that of two who take it over one gets it, and then the
 * journal itself, so that the old writer cannot append to it whatever it is doing.
 */
export async function takeOver(
  stateDir: string,
  files: RunFiles,
  principal: string,
  reason: string,
): Promise<TakenRun> {
  const from = holderOf(stateDir, files)
  if (from === null) return { locks: await takeLocks(stateDir, files, principal), from }
  await makeStateFolder(stateDir)
  const taken: Lock[] = []
  try {
    const [beside, state] = lockPaths(stateDir, files)
    taken.push(takeLock(beside, principal, { from, reason }, { stateDir }))
    // Who has the lock beside the journal may have this one, whoever holds it.
    const holder = readLock(state)
    taken.push(takeLock(state, principal, holder === null ? null : { from: holder, reason }))
    await detachWriter(files.journal)
    for (const lock of taken) lock.settle()
  } catch (error) {
    for (const lock of taken) lock.release()
    throw error
  }
  return { locks: heldBy(taken, principal, stateDir), from }
}

function lockPaths(stateDir: string, files: RunFiles): [string, string] {
  return [join(files.folder, '.lock'), join(stateDir, 'lock')]
}

function heldBy(locks: Lock[], principal: string, stateDir: string): RunLocks {
  return {
    addJournal: files => {
      locks.push(takeLock(join(files.folder, '.lock'), principal, null, { stateDir }))
    },
    isHeld: () => locks.every(lock => lock.isHeld()),
    takenBy: () => {
      for (const lock of locks) if (!lock.isHeld()) return lock.holderNow()
      return null
    },
    release: () => {
      for (const lock of locks) lock.release()
    },
  }
}

async function makeStateFolder(stateDir: string): Promise<void> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new SignoffError('STATE_UNWRITABLE', `${stateDir}: ${error.message}`, {
      advice: 'set XDG_STATE_HOME to a folder that can be written',
      cause: error,
    })
  })
}
