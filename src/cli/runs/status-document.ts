import { z } from 'zod'
import {
  CheckSchema,
  countSteps,
  deviationsOf,
  deviationText,
  ResultSchema,
  StepCountsSchema,
} from '../../model/index.ts'
import { neededOf, type Scene, type StatusFacts, standingOf, unmetOf } from '../../tui/index.ts'

/** `signoff status --json`: where a run stands, as its journal and its locks tell. Texts are as recorded. */
export const StatusSchema = z.strictObject({
  schema: z.literal('signoff.status/1'),
  run: z.string(),
  release: z.string(),
  environment: z.string().nullable(),
  runbook: z.strictObject({ path: z.string(), sha256: z.string() }),
  standing: z.enum(['held', 'paused', 'interrupted', 'ended', 'sealed']),
  /** Null until it has ended. */
  result: ResultSchema.nullable(),
  operator: z.strictObject({ principal: z.string(), keyid: z.string() }),
  /** Who writes the run at this moment; `pid` and `host` are null where their lock may not be read by this account. */
  holder: z
    .strictObject({ principal: z.string(), pid: z.int().positive().nullable(), host: z.string().nullable() })
    .nullable(),
  startedOn: z.iso.datetime(),
  /** Of the last line of the journal. */
  lastOn: z.iso.datetime(),
  steps: StepCountsSchema,
  /** The script that runs now. */
  running: z
    .strictObject({
      step: z.string(),
      position: z.string(),
      attempt: z.int().positive(),
      since: z.iso.datetime(),
      /** Who asked it to stop; null where nobody did. */
      stoppedBy: z.string().nullable(),
    })
    .nullable(),
  /** The one thing that is needed now; null once the run has ended. */
  needed: z
    .strictObject({
      step: z.string(),
      position: z.string(),
      title: z.string(),
      kind: z.enum([
        'run',
        'confirm',
        'manual',
        'choose',
        'condition',
        'values',
        'form',
        'gate',
        'wait',
        'running',
        'changed',
        'decide',
        'held',
        'blocked',
      ]),
      what: z.string(),
      /** Principals, or roles that are mapped to nobody; empty where only the time or a script must end. */
      of: z.array(z.string()),
    })
    .nullable(),
  /** What the step that failed was held against and did not meet. */
  unmet: z.array(CheckSchema),
  /** The hand-over that stands. */
  offer: z
    .strictObject({ to: z.string(), by: z.string(), note: z.string().nullable(), on: z.iso.datetime() })
    .nullable(),
  deviations: z.array(z.string()),
  /** The run's folder. */
  transcript: z.string(),
})
export type StatusDocument = z.infer<typeof StatusSchema>

/** @param folder of the run, as this machine names it. */
export function statusDocument(scene: Scene, facts: StatusFacts, folder: string): StatusDocument {
  const { state, need, walk } = scene
  const { start, operator, running, offer } = state
  if (start === null || operator === null) throw new Error('a scene is of a run that has begun')
  const { holder } = facts
  const needed = neededOf(scene)
  const of = holder === null || holder.unreadable === true ? null : holder
  return {
    schema: 'signoff.status/1',
    run: start.run,
    release: start.release,
    environment: start.env,
    runbook: { path: start.runbook.path, sha256: start.runbook.sha256 },
    standing: standingOf(scene, facts),
    result: state.result,
    operator: { principal: operator.principal, keyid: operator.keyid },
    holder: holder === null ? null : { principal: holder.principal, pid: of?.pid ?? null, host: of?.host ?? null },
    startedOn: iso(state.startedAtMs),
    lastOn: iso(state.lastAtMs),
    steps: countSteps(state),
    running:
      running === null
        ? null
        : {
            step: running.step,
            position: walk.steps.get(running.step)?.position ?? running.step,
            attempt: running.attempt,
            since: iso(running.sinceMs),
            stoppedBy: running.stoppedBy ?? null,
          },
    needed: needed === null ? null : { ...needed, of: [...needed.of] },
    unmet: need.kind === 'decide' ? [...unmetOf(state, need.step)] : [],
    offer:
      offer === null ? null : { to: offer.event.to, by: offer.event.by, note: offer.event.note, on: iso(offer.atMs) },
    deviations: deviationsOf(state).map(deviationText),
    transcript: folder,
  }
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}
