import type { Entry, RunEvent, RunState } from '../../model/index.ts'
import { evolve } from '../../model/index.ts'
import type { LateEvent, Ports } from '../ports.ts'

/** How long output may be in the journal before it must be on the disk. */
const OUTPUT_SYNC_MS = 1000

/** The record of a run as it grows: each event is written, and only then part of the state. */
export interface Recorder {
  readonly state: RunState
  /** True once the run ends or pauses: nothing that is late is taken any more. */
  readonly isClosing: boolean
  /** Writes one event; what else is due by it is written first. */
  record(event: RunEvent): Promise<void>
  /**
   * Writes these, and makes them durable: at once, or within a second where they are nothing but output.
   * @param meanwhile is called once they are written and on their way to the disk: for what needs no more than that.
   */
  recordAll(events: readonly RunEvent[], meanwhile?: () => void): Promise<void>
  /** Resolves once everything written so far survives a power cut. */
  barrier(): Promise<void>
  /** What no front end was shown yet; it counts as shown from now on. */
  takeUnseen(): Entry[]
  /** Forgets its timer. */
  close(): void
}

/** @param failed is told of a barrier for output that could not be made. */
export function createRecorder(
  { journal, executor, clock }: Pick<Ports, 'journal' | 'executor' | 'clock'>,
  past: RunState,
  failed: (error: unknown) => void,
): Recorder {
  let state = past
  let unseen: Entry[] = []
  let isClosing = false
  let cancelSync: (() => void) | null = null
  /** What is on record of late output, by stream: what `leave` hands over may have been recorded just before. */
  const late = new Map<string, number>()

  const record = async (event: RunEvent): Promise<void> => {
    // Nothing follows either of them from this process: what is late is recorded now, or not at all.
    if ((event.kind === 'run.end' || event.kind === 'run.pause') && !isClosing) {
      isClosing = true
      for (const left of await executor.leave())
        if (placeOf(left) > (late.get(streamOf(left)) ?? -1)) await record(left)
    }
    if (event.kind === 'output.late' || event.kind === 'output.late.end') late.set(streamOf(event), placeOf(event))
    const entry = await journal.append(masked(event, text => executor.mask(text)))
    state = evolve(state, entry)
    unseen.push(entry)
  }

  const syncSoon = (): void => {
    if (cancelSync !== null) return
    cancelSync = clock.at(clock.nowMs() + OUTPUT_SYNC_MS, () => {
      cancelSync = null
      journal.barrier().catch(failed)
    })
  }

  return {
    get state() {
      return state
    },
    get isClosing() {
      return isClosing
    },
    record,
    async recordAll(events, meanwhile) {
      for (const event of events) await record(event)
      if (events.some(event => event.kind !== 'output' && event.kind !== 'output.late')) {
        const durable = journal.barrier()
        // Waited for whatever that comes to: a sync that fails is never left to nobody.
        try {
          meanwhile?.()
        } finally {
          await durable
        }
      } else if (events.length > 0) syncSoon()
    },
    barrier: () => journal.barrier(),
    takeUnseen() {
      const entries = unseen
      unseen = []
      return entries
    },
    close() {
      cancelSync?.()
      cancelSync = null
    },
  }
}

/** A runbook may hold a secret in its own text; the record of what ran, and of what was expected, does not repeat it. */
function masked(event: RunEvent, mask: (text: string) => string): RunEvent {
  switch (event.kind) {
    case 'output.differs':
      return { ...event, diff: mask(event.diff) }
    case 'step.start':
      return { ...event, script: mask(event.script) }
    case 'step.edit':
      return { ...event, was: mask(event.was) }
    case 'step.end':
      return { ...event, checks: event.checks.map(check => ({ ...check, want: mask(check.want) })) }
    case 'runbook.changed':
      return { ...event, diff: mask(event.diff) }
    default:
      return event
  }
}

function streamOf(late: LateEvent): string {
  return `${late.step}:${late.attempt}:${late.kind === 'output.late' ? late.fd : 'end'}`
}

function placeOf(late: LateEvent): number {
  return late.kind === 'output.late' ? late.at : 0
}
