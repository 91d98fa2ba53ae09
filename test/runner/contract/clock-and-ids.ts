import { describe, expect, test } from 'vitest'
import type { Clock, Ids } from '../../../src/runner/ports.ts'

/** What every clock and every source of ids promises. */
export function clockContract(name: string, open: () => Clock): void {
  describe(`${name} keeps the contract of a clock`, () => {
    test('calls back once, at the time or after it, and never within the call that asked', async () => {
      const clock = open()
      for (const inMs of [-1000, 0, 30]) {
        const dueMs = clock.nowMs() + inMs
        let asked = true
        let times = 0
        const atMs = await new Promise<number>(resolve => {
          clock.at(dueMs, () => {
            expect(asked).toBe(false)
            times++
            resolve(clock.nowMs())
          })
          asked = false
        })
        expect(atMs).toBeGreaterThanOrEqual(dueMs)
        await new Promise<void>(resolve => clock.at(clock.nowMs() + 20, resolve))
        expect(times).toBe(1)
      }
    })

    test('calls nobody who has cancelled, and cancelling twice is no harm', async () => {
      const clock = open()
      let called = false
      const cancel = clock.at(clock.nowMs() + 10, () => {
        called = true
      })
      cancel()
      cancel()
      await new Promise<void>(resolve => clock.at(clock.nowMs() + 40, resolve))
      expect(called).toBe(false)
    })

    test('takes a time that is years away', () => {
      const clock = open()
      const cancel = clock.at(clock.nowMs() + 5 * 365 * 86_400_000, () => {
        throw new Error('far too early')
      })
      cancel()
    })
  })
}

export function idsContract(name: string, open: () => Ids): void {
  test(`${name}: challenges are 22 characters of base64url, and no two are alike`, () => {
    const ids = open()
    const challenges = Array.from({ length: 1000 }, () => ids.challenge())
    for (const challenge of challenges) expect(challenge).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(new Set(challenges).size).toBe(1000)
  })
}
