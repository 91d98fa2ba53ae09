import { beforeEach, expect, test } from 'vitest'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

let clock: FakeClock
let run: FakeRun
let screen: ScreenDriver
beforeEach(async () => {
  clock = new FakeClock()
  run = new FakeRun(demoRunbook(), clock)
  screen = new ScreenDriver(run, clock)
  await screen.settle()
})

test('h asks to whom and what they should know, and signs on a y alone', async () => {
  await screen.press('h').settle()
  await screen.type('next@localhost').press('enter').settle()
  await screen.press('enter').settle()
  await screen.press('enter').settle()
  expect(run.said).toEqual([])
  await screen.press('h').settle()
  await screen.type('next@localhost').press('enter').settle()
  await screen.type('half done').press('enter').settle()
  await screen.press('y').settle()
  expect(run.said).toEqual([{ kind: 'offer', to: 'next@localhost', note: 'half done' }])
  expect(screen.needed).toContain('on offer to next@localhost: they run  signoff accept')
})

test('while an offer stands h leaves it by Enter, and withdraws it by its number', async () => {
  run.emit({ kind: 'handoff.offer', to: 'n@localhost', note: null, challenge: 'c', by: 'k', keyid: 'k', envelope: 'e' })
  await screen.press('h').settle()
  run.emit({ kind: 'approval.refused', request: run.state.offer?.seq ?? 0, sha256: 'd'.repeat(64), why: 'stale' })
  await screen.press('enter').settle()
  await screen.press('h').settle()
  expect(screen.rows().join('\n')).toContain('An acceptance was refused: stale')
  expect(screen.rows().join('\n')).toContain('2 withdraw the offer')
  await screen.press('enter').settle()
  expect(run.said).toEqual([])
  await screen.press('h').settle()
  await screen.press('2').settle()
  expect(run.said).toEqual([{ kind: 'withdraw-offer' }])
  expect(run.state.offer).toBeNull()
})

async function changed(): Promise<void> {
  run.changed = '-was\n+is now'
  run.emit({ kind: 'note', step: null, text: 'anything recorded shows the new question', by: 'kim@example.com' })
  await screen.settle()
}

test('a changed runbook is what is needed, whatever the step is; no key runs, ticks or skips anything', async () => {
  await changed()
  expect(screen.needed).toContain('the runbook file has changed: Enter shows how')
  for (const key of ['space', 's', 'm', 'x', 'r']) await screen.press(key).settle()
  expect(screen.state.dialog).toBeNull()
  expect(run.said).toEqual([])
  await screen.press('enter').settle()
  const shown = screen.rows().join('\n')
  expect(shown).toContain('-was')
  expect(shown).toContain('+is now')
  await screen.press('enter').settle()
  expect(run.said).toEqual([])
})

test('to go on beside it takes a choice and a y; to stop takes the choice', async () => {
  await changed()
  await screen.press('enter').settle()
  await screen.press('1').settle()
  await screen.press('y').settle()
  expect(run.said).toEqual([{ kind: 'runbook', decision: 'keep' }])
  expect(screen.needed).toContain('1.1')
  await changed()
  await screen.press('enter').settle()
  await screen.press('ctrl-c').settle()
  await screen.press('enter').settle()
  expect(run.said).toHaveLength(1)
  await screen.press('enter').settle()
  await screen.press('2').settle()
  expect(run.said.at(-1)).toEqual({ kind: 'runbook', decision: 'stop' })
})
