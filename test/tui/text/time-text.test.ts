import { expect, test } from 'vitest'
import { deadlineText } from '../../../src/tui/text/time-text.ts'

// Months count from 0; the zone is that of the process.
const now = new Date(2026, 10, 25, 23, 11, 9).getTime()

test.each([
  [20_000, '23:11:29'],
  [24 * 3_600_000, 'Thu 23:11:09'],
  [10 * 86_400_000, '2026-12-05 23:11:09'],
])('a deadline %i ms ahead says its day where that is another one: %s', (aheadMs, text) => {
  expect(deadlineText(now + aheadMs, now)).toBe(text)
})
