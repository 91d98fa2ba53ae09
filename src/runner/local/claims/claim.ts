import { hash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { SignoffError } from '../../../model/index.ts'
import type { OrderName } from './order-name.ts'
import { type Place, readProcessStart, startOfStat } from './process-identity.ts'

/** What the claim itself remembers of its order, for a process that did not make it. */
export interface ClaimRecord extends Place {
  readonly version: 1
  readonly id: string
  readonly session: string
  readonly timeoutMs: number | null
  /** Whether its shell is one that leaves a state to the next block. */
  readonly carries: boolean
  /** Digests of the values that it was given, by name, without secrets. */
  readonly given: Readonly<Record<string, string>>
  /** Of a script that was lent the person's terminal: whether it got one whose output is recorded, in the spool `out`. */
  readonly terminal?: 'recorded' | 'unrecorded'
}

/** A process as the supervisor saw it: its id and, against ids used again, its start. */
export interface SeenProcess {
  readonly pid: number
  readonly start: string | null
}

/** How the script's own process ended, in the words of the supervisor. */
export interface Ending {
  readonly code: number
  readonly signalled: boolean
  readonly ms: number
}

export interface Status {
  readonly block: SeenProcess | null
  /** The shells that have its output copied into the spools; null before its first byte. */
  readonly copiers: Readonly<Record<'out' | 'err', SeenProcess | null>>
  readonly ending: Ending | null
  readonly lost: Readonly<Record<'out' | 'err', number>>
  /** Streams that nobody holds any more: their spools are complete. */
  readonly closed: ReadonlySet<'out' | 'err'>
}

export interface Stop {
  readonly signal: string
  readonly why: 'person' | 'time-limit'
  readonly by: string | null
  /** Who sent it: what anybody but the Signoff that drives the run has sent is reported with the end of the script. */
  readonly sender: 'signoff' | 'supervisor'
}

/**
 * What the block writes down when it ends. It has a folder of its own, since whoever follows a script is woken by each change in the
 * claim's.
 */
const LEFT = 'left'
export const LEFT_FILES = { state: `${LEFT}/state`, lists: `${LEFT}/lists` } as const

/** Room for everything the supervisor writes, kept beforehand: a full disk must not cost an exit code. */
const STATUS_BYTES = 2048

/** The claim folder of an order. Ids hold text of the runbook; the name is safe, and one id has one name. */
export function claimPath(stateDir: string, order: Pick<OrderName, 'id'>): string {
  const readable = order.id
    .split(':')
    .slice(1)
    .join('.')
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .slice(0, 80)
  const digest = hash('sha256', order.id, 'hex').slice(0, 16)
  return join(stateDir, 'claims', `${readable}-${digest}`)
}

/**
 * Makes the claim. False if it is there already: whoever made it has started the script, or is about to.
 * @throws {SignoffError} `STATE_UNWRITABLE`.
 */
export function makeClaim(path: string, record: ClaimRecord, files: Readonly<Record<string, string>>): boolean {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw stateUnwritable(error)
  }
  try {
    writePrivate(join(path, 'order.json'), JSON.stringify(record))
    mkdirSync(join(path, LEFT), { mode: 0o700 })
    for (const name of Object.values(LEFT_FILES)) writePrivate(join(path, name), '')
    writePrivate(join(path, 'status'), `${' '.repeat(STATUS_BYTES - 1)}\n`)
    for (const [name, text] of Object.entries(files)) writePrivate(join(path, name), text)
  } catch (error) {
    // Nothing was started: the claim may go.
    rmSync(path, { recursive: true, force: true })
    throw stateUnwritable(error)
  }
  return true
}

/** What an earlier process left of an order. `starting`: a supervisor has its claim, and has not said who it is yet. */
export type ClaimState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'starting' | 'running' | 'ended' | 'lost'; readonly status: Status }

/**
 * Decides from the claim folder: an ending is an ending; else the supervisor must be the same process, on the same boot of the
 * same machine. A claim that no supervisor has taken is taken here, by the same O_EXCL file, so that none can take it later.
 */
export function inspectClaim(path: string, place: Place): ClaimState {
  if (!existsSync(path)) return { kind: 'absent' }
  const record = readRecord(path)
  const started = readText(join(path, 'started'))
  if (started === null) {
    if (!takeStart(path)) return inspectClaim(path, place)
    removeClaim(path)
    return { kind: 'absent' }
  }
  const status = readStatus(path)
  if (status.ending !== null) return { kind: 'ended', status }
  if (record === null || record.bootId !== place.bootId || record.machineId !== place.machineId)
    return { kind: 'lost', status }
  const supervisor = readSupervisor(path)
  if (supervisor === null) return { kind: 'starting', status }
  if (isAlive(supervisor)) return { kind: 'running', status }
  // It may have written the ending between the two looks.
  const last = readStatus(path)
  return last.ending === null ? { kind: 'lost', status: last } : { kind: 'ended', status: last }
}

