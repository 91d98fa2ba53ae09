import type { Entry, EventOf, Need } from '../../model/index.ts'

/** What is told of the polls of a wait: a command that is run again and again would bury everything else. */
export interface PollLines {
  /** The lines to print for an entry, in the place of its sentence. */
  tell(entry: Entry, need: Need, sentence: string | null): string[]
  /** Whether the output of a script is printed; it is recorded in any case. */
  shows(event: EventOf<'output'> | EventOf<'output.late'>): boolean
}

const TOLD_EVERY_MS = 60_000

/**
 * A line for a poll, at most one a minute, and always that of a result unlike the one before and that of the last poll. What a person
 * starts by hand is told like anything else.
 */
export function createPollLines(): PollLines {
  let poll: { readonly step: string; readonly quiet: boolean } | null = null
  let told: { readonly step: string; readonly atMs: number; readonly result: string } | null = null
  let kept: string | null = null
  return {
    tell({ event, atMs }, need, sentence) {
      const own = sentence === null ? [] : [sentence]
      if (event.kind === 'step.start') {
        const polls = isPolled(need, event.step)
        const recently = told !== null && told.step === event.step && atMs - told.atMs < TOLD_EVERY_MS
        poll = polls ? { step: event.step, quiet: recently } : null
        return polls ? [] : own
      }
      // The start of the first one may lie before anybody listened.
      if (event.kind === 'step.end' && (poll?.step === event.step || isPolled(need, event.step))) {
        const quiet = poll?.quiet === true
        poll = null
        kept = null
        if (quiet && told?.result === event.result) {
          kept = sentence
          return []
        }
        told = { step: event.step, atMs, result: event.result }
        return own
      }
      if (kept === null || !ENDS_POLLING.has(event.kind)) return own
      const last = kept
      kept = null
      return [last, ...own]
    },
    shows: event => poll?.step !== event.step || !poll.quiet,
  }
}

function isPolled(need: Need, step: string): boolean {
  return need.kind === 'wait' && need.step === step && need.probe != null && need.probe.notPolled === null
}

const ENDS_POLLING: ReadonlySet<Entry['event']['kind']> = new Set<Entry['event']['kind']>([
  'wait.end',
  'step.skip',
  'jump',
  'rollback.start',
  'run.pause',
  'run.abort',
  'run.end',
])
