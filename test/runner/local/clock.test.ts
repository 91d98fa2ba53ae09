import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/runner/local/index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a timer fires once, at its time', () => {
  const callback = vi.fn()
  systemClock().at(Date.now() + 90_000, callback)
  vi.advanceTimersByTime(89_999)
  expect(callback).not.toHaveBeenCalled()
  vi.advanceTimersByTime(200_000)
  expect(callback).toHaveBeenCalledTimes(1)
})

test('a time in the past fires at once, a cancelled timer never, and none is left', () => {
  const callback = vi.fn()
  systemClock().at(0, callback)
  systemClock().at(Date.now() + 40 * 24 * 3600_000, callback)()
  vi.advanceTimersByTime(1)
  expect(callback).toHaveBeenCalledTimes(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('a clock that is set forward is noticed, one that is set back fires nothing early', () => {
  const callback = vi.fn()
  systemClock().at(Date.now() + 3_600_000, callback)
  vi.setSystemTime(Date.now() - 7_200_000)
  vi.advanceTimersByTime(3_700_000)
  expect(callback).not.toHaveBeenCalled()
  vi.setSystemTime(Date.now() + 10_000_000)
  vi.advanceTimersByTime(30_000)
  expect(callback).toHaveBeenCalledTimes(1)
})
