import { setTimeout as sleep } from 'node:timers/promises'
import { claimStop, readStatus, type SeenProcess, type Stop } from './claim.ts'
import { hasMembers, readProcessStart } from './process-identity.ts'

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL'

const ESCALATION: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGKILL']
const LOOK_MS = 10
const START_LIMIT_MS = 2000

/**
 * Sends signals to the whole process group of a claim's script. Each is told before it is sent; that nobody could be told
 * does not keep it from being sent, because a journal that cannot be written stops the script.
 *
 * @param tell resolves once the signal is on record.
 */
export async function stopGroup(
  claim: string,
  signals: StopSignal | 'escalate',
  reason: Pick<Stop, 'why' | 'by'> & Partial<Pick<Stop, 'sender'>>,
  graceMs: number,
  tell: (stop: Stop) => Promise<void>,
): Promise<void> {
  const group = await startedGroup(claim)
  if (group === null) return
  for (const signal of signals === 'escalate' ? ESCALATION : [signals]) {
    if (!groupLives(group)) return
    const stop: Stop = { signal, sender: 'signoff', ...reason }
    const isOurs = claimStop(claim, stop)
    if (isOurs || signals !== 'escalate') {
      await tell(stop).catch(() => undefined)
      signalGroup(group, signal)
      // A script that somebody has suspended takes no signal but SIGKILL before it is woken.
      signalGroup(group, 'SIGCONT')
    }
    if (signals === 'escalate') await waitUntilGone(group, graceMs)
  }
}

/** The group of the script; a stop may come before the supervisor has said which it is. */
async function startedGroup(claim: string): Promise<SeenProcess | null> {
  const until = performance.now() + START_LIMIT_MS
  for (;;) {
    const { block, ending } = readStatus(claim)
    if (block !== null || ending !== null || performance.now() > until) return block
    await sleep(LOOK_MS)
  }
}

/** True while any process of the group is left, the script's own or a child of it. */
export function groupLives(group: SeenProcess): boolean {
  return signalGroup(group, 0) && hasMembers(group.pid)
}

/** The id of a group stays taken while a member lives; a leader with another start is another group. */
function signalGroup(group: SeenProcess, signal: StopSignal | 'SIGCONT' | 0): boolean {
  const start = readProcessStart(group.pid)
  if (start !== null && start !== group.start) return false
  try {
    process.kill(-group.pid, signal)
    return true
  } catch {
    return false
  }
}

async function waitUntilGone(group: SeenProcess, graceMs: number): Promise<void> {
  const until = performance.now() + graceMs
  while (groupLives(group) && performance.now() < until) await sleep(LOOK_MS)
}
