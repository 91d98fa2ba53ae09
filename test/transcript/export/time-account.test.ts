import { describe, expect, it } from 'vitest'
import { type Entry, fold, type RunEvent } from '../../../src/model/index.ts'
import { accountTime } from '../../../src/transcript/export/html/time-account.ts'
import { clockFor } from '../../../src/transcript/export/html/time-text.ts'
import { plannedText, spanText } from '../../../src/transcript/export/span-text.ts'
import * as run from '../helpers/run.ts'

const by = run.operator.principal
const [start, , , end] = run.script('deploy', [])
const resume: RunEvent = {
  kind: 'run.resume',
  head: 'a'.repeat(64),
  tornBytes: 0,
  tornSha256: null,
  gapMs: 0,
  operator: { principal: by, keyid: run.operator.keyid },
  attached: [],
  unknown: [],
}

/** Entries at these seconds. */
function at(...timed: readonly (readonly [seconds: number, event: RunEvent | undefined])[]): Entry[] {
  return [[0, run.runStart()] as const, [0, run.PLAN] as const, ...timed].flatMap(([seconds, event], seq) =>
    event === undefined ? [] : [{ seq, atMs: seconds * 1000, event }],
  )
}
const account = (entries: readonly Entry[], planned = { minMs: null, maxMs: null }) =>
  accountTime(fold(entries), entries, () => planned)

describe('where the time of a run went', () => {
  it('is scripts, approvals, waits, pauses, and for the rest people', () => {
    const entries = at(
      [10, run.confirm('tell-support')],
      [20, run.REQUEST],
      [25, { kind: 'run.pause', reason: 'night', step: null, by }],
      [65, resume],
      [70, run.gateEnd([])],
      [80, start],
      [95, end],
      [96, { kind: 'wait.start', step: 'deploy', until: '', minMs: 0, reason: null }],
      [99, { kind: 'wait.end', step: 'deploy', how: 'elapsed', leftMs: 0, reason: null, by: null }],
      [100, run.runEnd(run.atGate())],
    )
    const { totals, fromMs, toMs, pauses, phases } = account(entries)
    expect(totals).toEqual({ paused: 40_000, script: 15_000, wait: 3_000, approval: 10_000, people: 32_000 })
    expect(Object.values(totals).reduce((a, b) => a + b)).toBe(toMs - fromMs)
    expect(pauses).toMatchObject([{ fromMs: 25_000, toMs: 65_000 }])
    const [phase] = phases
    expect(phase).toMatchObject({ phase: 'one', fromMs: 10_000, toMs: 99_000 })
    expect(phase?.parts.map(part => [part.fromMs / 1000, part.spent])).toEqual([
      [10, 'people'],
      [20, 'approval'],
      [25, 'paused'],
      [65, 'approval'],
      [70, 'people'],
      [80, 'script'],
      [95, 'people'],
      [96, 'wait'],
    ])
  })

  it('knows nothing from the last line of a process that was killed to the first of the next', () => {
    const entries = at([5, start], [60, resume], [61, end])
    expect(account(entries).totals).toMatchObject({ paused: 55_000, script: 1000 })
  })

  it('counts what has not ended up to the end of the record, and no step that was set aside by itself', () => {
    const skip: RunEvent = { kind: 'step.skip', step: 'deploy', why: 'selection', reason: null, by: null }
    const entries = at([1, skip], [10, run.REQUEST], [30, { kind: 'note', step: null, text: 'x', by }])
    const { totals, phases } = account(entries, { minMs: 1, maxMs: 2 } as never)
    expect(totals).toMatchObject({ approval: 20_000, people: 10_000 })
    expect(phases).toMatchObject([{ fromMs: 10_000, toMs: 10_000, planned: { minMs: 1, maxMs: 2 } }])
  })

  it('is counted in time that grows with the record', () => {
    const entries: Entry[] = at()
    for (let seq = 2; seq < 200_000; seq += 2)
      for (const [offset, event] of [start, end].entries())
        if (event !== undefined) entries.push({ seq: seq + offset, atMs: (seq + offset) * 1000, event })
    // Were each script compared with each, this would go on past the end of the test's time.
    expect(account(entries).totals.script).toBe(99_999 * 1000)
  })
})

describe('times for people', () => {
  it('are the two largest units', () => {
    const texts = [0, 850, 1250, 12_345, 60_000, 243_000, 4_800_000, 3_600_000, 183_600_000]
    expect(texts.map(spanText)).toEqual([
      '0 ms',
      '850 ms',
      '1.2 s',
      '12 s',
      '1 min',
      '4 min 3 s',
      '1 h 20 min',
      '1 h',
      '2 d 3 h',
    ])
  })

  it('of a plan are a span, a limit, or nothing', () => {
    const hour = 3_600_000
    expect(plannedText({ minMs: hour, maxMs: hour })).toBe('1 h')
    expect(plannedText({ minMs: hour / 2, maxMs: hour })).toBe('30 min to 1 h')
    expect(plannedText({ minMs: null, maxMs: hour })).toBe('at most 1 h')
    expect(plannedText({ minMs: hour, maxMs: null })).toBe('at least 1 h')
    expect(plannedText({ minMs: null, maxMs: null })).toBeNull()
  })

  it('have their day where a run went over midnight', () => {
    const [evening, morning] = [Date.parse('2026-11-22T23:59:58Z'), Date.parse('2026-11-23T00:00:01Z')]
    expect(String(clockFor(evening, evening)(evening))).toContain('>23:59:58<')
    expect(String(clockFor(evening, morning)(morning))).toContain('>11-23 00:00:01<')
  })
})
