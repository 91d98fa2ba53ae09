import { describe, expect, test } from 'vitest'
import type { Need } from '../../../src/model/index.ts'
import { silentMs } from '../../../src/tui/scene/silence.ts'

const running = (silence?: { sinceMs: number; afterMs: number }): Need => ({
  kind: 'running',
  step: 'a',
  attempt: 1,
  sinceMs: 0,
  ...(silence === undefined ? {} : { silence }),
})

describe('a script that says nothing', () => {
  test('is pointed out once its time is over, and with the time since its last word', () => {
    expect(silentMs(running({ sinceMs: 1000, afterMs: 5000 }), 5999)).toBeNull()
    expect(silentMs(running({ sinceMs: 1000, afterMs: 5000 }), 6000)).toBe(5000)
    expect(silentMs(running({ sinceMs: 1000, afterMs: 5000 }), 60_000)).toBe(59_000)
  })

  test('is none where nothing runs, or nobody knows when it spoke', () => {
    expect(silentMs(running(), 1e9)).toBeNull()
    expect(silentMs({ kind: 'finished', result: 'passed' }, 1e9)).toBeNull()
  })
})
