import { expect, test } from 'vitest'
import type { Entry, Need, RunEvent } from '../../../src/model/index.ts'
import { createPollLines } from '../../../src/tui/plain/poll-lines.ts'

const probe = { everyMs: 10_000, limitMs: null, last: null, polls: 0, watches: false, notPolled: null }
const WAIT: Need = { kind: 'wait', step: 'ready', untilMs: 0, offer: null, probe }

/** Tells polls that begin at these seconds and end at once, and what ends the wait; gives the lines and what output is shown. */
function told(polls: readonly (readonly [second: number, result: 'passed' | 'failed'])[], need: Need = WAIT) {
  const lines = createPollLines()
  const all: string[] = []
  const shown: number[] = []
  let attempt = 0
  const tell = (second: number, event: RunEvent, sentence: string): void => {
    const entry: Entry = { seq: 0, atMs: second * 1000, event }
    all.push(...lines.tell(entry, need, sentence))
  }
  for (const [second, result] of polls) {
    attempt++
    const order = { step: 'ready', attempt }
    const start = { script: '', shell: 'bash', cwd: '/', env: [], size: null, timeoutMs: null, gates: [] }
    tell(second, { kind: 'step.start', ...order, ...start }, `start at ${second}`)
    if (lines.shows({ kind: 'output', ...order, fd: 'out', at: 0, text: 'x' })) shown.push(second)
    const ended = { outcome: 'exited', exit: 0, signal: null, ms: 1 } as const
    tell(second, { kind: 'step.end', ...order, ...ended, checks: [], result }, `${result} at ${second}`)
  }
  const over = { step: 'ready', how: 'elapsed', leftMs: 0, reason: null, by: null } as const
  tell(1000, { kind: 'wait.end', ...over }, 'over')
  return { lines: all, shown }
}

test('polls are told at most once a minute, and the last of them always', () => {
  const polls = Array.from({ length: 14 }, (_, i) => [i * 10, 'failed'] as const)
  expect(told(polls)).toEqual({
    lines: ['failed at 0', 'failed at 60', 'failed at 120', 'failed at 130', 'over'],
    shown: [0, 60, 120],
  })
})

test('a poll whose result is another one is told at once', () => {
  const polls = [
    [0, 'failed'],
    [10, 'failed'],
    [20, 'passed'],
    [30, 'failed'],
  ] as const
  expect(told(polls).lines).toEqual(['failed at 0', 'passed at 20', 'failed at 30', 'over'])
})

test('what a person starts by hand is told like any other script', () => {
  const byHand: Need = { ...WAIT, probe: { ...probe, notPolled: 'it may change something' } }
  const polls = [
    [0, 'failed'],
    [10, 'failed'],
  ] as const
  expect(told(polls, byHand)).toEqual({
    lines: ['start at 0', 'failed at 0', 'start at 10', 'failed at 10', 'over'],
    shown: [0, 10],
  })
})
