import xterm from '@xterm/headless'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ClockRow, createClockRow } from '../../../src/tui/terminal/clock-row.ts'
import type { Line } from '../../../src/tui/text/theme.ts'

let screen: InstanceType<typeof xterm.Terminal>
let row: ClockRow
let written: string
beforeEach(() => {
  screen = new xterm.Terminal({ cols: 40, rows: 3, allowProposedApi: true })
  written = ''
  row = createClockRow(text => {
    written += text
  })
})
afterEach(() => screen.dispose())

function linesAt(clock: string, second = 'READY'): Line[] {
  return [
    [
      { text: ' PRODUCTION ', tone: 'production' },
      { text: `| v1 | ${clock}`, tone: 'plain' },
    ],
    [{ text: second, tone: 'strong' }],
  ]
}

/** Draws as Ink does for what it remembers: the rows that differ, each from the cell on in which it differs. */
async function inkDraws(was: readonly Line[], lines: readonly Line[]): Promise<void> {
  row.inkDraws(lines)
  const text = (line: Line | undefined) => (line ?? []).map(piece => piece.text).join('')
  for (const [index, line] of lines.entries()) {
    const [a, b] = [text(was[index]), text(line)]
    let at = 0
    while (at < b.length && a[at] === b[at]) at++
    if (a !== b) written += `\u001b[${index + 1};${at + 1}H${b.slice(at)}\u001b[K`
  }
  written += '\u001b[2;6H'
  await seen()
}

async function seen(): Promise<string[]> {
  const text = written
  written = ''
  await new Promise<void>(resolve => screen.write(text, resolve))
  const { active } = screen.buffer
  return Array.from({ length: 2 }, (_, line) => active.getLine(line)?.translateToString(true) ?? '')
}

test('the clock moves past Ink, and the cursor stays where it was', async () => {
  await inkDraws([], linesAt('15:07:58'))
  for (const clock of ['15:07:59', '15:08:00', '15:08:01', '16:00:00', '15:08:02']) {
    expect(row.moves(linesAt(clock))).toBe(true)
    expect(written.length).toBeLessThan(100)
    expect(await seen()).toEqual([` PRODUCTION | v1 | ${clock}`, 'READY'])
    expect([screen.buffer.active.cursorY, screen.buffer.active.cursorX]).toEqual([1, 5])
  }
})

test('before the next frame stands what Ink remembers, whichever way the clock went meanwhile', async () => {
  const was = linesAt('15:07:58')
  await inkDraws([], was)
  row.moves(linesAt('16:10:00'))
  // Set back: Ink draws the last digit alone.
  const next = linesAt('15:07:59', 'RUNNING')
  expect(row.moves(next)).toBe(false)
  await inkDraws(was, next)
  expect(await seen()).toEqual([' PRODUCTION | v1 | 15:07:59', 'RUNNING'])
})

test('a clock that fills the row to its last cell is whole', async () => {
  const wide = (clock: string) => linesAt(`${'x'.repeat(40 - 19 - 8)}${clock}`)
  await inkDraws([], wide('15:07:58'))
  expect(row.moves(wide('15:07:59'))).toBe(true)
  expect((await seen())[0]).toMatch(/x15:07:59$/)
})

test('anything else is left to Ink: another row, another environment, letters of two cells behind the change', async () => {
  const was = linesAt('15:07:58')
  await inkDraws([], was)
  expect(row.moves(linesAt('15:07:59', 'FAILED'))).toBe(false)
  expect(row.moves([[{ text: ' PRODUCTION ', tone: 'strong' }, ...(was[0]?.slice(1) ?? [])], ...was.slice(1)])).toBe(
    false,
  )
  expect(row.moves([[{ text: ' staging ', tone: 'production' }, ...(was[0]?.slice(1) ?? [])], ...was.slice(1)])).toBe(
    false,
  )
  expect(row.moves(linesAt('本番 15:07:59'))).toBe(false)
  expect(row.moves([...was, []])).toBe(false)
  expect(written).toBe('')
})
