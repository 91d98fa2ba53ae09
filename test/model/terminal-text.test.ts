import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTerminalText, readTerminalText } from '../../src/model/index.ts'

test.each([
  ['lines of a terminal lose their carriage returns', 'one\r\ntwo\r\n', 'one\ntwo\n'],
  ['colours and titles go', '\u001b[1;31mred\u001b[0m\u001b]2;title\u0007 plain\r\n', 'red plain\n'],
  ['a progress bar is its last state', '10 %\r50 %\r100 %\r\n', '100 %\n'],
  [
    'a line that was typed wrong and mended is what it was in the end',
    'gti\b\b\bgit\u001b[K status\r\n',
    'git status\n',
  ],
  ['an erased prompt is gone', 'Password: \r\u001b[2Kdone\r\n', 'done\n'],
  ['a move to another row begins a new line', '\u001b[Htop\u001b[5;1Hfifth\r\n', 'top\nfifth\n'],
  ['bells and flow control are no text', 'ring\u0007\u0011\r\n', 'ring\n'],
  ['an unfinished line stays', 'Password: ', 'Password:'],
  ['letters of other scripts stay', 'größe 東京 👍\r\n', 'größe 東京 👍\n'],
])('%s', (_, shown, text) => {
  expect(readTerminalText(shown)).toBe(text)
})

test('what was drawn on the alternate screen is one line, and what stood around it stays', () => {
  const text = readTerminalText('before\r\n\u001b[?1049h\u001b[H~\r\n~\u001b[24;1H:wq\u001b[?1049lafter\r\n')
  expect(text).toMatch(/^before\n\[a full-screen program was here.*\]\nafter\n$/)
})

test('a program that was killed on the alternate screen has its line too', () => {
  expect(readTerminalText('\u001b[?1049h~')).toMatch(/^\[a full-screen program/)
})

test('cut anywhere, it is the same text, and no escape is left in it', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '\u001b[31m',
      '\u001b[?1049h',
      '\u001b[?1049l',
      '\u001b[2;3H',
      '\u001b]0;t\u0007',
      '\r\n',
      '\r',
      '\b',
      '\u001b',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (pieces, size) => {
      const whole = pieces.join('')
      const text = createTerminalText()
      let lines = ''
      const characters = [...whole]
      for (let at = 0; at < characters.length; at += size) lines += text.push(characters.slice(at, at + size).join(''))
      expect(lines + text.line).toBe(readTerminalText(whole))
      expect(lines).not.toContain('\u001b')
    }),
  )
})

test('a line without an end does not grow the memory', () => {
  const text = createTerminalText()
  for (let count = 0; count < 100; count++) text.push('x'.repeat(10_000))
  expect(text.line.length).toBeLessThanOrEqual(16_384)
})
