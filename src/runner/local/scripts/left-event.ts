import type { EventOf } from '../../../model/index.ts'
import { claimPath, readSupervisor } from '../claims/claim.ts'
import { findLeftBehind } from '../claims/left-behind.ts'
import { nameOf, type OrderName } from '../claims/order-name.ts'
import { readProcessStart } from '../claims/process-identity.ts'
import type { Followed } from '../output/follower.ts'
import type { SessionState } from '../session/session-state.ts'

/**
 * What a script left behind, where there is something to say of it.
 *
 * @param state what its shell left; null where it should have and did not, `none` where its shell leaves none.
 */
export function leftEvent(
  stateDir: string,
  order: OrderName,
  { ending, status }: Followed,
  state: SessionState | null | 'none',
  mask: (text: string) => string,
): EventOf<'step.left'> | null {
  const open = (['out', 'err'] as const).filter(fd => !status.closed.has(fd))
  const ms = ending?.ms ?? Number.POSITIVE_INFINITY
  const processes = findLeftBehind(order, status.block, ms, () => readSupervisor(claimPath(stateDir, order))).map(
    ({ pid, name, command, escaped }) => ({ pid, name: mask(name), command: mask(command), escaped }),
  )
  const left = state === null || state === 'none' ? { jobs: [], descriptors: [] } : state
  const jobs = left.jobs.filter(pid => readProcessStart(pid) !== null)
  const isWorthSaying = state === null || [jobs, left.descriptors, open, processes].some(list => list.length > 0)
  if (!isWorthSaying) return null
  const what = state === 'none' ? 'none' : state === null ? 'before' : 'kept'
  return {
    kind: 'step.left',
    ...nameOf(order),
    state: what,
    jobs,
    descriptors: [...left.descriptors],
    open,
    processes,
  }
}
