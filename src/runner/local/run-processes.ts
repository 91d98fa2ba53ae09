import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { nameOfAccount } from './account.ts'
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
  const inState = new RegExp(`^(/.*/${run})/(?:supervisor\\.bash|terminal-supervisor\\.bash|claims/.+)$`)
  return namesIn('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return []
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
      const stateDir = words.map(word => inState.exec(word)?.[1]).find(found => found !== undefined)
      return stateDir === undefined
        ? []
        : [{ pid: Number(name), user: nameOfAccount(statSync(`/proc/${name}`).uid), stateDir }]
    } catch {
      // It ended while we looked.
      return []
    }
  })
}

/** Whether a state folder has the claim of an order. */
export function hasClaim(stateDir: string, order: Pick<OrderName, 'id'>): boolean {
  return existsSync(claimPath(stateDir, order))
}

/** Whether a folder is there and belongs to this account: what lies in a state folder is run, so nobody else's is taken. */
export function isOurFolder(path: string): boolean {
  try {
    const found = statSync(path)
    return found.isDirectory() && found.uid === process.getuid?.()
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
