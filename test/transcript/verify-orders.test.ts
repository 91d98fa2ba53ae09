import { describe, expect, it } from 'vitest'
import { countSteps, type EventOf, fold, type RunEvent } from '../../src/model/index.ts'
import * as run from './helpers/run.ts'

const by = run.operator.principal
const [start, output, digest, end] = run.script('deploy', [])
if (start === undefined || output === undefined || digest === undefined || end === undefined) throw new Error()
const as = (event: RunEvent, attempt: number): RunEvent => ({ ...event, attempt }) as RunEvent
const unknown: RunEvent = { ...end, outcome: 'unknown', exit: null, result: 'unknown' } as EventOf<'step.end'>
const rerun: RunEvent = {
  kind: 'step.decide',
  step: 'deploy',
  attempt: 1,
  state: 'unknown',
  choice: 'rerun',
  reason: 'it has not begun',
  by,
}

/** A run of one script, `events`, and its end. */
async function judged(events: readonly RunEvent[], result: EventOf<'run.end'>['result'] = 'passed') {
  const writer = run.createWriter()
  const steps = [run.planned('deploy', 'task'), run.planned('undo', 'task', { flow: 'recovery' })]
  writer.add(run.runStart(), { ...run.PLAN, steps }, ...events)
  writer.add({ kind: 'run.end', result, steps: countSteps(fold(writer.entries)) })
  return run.verify(writer.bytes(), await run.sealed(writer))
}

describe('what the record says of a script', () => {
  it('is good where each order starts once and ends once, be it unseen', async () => {
    expect((await judged([start, output, digest, end])).findings).toEqual([])
    const unseen = [start, output, unknown, rerun, as(start, 2), as(output, 2), as(digest, 2), as(end, 2)]
    expect((await judged(unseen)).findings).toEqual([])
  })

  it.each([
    ['starts twice', [start, output, digest, end, start, output, digest, end]],
    ['starts again as an attempt before', [as(start, 2), as(digest, 2), as(end, 2), start, digest, end]],
    ['starts beside another', [start, as(start, 2), as(digest, 2), as(end, 2)]],
    ['ends without having started', [output, digest, end]],
    ['ends twice', [start, output, digest, end, end]],
    ['ends as another attempt', [start, output, digest, as(end, 2), end]],
    ['has no digest of what it printed', [start, output, end]],
    ['has two digests', [start, output, digest, { ...digest, streams: [] } as EventOf<'output.end'>, end]],
    ['prints behind its digest', [start, digest, output, end].map(noDigest)],
    ['prints behind its end', [start, output, digest, end, output]],
  ] satisfies [string, RunEvent[]][])('is 6 where it %s', async (_, events) => {
    const { findings, exitCode } = await judged(events)
    expect(findings.filter(({ check }) => check === 'policy')).not.toEqual([])
    expect([4, 6]).toContain(exitCode)
  })

  it('is 6 where the run ended before it', async () => {
    const abort: RunEvent = { kind: 'run.abort', reason: 'enough', by }
    expect((await judged([start, abort], 'aborted')).findings).toMatchObject([
      { check: 'policy', exit: 6, line: 5, message: expect.stringContaining('before the outcome of attempt 1') },
    ])
  })

  it('is said once, however much a script prints', async () => {
    const chunks = Array.from({ length: 50 }, (_, at): RunEvent => ({ ...output, at }) as EventOf<'output'>)
    const { findings } = await judged([start, output, digest, end, ...chunks])
    expect(findings.filter(({ check }) => check === 'policy')).toHaveLength(1)
  })
})

describe('how a run says that it ended', () => {
  const done = [start, output, digest, end]
  const abort: RunEvent = { kind: 'run.abort', reason: 'enough', by }
  const failed: RunEvent = { ...end, exit: 1, result: 'failed' } as EventOf<'step.end'>
  const stop: RunEvent = { ...rerun, state: 'failed', choice: 'stop' } as EventOf<'step.decide'>
  const back: RunEvent = { kind: 'rollback.start', for: null, of: null, steps: ['undo'], without: [], reason: 'x', by }
  const backEnd = (result: 'complete' | 'incomplete', doneSteps: string[], failedSteps: string[]): RunEvent => ({
    kind: 'rollback.end',
    for: null,
    result,
    done: doneSteps,
    failed: failedSteps,
    without: [],
  })
  const undo = done.map(event => ({ ...event, step: 'undo' }) as RunEvent)
  const rolledBack = [...done, back, ...undo, backEnd('complete', ['undo'], [])]
  const notBack = [...done, back, abort, backEnd('incomplete', [], ['undo'])]

  it.each([
    ['passed', done],
    ['aborted', [abort]],
    ['failed', [start, output, digest, failed, stop]],
    ['rolled-back', rolledBack],
    ['rollback-incomplete', notBack],
  ] satisfies [EventOf<'run.end'>['result'], RunEvent[]][])(
    '%s is believed of lines that come to it',
    async (result, events) => {
      expect((await judged(events, result)).findings).toEqual([])
    },
  )

  it.each([
    ['passed', [...done, abort]],
    ['partial', rolledBack],
    ['passed', [...done, stop]],
    ['aborted', done],
    ['failed', done],
    ['no-go', [abort]],
    ['rolled-back', done],
    ['rolled-back', notBack],
    ['rollback-incomplete', rolledBack],
  ] satisfies [EventOf<'run.end'>['result'], RunEvent[]][])('%s is 4 of lines that do not', async (result, events) => {
    const { findings, exitCode } = await judged(events, result)
    expect(exitCode).toBe(4)
    expect(findings).toContainEqual(expect.objectContaining({ check: 'fold', exit: 4 }))
  })

  it('a way back is 6 where its end is not what its steps came to', async () => {
    const wrong = [
      [...done, back, abort, backEnd('complete', [], ['undo'])],
      [...done, back, abort, backEnd('incomplete', ['undo'], [])],
      [...done, back, ...undo, backEnd('incomplete', [], ['undo'])],
      [...done, backEnd('complete', [], [])],
    ]
    for (const events of wrong)
      expect((await judged(events, 'aborted')).findings).toContainEqual(
        expect.objectContaining({ check: 'policy', exit: 6, message: expect.stringContaining('rollback') }),
      )
  })
})

function noDigest(event: RunEvent): RunEvent {
  return event.kind === 'output.end' ? { ...event, streams: [] } : event
}