export function readRecord(path: string): ClaimRecord | null {
  const text = readText(join(path, 'order.json'))
  if (text === null) return null
  try {
    return JSON.parse(text) as ClaimRecord // written by makeClaim, in a folder that only this user can write
  } catch {
    return null
  }
}

export function readSupervisor(path: string): SeenProcess | null {
  const [pid, stat] = (readText(join(path, 'started')) ?? '').split('\n')
  return pid && stat ? { pid: Number(pid), start: startOfStat(stat) } : null
}

export function isAlive(process: SeenProcess): boolean {
  return process.start !== null && readProcessStart(process.pid) === process.start
}

/** Only whole lines count: one that is being written has no line end yet. */
export function readStatus(path: string): Status {
  return parseStatus(readText(join(path, 'status')) ?? '')
}

export function parseStatus(text: string): Status {
  let block: SeenProcess | null = null
  let ending: Ending | null = null
  const copiers: Record<'out' | 'err', SeenProcess | null> = { out: null, err: null }
  const lost = { out: 0, err: 0 }
  const closed = new Set<'out' | 'err'>()
  for (const line of text.split('\n').slice(0, -1)) {
    // What is left of the room that was kept: two thousand words that say nothing, at each look.
    if (line.startsWith(' ')) continue
    const words = line.split(' ')
    const [what, fd] = words
    if (what === 'block') block = { pid: Number(words[1]), start: startOfStat(words.slice(2).join(' ')) }
    else if (what === 'copier' && (fd === 'out' || fd === 'err'))
      copiers[fd] = { pid: Number(words[2]), start: startOfStat(words.slice(3).join(' ')) }
    else if (what === 'ended') ending = endingOf(words)
    else if (what === 'lost' && (fd === 'out' || fd === 'err')) lost[fd] = Number(words[2])
    else if (what === 'closed' && (fd === 'out' || fd === 'err')) closed.add(fd)
  }
  return { block, copiers, ending, lost, closed }
}

/** Signals that were sent to the script, the first one first. */
export function readStops(path: string): Stop[] {
  const stops = ['SIGINT', 'SIGTERM', 'SIGKILL'].flatMap(signal => {
    const file = join(path, `stop.${signal}`)
    const text = readText(file)
    if (text === null) return []
    const atMs = statSync(file).mtimeMs
    // Empty, on a full disk: only the supervisor leaves them so.
    const stop: Stop = text.endsWith('\n')
      ? JSON.parse(text)
      : { signal, why: 'time-limit', by: null, sender: 'supervisor' }
    return [{ atMs, stop }]
  })
  return stops.sort((a, b) => a.atMs - b.atMs).map(({ stop }) => stop)
}

/** Claims one signal. False if the supervisor has sent it. */
export function claimStop(path: string, stop: Stop): boolean {
  try {
    writeFileSync(join(path, `stop.${stop.signal}`), `${JSON.stringify(stop)}\n`, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    return errorCode(error) !== 'EEXIST'
  }
}

/** Removes it in two steps, so that no half of a claim is ever taken for a whole one. */
export function removeClaim(path: string): void {
  const gone = `${path}.gone`
  try {
    renameSync(path, gone)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      // A process that was killed here left the name behind.
      rmSync(gone, { recursive: true, force: true })
      try {
        renameSync(path, gone)
      } catch (again) {
        throw stateUnwritable(again)
      }
    }
  }
  rmSync(gone, { recursive: true, force: true })
}

export function stateUnwritable(cause: unknown): SignoffError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new SignoffError('STATE_UNWRITABLE', `the state folder cannot be used: ${reason}`, {
    advice: 'make room or set XDG_STATE_HOME to a folder that you can write, then `signoff resume`',
    cause,
  })
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** The kernel's clock of seconds since boot does not jump, the wall clock is finer: finer, unless they disagree. */
function endingOf(words: readonly string[]): Ending {
  const [, code, how, start, end, upStart, upEnd] = words
  const wallMs = (Number(end) - Number(start)) * 1000
  const upMs = (Number(upEnd) - Number(upStart)) * 1000
  const ms = upEnd && upStart && Math.abs(upMs - wallMs) > 50 ? upMs : wallMs
  return {
    code: Number(code),
    signalled: how === 'signalled',
    ms: Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : 0,
  }
}

function takeStart(path: string): boolean {
  try {
    writeFileSync(join(path, 'started'), '', { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    if (errorCode(error) === 'ENOENT') return true
    throw stateUnwritable(error)
  }
}

/** Modes are set on the open file: the umask has no say. */
export function writePrivate(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    // Not `writeSync`, which may write a part of it and say so in a number: a script that a full disk cuts is another script.
    if (text !== '') writeFileSync(file, text)
  } finally {
    closeSync(file)
  }
}

/** Null where it cannot be read. Most of what is looked for is not there, and an error costs more than a look. */
function readText(path: string): string | null {
  if (!existsSync(path)) return null
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
