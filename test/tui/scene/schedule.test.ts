import { describe, expect, test } from 'vitest'
import type { Runbook } from '../../../src/model/index.ts'
import { scheduleText } from '../../../src/tui/scene/schedule-text.ts'
import { toWalk } from '../../../src/tui/scene/walk.ts'
import { dayClockText } from '../../../src/tui/text/time-text.ts'
import { demoSection, demoStep, runbookOf } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'

const MINUTE = 60_000

function planned(ms: number): { minMs: number; maxMs: number; text: string } {
  return { minMs: ms, maxMs: ms, text: '' }
}

function texts(runbook: Runbook, done: readonly string[], passedMs: number) {
  const clock = new FakeClock()
  const run = new FakeRun(runbook, clock)
  for (const step of done) run.emit({ kind: 'step.skip', step, why: 'person', reason: 'x', by: 'k' })
  clock.pass(passedMs)
  const scene = { walk: toWalk(runbook), ...run.snapshot() }
  const at = (ms: number): string => dayClockText(run.state.startedAtMs + ms, clock.nowMs())
  return { short: scheduleText(scene, clock.nowMs(), 'short'), long: scheduleText(scene, clock.nowMs(), 'long'), at }
}

describe('planned against actual', () => {
  const all = runbookOf(
    [
      demoSection('1', 'A', [demoStep('1.1', 'manual', 'a'), demoStep('1.2', 'manual', 'b')], {
        duration: planned(20 * MINUTE),
      }),
      demoSection('2', 'B', [demoStep('2.1', 'manual', 'c', { durationMs: 10 * MINUTE })]),
    ],
    [],
  )

  test('what is planned and what is ahead from now on; a section that is half done has half of its time ahead', () => {
    const { long, at } = texts(all, ['s1.1'], 40 * MINUTE)
    expect(long).toBe(`planned ${at(30 * MINUTE)}, ETA ${at(60 * MINUTE)} (30m late)`)
  })

  test('early, and on time', () => {
    expect(texts(all, ['s1.1', 's1.2'], 5 * MINUTE).long).toMatch(/\(15m early\)$/)
    expect(texts(all, ['s1.1'], 10 * MINUTE).long).toMatch(/\(on time\)$/)
  })

  test('where some of what is ahead has no planned time it ends after that, and nothing is late against no plan', () => {
    const some = runbookOf(
      [
        demoSection('1', 'A', [
          demoStep('1.1', 'manual', 'a'),
          demoStep('1.2', 'manual', 'b', { durationMs: 5 * MINUTE }),
        ]),
      ],
      [],
    )
    const { long, short, at } = texts(some, [], 0)
    expect(short).toBe(`ETA after ${at(5 * MINUTE)}`)
    expect(long).toBe(short)
  })

  test('nothing is said where nothing is planned', () => {
    const none = runbookOf([demoSection('1', 'A', [demoStep('1.1', 'manual', 'a')])], [])
    expect(texts(none, [], 0).short).toBe('')
  })
})

test('another day is named, and a day far away by its date', () => {
  const now = new Date(2026, 0, 5, 15, 0).getTime()
  expect(dayClockText(now + 60 * MINUTE, now)).toBe('16:00')
  expect(dayClockText(now + 24 * 60 * MINUTE, now)).toBe('Tue 15:00')
  expect(dayClockText(now + 30 * 24 * 60 * MINUTE, now)).toBe('2026-02-04')
})
