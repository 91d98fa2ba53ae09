import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { nameOfAccount } from '../machine/account.ts'
import { claimPath } from './claim.ts'
import type { OrderName } from './order-name.ts'

/** A process of a run, as every account of this machine can see it. */
export interface RunProcess {
  readonly pid: number
  readonly user: string
  /** The state folder that it was started from: whose account it is, and where its claim lies. */
  readonly stateDir: string
}

/**
 * Processes of a run on this machine, whatever account they belong to: supervisors and scripts bear the path of their state folder in
 * their command line. Empty where there is no /proc, or other accounts are hidden in it.
 */
export function runProcesses(run: string): RunProcess[] {
  return namesIn('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return []
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
      const stateDir = words.map(word => stateFolderIn(word, run)).find(found => found !== null)
      return stateDir == null
        ? []
        : [{ pid: Number(name), user: nameOfAccount(statSync(`/proc/${name}`).uid), stateDir }]
    } catch {
      // It ended while we looked.
      return []
    }
  })
}

/** The state folder of a run that a word of a command line lies in; null where it is none of our files. */
function stateFolderIn(word: string, run: string): string | null {
  const inside = `/${run}/`
  const at = word.startsWith('/') ? word.indexOf(inside) : -1
  const file = word.slice(at + inside.length)
  return at >= 0 && /^(?:supervisor\.bash|terminal-supervisor\.bash|claims\/.+)$/s.test(file)
    ? word.slice(0, at + inside.length - 1)
    : null
}

/** Whether a state folder has the claim of an order. */
export function hasClaim(stateDir: string, order: Pick<OrderName, 'id'>): boolean {
  return existsSync(claimPath(stateDir, order))
}

/**
 * Whether a folder is the state folder of a run, belongs to this account and can be written by nobody else. What lies in one is run, and
 * it is removed with the run: a path that somebody wrote into a lock is taken for one by nothing less.
 */
export function isOurStateFolder(path: string, run: string): boolean {
  if (!path.endsWith(`/signoff/${run}`) || resolve(path) !== path) return false
  try {
    const found = lstatSync(path)
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
  } catch {
    return false
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
