import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { inspectClaim } from './claim.ts'
import { readPlace } from './process-identity.ts'
import { stopGroup } from './stopper.ts'

const GRACE_MS = 5000

/**
 * Stops what a run is running, from outside of the process that drives it: SIGINT, SIGTERM, SIGKILL to the whole group. Whoever
 * drives the run finds the stops in the claim, and records them with the end of the script.
 *
 * @returns how many scripts were running.
 */
export async function stopRunning(stateDir: string, by: string): Promise<number> {
  const folder = join(stateDir, 'claims')
  if (!existsSync(folder)) return 0
  const place = readPlace()
  const running = readdirSync(folder)
    .map(name => join(folder, name))
    .filter(claim => existsSync(join(claim, 'started')) && inspectClaim(claim, place).kind === 'running')
  for (const claim of running)
    await stopGroup(claim, 'escalate', { why: 'person', by, sender: 'supervisor' }, GRACE_MS, async () => undefined)
  return running.length
}
