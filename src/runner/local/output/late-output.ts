import type { LateEvent } from '../../ports.ts'
import type { OrderName } from '../claims/order-name.ts'
import type { Tell } from '../claims/tell-in-order.ts'
import type { Follower } from './follower.ts'
import type { Streams } from './spools.ts'

/** A script that has ended, and whose pipes others hold. */
export interface Late {
  /** Begins to follow them; nothing happens the second time. */
  begin(): void
  /** The claim goes when the following ends. */
  forget(): void
  /** Ends the following; gives what is not on record yet. */
  leave(): Promise<LateEvent[]>
  /** Ends the following and gives nothing: a later process goes on with it. */
  dispose(): void
}

/** Follows what others say into the pipes of a script that has ended. */
export function openLate(
  order: Pick<OrderName, 'step' | 'attempt'>,
  follower: Follower,
  streams: Streams,
  untilBytes: number,
  tell: Tell,
  /** Called when it is over; `isForgotten` says whether the claim may go. */
  over: (isForgotten: boolean) => void,
): Late {
  const left = Promise.withResolvers<void>()
  let work: Promise<LateEvent[]> | null = null
  let isForgotten = false
  let isLeaving = false
  const follow = async (): Promise<LateEvent[]> => {
    const ended = await follower.followLate(streams, untilBytes)
    if (ended === null) return []
    const chunks = ended.events.flatMap(event => (event.kind === 'output.late' ? [event] : []))
    const events: LateEvent[] = [
      ...chunks,
      {
        kind: 'output.late.end',
        step: order.step,
        attempt: order.attempt,
        why: ended.why,
        streams: [...ended.streams],
      },
    ]
    for (let event = events[0]; event !== undefined; event = events[0]) {
      if (!isLeaving) await Promise.race([tell({ kind: 'late', event }), left.promise])
      if (isLeaving) return events
      events.shift()
    }
    over(isForgotten)
    return []
  }
  const current: Late = {
    dispose: () => follower.dispose(),
    begin() {
      // That a report is refused means that the run is driven no longer: the claim stays for whoever goes on with it.
      work ??= follow().catch(() => [])
    },
    forget() {
      isForgotten = true
    },
    async leave() {
      isLeaving = true
      left.resolve()
      follower.leave()
      current.begin()
      const events = await work
      over(isForgotten)
      return events ?? []
    },
  }
  return current
}
