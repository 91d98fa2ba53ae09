import type { EventOf, Runbook, RunEvent, RunState } from '../../model/index.ts'
import { planEvent } from '../deciding/context.ts'
import type { Executor } from '../ports.ts'
import type { PastRun } from './past-run.ts'
import type { OpenLate, RecordedOutput } from './recorded-output.ts'

/** What the outside knows of a run that goes on: its journal's last line, what was cut off, who goes on with it. */
export interface ResumeFacts {
  readonly run: string
  /** Leaf of the last good line. */
  readonly head: string
  readonly torn: { readonly bytes: number; readonly sha256: string } | null
  readonly operator: EventOf<'run.resume'>['operator']
  readonly nowMs: number
  /** Recorded first where the run is taken from somebody. */
  readonly taken?: EventOf<'writer.changed'> | null
  /** What is known of a script that cannot be followed from here; recorded with its unknown end. */
  readonly elsewhere?: string | null
  /** Recorded where the configuration names other interpreters for its blocks than before. */
  readonly interpreters?: EventOf<'run.interpreters'> | null
}

/** How a run goes on: the first events to record, and the script to be followed again. */
export interface Resumption {
  readonly opening: readonly RunEvent[]
  readonly attach: {
    readonly step: string
    readonly attempt: number
    readonly recorded: RecordedOutput
  } | null
  /** Scripts that have ended, and into whose pipes others may still write. */
  readonly late: readonly OpenLate[]
}

/**
 * What going on with a run begins with. A script that was running and has a claim is followed again; any other has
 * ended unseen, and a person decides what it was. A run that was cut off before its plan was written gets it first:
 * without one there would be nothing left to do.
 */
export async function resumptionOf(
  past: PastRun,
  runbook: Runbook,
  executor: Pick<Executor, 'find'>,
  facts: ResumeFacts,
): Promise<Resumption> {
  const { state } = past
  const { running } = state
  const id = running === null ? '' : `${facts.run}:${running.step}:${running.attempt}`
  const found = running === null ? null : await executor.find({ id, run: facts.run, ...running })
  const attachable = found === 'running' || found === 'ended'
  const resume: RunEvent = {
    kind: 'run.resume',
    head: facts.head,
    tornBytes: facts.torn?.bytes ?? 0,
    tornSha256: facts.torn?.sha256 ?? null,
    gapMs: Math.max(0, Math.round(facts.nowMs - state.lastAtMs)),
    operator: facts.operator,
    attached: attachable ? [id] : [],
    unknown: found !== null && !attachable ? [id] : [],
  }
  const plan: RunEvent[] = state.steps.size === 0 ? [planEvent(runbook)] : []
  const lost: RunEvent[] = running !== null && !attachable ? [unknownEnd(running, facts.nowMs)] : []
  const changed: RunEvent[] = facts.interpreters == null ? [] : [facts.interpreters]
  if (lost.length > 0 && running !== null && facts.elsewhere != null)
    lost.push({ kind: 'note', step: running.step, text: facts.elsewhere, by: facts.operator.principal })
  const recorded = attachable ? past.running() : null
  return {
    opening: [...plan, ...(facts.taken == null ? [] : [facts.taken]), resume, ...changed, ...lost],
    attach: running !== null && recorded !== null ? { step: running.step, attempt: running.attempt, recorded } : null,
    // A script that has not ended yet on record is followed as a whole.
    late: past.late().filter(({ step, attempt }) => step !== running?.step || attempt !== running.attempt),
  }
}

/** Nobody saw it end: a named person decides what it was. */
function unknownEnd(running: NonNullable<RunState['running']>, nowMs: number): EventOf<'step.end'> {
  return {
    kind: 'step.end',
    step: running.step,
    attempt: running.attempt,
    outcome: 'unknown',
    exit: null,
    signal: null,
    ms: Math.max(0, Math.round(nowMs - running.sinceMs)),
    result: 'unknown',
    checks: [],
  }
}
