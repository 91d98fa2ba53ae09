import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { z } from 'zod'
import { SignoffError } from '../../model/index.ts'
import { readPlace, readProcessStart } from './process-identity.ts'

const HolderSchema = z.strictObject({
  pid: z.int().positive(),
  host: z.string(),
  bootId: z.string(),
  procStart: z.string(),
  principal: z.string(),
})
/** Who holds a run. */
export type LockHolder = z.infer<typeof HolderSchema>

export interface Lock {
  readonly holder: LockHolder
  /** Removes the lock, if it is still this one. */
  release(): void
}

/** A lock file that is being written is empty for an instant; older than this, its writer died in that instant. */
const WRITING_MS = 2000

/**
 * Takes the lock of a run for this process. A lock is broken only on the host that it names, when its process is provably
 * gone: another boot, no such process, or another process under the same id.
 *
 * @throws {SignoffError} `LOCKED` with who holds it, where and since when; `STATE_UNWRITABLE`.
 */
export function takeLock(path: string, principal: string): Lock {
  const holder: LockHolder = {
    pid: process.pid,
    host: hostname(),
    bootId: readPlace().bootId,
    procStart: readProcessStart(process.pid) ?? '',
    principal,
  }
  // Breaking can race with another breaker; each loser looks again, and finds the winner's lock.
  for (let attempt = 0; attempt < 5; attempt++) {
    if (createLock(path, holder)) return { holder, release: () => releaseLock(path, holder) }
    if (!breakLock(path, holder)) break
  }
  throw lockedError(path)
}

/** Who holds the lock; null if nobody does, or the file is not one of ours. */
export function readLock(path: string): LockHolder | null {
  try {
    return HolderSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}

/** True if the process that holds the lock may still be there. On another host nobody can tell, so it may. */
export function mayLive(holder: LockHolder): boolean {
  if (holder.host !== hostname()) return true
  if (holder.bootId !== readPlace().bootId) return false
  const start = readProcessStart(holder.pid)
  return start !== null && start === holder.procStart
}

function createLock(path: string, holder: LockHolder): boolean {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw new SignoffError('STATE_UNWRITABLE', `the lock ${path} cannot be made: ${String(error)}`, { cause: error })
  }
  try {
    writeSync(file, `${JSON.stringify(holder)}\n`)
    fsyncSync(file)
  } catch (error) {
    rmSync(path, { force: true })
    throw new SignoffError('STATE_UNWRITABLE', `the lock ${path} cannot be written: ${String(error)}`, { cause: error })
  } finally {
    closeSync(file)
  }
  return true
}

/** Moves a dead lock aside under a name of our own, and puts it back if it turns out to be a new one. */
function breakLock(path: string, by: LockHolder): boolean {
  const found = readLock(path)
  if (found === null ? isBeingWritten(path) : mayLive(found)) return false
  const aside = `${path}.${by.pid}.broken`
  try {
    renameSync(path, aside)
  } catch (error) {
    return hasCode(error, 'ENOENT')
  }
  const moved = readLock(aside)
  if (moved !== null && mayLive(moved)) {
    try {
      writeFileSync(path, readFileSync(aside), { flag: 'wx', mode: 0o600 })
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
    }
  }
  rmSync(aside, { force: true })
  return true
}

function isBeingWritten(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs < WRITING_MS
  } catch {
    return false
  }
}

function releaseLock(path: string, holder: LockHolder): void {
  const found = readLock(path)
  if (found !== null && found.pid === holder.pid && found.procStart === holder.procStart) rmSync(path, { force: true })
}

function lockedError(path: string): SignoffError {
  const holder = readLock(path)
  const who = holder === null ? 'another process' : `${holder.principal} (process ${holder.pid} on ${holder.host})`
  return new SignoffError('LOCKED', `this run is held by ${who}${since(path)}`, {
    advice: 'watch it with `signoff status --watch`, or take it over with `signoff resume --take-over --reason ...`',
  })
}

function since(path: string): string {
  try {
    return ` since ${statSync(path).mtime.toISOString()}`
  } catch {
    return ''
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
