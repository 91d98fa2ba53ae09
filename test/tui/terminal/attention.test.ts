import { expect, test } from 'vitest'
import { attentionFor } from '../../../src/tui/terminal/attention.ts'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

async function slowStep() {
  const clock = new FakeClock()
  const run = new FakeRun(demoRunbook(), clock, { '1.2': { slow: true } }).skipTo('1.2')
  const screen = new ScreenDriver(run, clock)
  await screen.settle()
  await screen.press('enter').settle()
  const before = screen.state
  run.finish(0)
  return { before, after: screen.state }
}

test('a person is called when a script has ended and they are needed, and the title says for what', async () => {
  const { before, after } = await slowStep()
  const called = attentionFor(before, after, 'payments', Number.NEGATIVE_INFINITY)
  expect(called).toEqual({
    call: 'payments: NEEDS YOU 1.3 On-call channel told',
    title: 'NEEDS YOU 1.3 payments',
  })
})

test('the bell rings at most once in ten seconds, and not where nothing has changed', async () => {
  const { before, after } = await slowStep()
  expect(attentionFor(before, after, 'payments', after.nowMs - 9_999).call).toBeNull()
  expect(attentionFor(before, after, 'payments', after.nowMs - 10_000).call).not.toBeNull()
  expect(attentionFor(after, after, 'payments', Number.NEGATIVE_INFINITY).call).toBeNull()
})

test('a title from outside carries no control characters', async () => {
  const { before, after } = await slowStep()
  expect(attentionFor(before, after, 'a\u0007\u001b]0;b', 0).title).toBe('NEEDS YOU 1.3 a\\x07\\x1b]0;b')
})
