import type { LateEvent, LateRecorded } from '../../ports.ts'
import type { Masker, StreamMasker } from '../../scripts/masker.ts'
import { claimPath, removeClaim } from '../claims/claim.ts'
import { nameOf, type OrderName } from '../claims/order-name.ts'
import { type Tell, tellInOrder } from '../claims/tell-in-order.ts'
import { type Follower, openFollower } from './follower.ts'
import { type Late, openLate } from './late-output.ts'
import { openOutputStream } from './output-stream.ts'
import { type ByStream, eachStream, type Streams } from './spools.ts'

/** The scripts that have ended, and into whose pipes others may still speak. */
export interface LateScripts {
  /** Has the output of one that ends now followed on, once `begin` is called for it. */
  expect(order: OrderName, follower: Follower, streams: Streams, maskers: ByStream<StreamMasker>, tell: Tell): void
  begin(id: string): void
  /** Goes on with one that an earlier process followed. */
  attach(order: OrderName, recorded: ByStream<LateRecorded>, report: Tell): void
  /** The claim goes with the last of its output. False for an order that is none of these. */
  forget(id: string): boolean
  /** Ends the following; gives what is not on record yet. */
  leave(): Promise<LateEvent[]>
  dispose(): void
}

/** @param lateBytes how much late output of each script is kept. */
export function createLateScripts(stateDir: string, masker: Masker, lateBytes: number): LateScripts {
  const all = new Map<string, Late>()

  const open = (order: OrderName, follower: Follower, streams: Streams, fromBytes: number, tell: Tell): Late => {
    const over = (isForgotten: boolean): void => {
      all.delete(order.id)
      if (isForgotten) removeClaim(claimPath(stateDir, order))
    }
    const late = openLate(order, follower, streams, fromBytes + lateBytes, tell, over)
    all.set(order.id, late)
    return late
  }

  return {
    expect(order, follower, streams, maskers, tell) {
      const lateStreams = eachStream(fd =>
        openOutputStream({
          ...nameOf(order),
          fd,
          masker: maskers[fd],
          keepBytes: lateBytes,
          recorded: 0,
          kind: 'output.late',
          from: streams[fd].bytes,
          at: streams[fd].bytes,
          maskedBefore: maskers[fd].masked,
        }),
      )
      open(order, follower, lateStreams, streams.out.bytes + streams.err.bytes, tell)
    },

    begin: id => all.get(id)?.begin(),

    attach(order, recorded, report) {
      const streams = eachStream(fd =>
        openOutputStream({
          ...nameOf(order),
          fd,
          masker: masker.stream(),
          keepBytes: lateBytes,
          recorded: recorded[fd].at,
          kind: 'output.late',
          from: recorded[fd].from,
          maskedBefore: recorded[fd].masked,
        }),
      )
      const tell = tellInOrder(report)
      const follower = openFollower({
        claim: claimPath(stateDir, order),
        report: async event => {
          if (event.kind === 'output.late') await tell({ kind: 'late', event })
        },
        pass: async () => undefined,
        isStopping: () => false,
      })
      const late = open(order, follower, streams, recorded.out.from + recorded.err.from, tell)
      late.forget()
      late.begin()
    },

    forget(id) {
      const late = all.get(id)
      late?.forget()
      return late !== undefined
    },

    async leave() {
      const events: LateEvent[] = []
      for (const late of [...all.values()]) events.push(...(await late.leave()))
      return events
    },

    dispose() {
      for (const late of all.values()) late.dispose()
    },
  }
}
