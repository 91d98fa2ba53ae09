import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { inspectClaim } from './claim.ts'
import { countMembers, readPlace } from './process-identity.ts'

/** The script that a run is running, as the system has it. */
export interface RunningProcess {
  /** Leader of its process group, which a stop signals. */
  readonly pid: number
  /** Other members of the group. */
  readonly children: number
}

/** Looks at the claims of a run; null where no script of it runs, or this system tells nothing of its processes. */
export function runningProcess(stateDir: string): RunningProcess | null {
  const folder = join(stateDir, 'claims')
  if (!existsSync(folder)) return null
  const place = readPlace()
  for (const name of readdirSync(folder)) {
    const claim = join(folder, name)
    if (!existsSync(join(claim, 'started'))) continue
    const state = inspectClaim(claim, place)
    const block = state.kind === 'running' ? state.status.block : null
    const members = block === null ? null : countMembers(block.pid)
    if (block !== null && members !== null && members > 0) return { pid: block.pid, children: members - 1 }
  }
  return null
}
