import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface LeftProcess {
  readonly pid: number
  readonly command: string
}

/**
 * Processes that still live in a world: those with its folder in their environment, which every child inherits.
 * A process that is about to end gets two seconds for it.
 *
 * @throws where there is no /proc, since an answer of "none" would then mean nothing.
 */
export async function processesLeft(root: string): Promise<LeftProcess[]> {
  const deadline = Date.now() + 2_000
  for (;;) {
    const left = processesOf(root)
    if (left.length === 0 || Date.now() > deadline) return left
    await sleep(50)
  }
}

function processesOf(root: string): LeftProcess[] {
  const left: LeftProcess[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'utf8').includes(root)) continue
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      // A zombie has ended; it only waits for its parent to ask how.
      if (command !== '') left.push({ pid, command })
    } catch {
      // It ended while we looked, or belongs to somebody else.
    }
  }
  return left
}
