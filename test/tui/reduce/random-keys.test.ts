import fc from 'fast-check'
import { expect, test } from 'vitest'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

const NAMES =
  'enter space esc tab up down left right pageup pagedown home end backspace ctrl-c ctrl-l ctrl-u ctrl-d ctrl-z'.split(
    ' ',
  )
const key = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }))
/** Keys with the time before each: bursts, and people. */
const walk = fc.array(fc.tuple(key, fc.constantFrom(0, 0, 5, 40, 400)), { minLength: 1000, maxLength: 1000 })

test('1,000 random keys on a change in production start nothing, and leave the screen alive and whole', async () => {
  await fc.assert(
    fc.asyncProperty(walk, async presses => {
      const clock = new FakeClock()
      const run = new FakeRun(demoRunbook(), clock).skipTo('2.1')
      const screen = new ScreenDriver(run, clock)
      screen.paint()
      for (const [name, passMs] of presses) {
        clock.pass(passMs)
        screen.press(name)
        if (passMs > 100) screen.paint()
      }
      await screen.settle()
      expect(run.said.filter(({ kind }) => ['run', 'run-offer', 'skip', 'rollback', 'confirm'].includes(kind))).toEqual(
        [],
      )
      expect(run.starts('2.1')).toBe(0)
      const rows = screen.rows()
      expect(rows).toHaveLength(24)
      expect(rows[0]).toContain('payments')
    }),
    { numRuns: 20 },
  )
})

test('a person can still run the step after them', async () => {
  const clock = new FakeClock()
  const run = new FakeRun(demoRunbook(), clock).skipTo('2.1')
  const screen = new ScreenDriver(run, clock)
  await screen.settle()
  // No digits: `q` and then `2` is a pause that was asked for.
  const presses = fc.sample(walk, { numRuns: 1, seed: 7 })[0] ?? []
  expect(presses).toHaveLength(1000)
  for (const [name] of presses) if (!/\d/.test(name)) screen.press(name)
  await screen.press('esc').settle()
  await screen.press('esc').settle()
  expect(screen.state.dialog).toBeNull()
  // The first Enter may lead back from another step; the next one opens the review.
  await screen.press('enter').settle()
  if (screen.state.dialog === null) await screen.press('enter').settle()
  await screen.type('production v2.4.0').press('enter').settle()
  expect(run.starts('2.1')).toBe(1)
})
