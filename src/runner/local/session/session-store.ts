import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ScriptOrder } from '../../ports.ts'
import { type ClaimRecord, LEFT_FILES } from '../claims/claim.ts'
import { readSessionState, type SessionState } from './session-state.ts'

/** The state a session is in: what its last block left behind. */
export interface Session {
  /** File of the state; null before the first block has ended. */
  readonly file: string | null
  readonly state: SessionState | null
  /** Digests of the values that were given to its last block, by name. */
  readonly given: Readonly<Record<string, string>>
}

/** Names of the files of a session; the first one is its last block's, taken over. */
const STATE = 'state'
const MAIN = 'main'
const GIVEN = 'given.json'

/**
 * The session of the main flow where a recovery flow takes its exported variables from: before its own first block has
 * ended. Null for every other order.
 */
export function readOrigin(stateDir: string, name: string): Session | null {
  return name === MAIN || readSession(stateDir, name).file !== null ? null : readSession(stateDir, MAIN)
}

export function readSession(stateDir: string, name: string): Session {
  const folder = sessionPath(stateDir, name)
  const file = join(folder, STATE)
  const state = existsSync(file) ? readSessionState(file) : null
  return state === null
    ? { file: null, state: null, given: {} }
    : { file, state, given: readGiven(join(folder, GIVEN)) }
}

/**
 * Takes the state over that a block has left in its claim. Where there is none (it was killed, called `exec`, or the disk was full)
 * the session stays as it was. Calling it again changes nothing.
 *
 * @returns the state; null where there is none.
 */
export function keepSession(
  stateDir: string,
  { session: name, given }: Pick<ClaimRecord, 'session' | 'given'>,
  claim: string,
): SessionState | null {
  const state = join(claim, LEFT_FILES.state)
  // It was taken over before: by a process that was killed before it could say so.
  if (!existsSync(state)) return readSession(stateDir, name).state
  const left = readSessionState(state)
  if (left === null) return null
  const folder = sessionPath(stateDir, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const text = JSON.stringify(given)
  const known = join(folder, GIVEN)
  if (!existsSync(known) || readFileSync(known, 'utf8') !== text) {
    writeFileSync(`${known}.new`, text, { mode: 0o600 })
    renameSync(`${known}.new`, known)
  }
  // In one step, though ext4 then puts it on the disk at once, which takes time: a power cut would else leave neither the one before nor
  // this one, and the next block would begin as the first does, in another folder and without its variables.
  renameSync(state, join(folder, STATE))
  return left
}

/** Absolute path of the folder in which an order starts. */
export function startOf(order: Pick<ScriptOrder, 'cwd' | 'folder'>, session: Session): string {
  return order.folder === undefined ? (session.state?.cwd ?? order.cwd) : resolve(order.cwd, order.folder)
}

/** Digests of values, so that a value that was given anew is told from one that the scripts have changed since. */
export function digestsOf(environment: Readonly<Record<string, string>>): Record<string, string> {
  const digests: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment))
    digests[name] = createHash('sha256').update(value).digest('base64url').slice(0, 22)
  return digests
}

function sessionPath(stateDir: string, name: string): string {
  const readable = name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 80)
  return join(stateDir, 'sessions', `${readable}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`)
}

function readGiven(path: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string> // written by the executor, in a private folder
  } catch {
    return {}
  }
}
