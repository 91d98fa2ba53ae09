import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { z } from 'zod'
import { SignoffError } from '../../../model/index.ts'
import { isHidden, readPlace, readProcessStart } from '../claims/process-identity.ts'
import { accountName, nameOfAccount } from '../machine/account.ts'

const HolderSchema = z.strictObject({
  pid: z.int().positive(),
  host: z.string(),
  bootId: z.string(),
  procStart: z.string(),
  principal: z.string(),
  /** The account of the process, and the folder of its claims: whoever takes a run over has to know where its scripts are. */
  user: z.string().optional(),
  stateDir: z.string().optional(),
  /** Why it was taken from a holder that may have lived. */
  reason: z.string().optional(),
  /** While it is being taken over: nobody else takes it in the middle of that. */
  taking: z.literal(true).optional(),
})
/** Who holds a run. */
export type LockHolder = z.infer<typeof HolderSchema> & {
  /** The lock is there, and this account may not read it: somebody holds it, and nothing else is known of them but the account. */
  readonly unreadable?: true
}

export interface Lock {
  readonly holder: LockHolder
  /** False once somebody has taken it over. */
  isHeld(): boolean
  holderNow(): LockHolder | null
  /** Says that a take-over is over: from now on another one may displace this holder. */
  settle(): void
  /** Removes the lock, if it is still this one. */
  release(): void
}

/** Of the holder: where the claims of the run lie. */
export interface LockPlace {
  readonly stateDir: string
}

export interface TakeOver {
  readonly from: LockHolder
  readonly reason: string
}

/** A lock file that is being written is empty for an instant; older than this, its writer died in that instant. */
const WRITING_MS = 2000

/**
 * Takes the lock of a run for this process. A lock is broken only on the host that it names, when its process is provably
 * gone: another boot, no such process, or another process under the same id.
 *
 * @param takeOver the holder that a person takes it from, as it was read and shown: that one alone is displaced, alive or not.
 * @throws {SignoffError} `LOCKED` with who holds it, where and since when; `STATE_UNWRITABLE`.
 */
export function takeLock(
  path: string,
  principal: string,
  takeOver: TakeOver | null = null,
  place: LockPlace | null = null,
): Lock {
  const holder: LockHolder = {
    pid: process.pid,
    host: hostname(),
    bootId: readPlace().bootId,
    procStart: readProcessStart(process.pid) ?? '',
    principal,
    ...(place === null ? {} : { user: accountName(), stateDir: place.stateDir }),
    ...(takeOver === null ? {} : { reason: takeOver.reason, taking: true as const }),
  }
  // Breaking can race with another breaker; each loser looks again, and finds the winner's lock.
  for (let attempt = 0; attempt < 5; attempt++) {
    if (createLock(path, holder))
      return {
        holder,
        // A lock that somebody deleted was taken by nobody.
        isHeld: () => isSame(readLock(path) ?? holder, holder),
        holderNow: () => readLock(path),
        settle: () => settleLock(path, holder),
        release: () => releaseLock(path, holder),
      }
    if (!breakLock(path, holder, takeOver?.from ?? null)) break
  }
  throw lockedError(path)
}

/** Who holds the lock; null if nobody does, or the file is not one of ours. */
export function readLock(path: string): LockHolder | null {
  try {
    return HolderSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    return hasCode(error, 'EACCES') ? unknownHolder(path) : null
  }
}

function unknownHolder(path: string): LockHolder {
  const user = accountOf(path)
  return { pid: 0, host: '', bootId: '', procStart: '', principal: `the account ${user}`, user, unreadable: true }
}

function accountOf(path: string): string {
  try {
    return nameOfAccount(statSync(path).uid)
  } catch {
    return '?'
  }
}

/** True if the process that holds the lock may still be there. On another host nobody can tell, so it may. */
export function mayLive(holder: LockHolder): boolean {
  if (holder.unreadable === true || holder.host !== hostname()) return true
  if (holder.bootId !== readPlace().bootId) return false
  const start = readProcessStart(holder.pid)
  return start === null ? isHidden(holder.pid) : start === holder.procStart
}

/** How a holder is called to a person. */
export function holderText({ principal, pid, host, unreadable }: LockHolder): string {
  return unreadable === true
    ? `${principal}, whose lock may not be read here`
    : `${principal} (process ${pid} on ${host})`
}

/**
 * Other accounts must see who holds a run, whatever the umask: a lock that they cannot read would tell them nothing. In a folder
 * of one account it is as private as all that lies there.
 */
function modeIn(folder: string): number {
  return (statSync(folder).mode & 0o077) === 0 ? 0o600 : 0o644
}

function createLock(path: string, holder: LockHolder): boolean {
  let file: number
  let mode: number
  try {
    mode = modeIn(dirname(path))
    file = openSync(path, 'wx', mode)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw new SignoffError('STATE_UNWRITABLE', `the lock ${path} cannot be made: ${String(error)}`, { cause: error })
  }
  try {
    fchmodSync(file, mode)
    writeFileSync(file, `${JSON.stringify(holder)}\n`)
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
function breakLock(path: string, by: LockHolder, displaced: LockHolder | null): boolean {
  const found = readLock(path)
  if (found === null ? isBeingWritten(path) : mayLive(found) && !mayDisplace(path, found, displaced)) return false
  const aside = `${path}.${by.pid}.broken`
  try {
    renameSync(path, aside)
  } catch (error) {
    return hasCode(error, 'ENOENT')
  }
  const moved = readLock(aside)
  if (moved !== null && mayLive(moved) && !isSame(moved, displaced)) {
    try {
      writeFileSync(path, readFileSync(aside), { flag: 'wx' })
      chmodSync(path, modeIn(dirname(path)))
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
    }
  }
  rmSync(aside, { force: true })
  return true
}

/** A take-over that lasts longer was cut off on a host that cannot be asked. */
const TAKING_MS = 10 * 60_000

function mayDisplace(path: string, found: LockHolder, displaced: LockHolder | null): boolean {
  return isSame(found, displaced) && !(found.taking === true && isYounger(path, TAKING_MS))
}

function settleLock(path: string, { taking: _taking, ...holder }: LockHolder): void {
  if (!isSame(readLock(path), holder)) return
  const fresh = `${path}.${holder.pid}.new`
  writeFileSync(fresh, `${JSON.stringify(holder)}\n`)
  chmodSync(fresh, modeIn(dirname(path)))
  renameSync(fresh, path)
}

function isBeingWritten(path: string): boolean {
  return isYounger(path, WRITING_MS)
}

function isYounger(path: string, ageMs: number): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs < ageMs
  } catch {
    return false
  }
}

function releaseLock(path: string, holder: LockHolder): void {
  if (isSame(readLock(path), holder)) rmSync(path, { force: true })
}

function isSame(a: LockHolder | null, b: LockHolder | null): boolean {
  return (
    a !== null &&
    b !== null &&
    a.pid === b.pid &&
    a.host === b.host &&
    a.bootId === b.bootId &&
    a.procStart === b.procStart &&
    a.unreadable === b.unreadable
  )
}

/** That somebody holds a lock: who, where and since when. */
export function lockedError(path: string): SignoffError {
  const holder = readLock(path)
  const who = holder === null ? 'another process' : holderText(holder)
  if (holder?.taking === true)
    return new SignoffError('LOCKED', `this run is just being taken over by ${who}`, {
      advice: 'look again in a moment',
    })
  return new SignoffError('LOCKED', `this run is held by ${who}${since(path)}`, {
    advice:
      'watch it by `signoff status RUN --watch`, or take it over by `signoff resume RUN --take-over --reason TEXT`',
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
