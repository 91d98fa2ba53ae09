import { expect, test } from 'vitest'
import { createTerminalModes } from '../../../src/runner/local/terminal/terminal-modes.ts'

function undoOf(...pieces: string[]): string {
  const modes = createTerminalModes()
  for (const piece of pieces) modes.push(Buffer.from(piece))
  return modes.undo()
}

test('a program that tidied up behind itself leaves nothing to undo', () => {
  expect(
    undoOf('\u001b[?1049h\u001b[?25l\u001b[1;20r\u001b=', 'text\u001b[r\u001b>\u001b[?25h\u001b[?1049l\u001b[m'),
  ).toBe('')
})

test('what was left on is switched off, the alternate screen first', () => {
  expect(undoOf('\u001b[?1049h\u001b[?1000;1006h\u001b[?25l')).toBe(
    '\u001b[?1049l\u001b[?1000l\u001b[?1006l\u001b[?25h',
  )
  expect(undoOf('\u001b[31mred')).toBe('\u001b[0m')
})

test('a sequence cut between two reads counts', () => {
  expect(undoOf('\u001b[?10', '49h')).toBe('\u001b[?1049l')
  expect(undoOf('\u001b', '[?2004h')).toBe('\u001b[?2004l')
})

test('knows whether the cursor stands at the start of a row', () => {
  const modes = createTerminalModes()
  expect(modes.atLineStart).toBe(true)
  modes.push(Buffer.from('Password: '))
  expect(modes.atLineStart).toBe(false)
  modes.push(Buffer.from('\r\n'))
  expect(modes.atLineStart).toBe(true)
})
