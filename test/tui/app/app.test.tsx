import { renderToString } from 'ink'
import { expect, test } from 'vitest'
import { App } from '../../../src/tui/app/App.tsx'
import { Row } from '../../../src/tui/app/Row.tsx'
import { viewOf } from '../../../src/tui/view/view.ts'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

test('a row draws its text as it is, and an empty one keeps its place', () => {
  expect(renderToString(<Row text="> 1.1 ready" />, { columns: 20 })).toBe('> 1.1 ready')
  expect(renderToString(<Row text="" />, { columns: 20 }).split('\n')).toHaveLength(1)
})

test.each([
  [80, 24],
  [60, 15],
  [120, 40],
])('at %ix%i the frame is the view, row by row', async (columns, rows) => {
  const clock = new FakeClock()
  const screen = new ScreenDriver(new FakeRun(demoRunbook(), clock), clock, { columns, rows })
  await screen.settle()
  const view = viewOf({ state: screen.state, book: screen.book, ascii: false, canGoPlain: false, next: [] })
  const frame = renderToString(<App view={view} color={false} onKeys={() => {}} onPaste={() => {}} />, { columns })
  const shown = frame.replace(/\u001b\[[0-9;]*m/g, '').split('\n')
  expect(shown).toHaveLength(rows)
  expect(shown.map(row => row.trimEnd())).toEqual(screen.rows().map(row => row.trimEnd()))
})
