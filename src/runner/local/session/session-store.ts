import { hash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
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

/** The sessions of one run. */
export interface Sessions {
  read(name: string): Session
  /**
   * The session of the main flow where a recovery flow takes its exported variables from: before its own first block has
   * ended. Null for every other order.
   */
  origin(name: string): Session | null
  /**
   * Takes the state over that a block has left in its claim. Where there is none (it was killed, called `exec`, or the disk was full)
   * the session stays as it was. Calling it again changes nothing.
   *
   * @returns the state; null where there is none.
   */
  keep(record: Pick<ClaimRecord, 'session' | 'given'>, claim: string): SessionState | null
}

const NOTHING: Session = { file: null, state: null, given: {} }

/** Every block asks several times for what the one before it left: a file is read again only once it is another one. */
export function openSessions(stateDir: string): Sessions {
  const known = new Map<string, { readonly identity: string; readonly session: Session }>()

  const read: Sessions['read'] = name => {
    const folder = sessionPath(stateDir, name)
    const file = join(folder, STATE)
    const identity = identityOf(file)
    if (identity === null) return NOTHING
    const last = known.get(name)
    if (last?.identity === identity) return last.session
    const state = readSessionState(file)
    const session = state === null ? NOTHING : { file, state, given: readGiven(join(folder, GIVEN)) }
    known.set(name, { identity, session })
    return session
  }

  return {
    read,

    origin: name => (name === MAIN || read(name).file !== null ? null : read(MAIN)),

    keep({ session: name, given }, claim) {
      const state = join(claim, LEFT_FILES.state)
      // It was taken over before: by a process that was killed before it could say so.
      if (!existsSync(state)) return read(name).state
      const left = readSessionState(state)
      if (left === null) return null
      const folder = sessionPath(stateDir, name)
      const before = read(name)
      const text = JSON.stringify(given)
      if (before.file === null || JSON.stringify(before.given) !== text) {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        writeFileSync(join(folder, `${GIVEN}.new`), text, { mode: 0o600 })
        renameSync(join(folder, `${GIVEN}.new`), join(folder, GIVEN))
      }
      const file = join(folder, STATE)
      // In one step, though ext4 then puts it on the disk at once, which takes time: a power cut would else leave neither the one before
      // nor this one, and the next block would begin as the first does, in another folder and without its variables.
      renameSync(state, file)
      known.set(name, { identity: identityOf(file) ?? '', session: { file, state: left, given } })
      return left
    },
  }
}

/** Tells a file from every other that has borne its name; null where there is none. */
function identityOf(file: string): string | null {
  const facts = statSync(file, { bigint: true, throwIfNoEntry: false })
  return facts === undefined ? null : `${facts.ino} ${facts.mtimeNs} ${facts.size}`
}

/** Absolute path of the folder in which an order starts. */
export function startOf(order: Pick<ScriptOrder, 'cwd' | 'folder'>, session: Session): string {
  return order.folder === undefined ? (session.state?.cwd ?? order.cwd) : resolve(order.cwd, order.folder)
}

/** Digests of values, so that a value that was given anew is told from one that the scripts have changed since. */
export function digestsOf(environment: Readonly<Record<string, string>>): Record<string, string> {
  const digests: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment))
    digests[name] = hash('sha256', value, 'base64url').slice(0, 22)
  return digests
}

function sessionPath(stateDir: string, name: string): string {
  const readable = name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 80)
  return join(stateDir, 'sessions', `${readable}-${hash('sha256', name, 'hex').slice(0, 16)}`)
}

function readGiven(path: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string> // written by the executor, in a private folder
  } catch {
    return {}
  }
}
