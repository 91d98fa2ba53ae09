import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanLines, cleanOutput, cleanText } from '../../../src/tui/text/clean.ts'

test('escape sequences, control characters and C1 are shown, not dropped and not passed on', () => {
  expect(cleanText('a\u001b[2Jb\u0007c\u009bd\u007f')).toBe('a\\x1b[2Jb\\x07c\\x9bd\\x7f')
  expect(cleanText('\u001b]52;c;Zm9v\u0007')).toBe('\\x1b]52;c;Zm9v\\x07')
})

test('bidi controls, line separators and zero-width characters are shown', () => {
  expect(cleanText('rm \u202eexe.txt\u2066')).toBe('rm \\u202eexe.txt\\u2066')
  expect(cleanText('a\u2028b\u200bc\u00add\ufeff')).toBe('a\\u2028b\\u200bc\\xadd\\ufeff')
  expect(cleanText('\u{e0041}x')).toBe('\\u{e0041}x')
})

test('what emoji are made of stays inside emoji and is shown outside', () => {
  expect(cleanText('👩‍💻 ok ✔️')).toBe('👩‍💻 ok ✔️')
  expect(cleanText('a\u200db\ufe0f')).toBe('a\\u200db\\ufe0f')
})

test('tabs become spaces up to the next stop, and a newline inside a title is shown', () => {
  expect(cleanText('ab\tc')).toBe('ab      c')
  expect(cleanText('a\nb')).toBe('a\\x0ab')
})

test('lines are cut at newlines, CRLF too, and a final newline adds none', () => {
  expect(cleanLines('a\r\nb\n')).toEqual(['a', 'b'])
  expect(cleanLines('')).toEqual([''])
})

test('of output the colours go and the last state of a progress line stays', () => {
  expect(cleanOutput('\u001b[31mred\u001b[0m')).toBe('red')
  expect(cleanOutput('10%\r50%\r100%')).toBe('100%')
  expect(cleanOutput('done\r')).toBe('done')
  expect(cleanOutput('\u001b[2Jx')).toBe('\\x1b[2Jx')
})

test('in ASCII no byte above 0x7f is left', () => {
  expect(cleanText('→ ü', { ascii: true })).toBe('\\u2192 \\xfc')
})

test('whatever comes in, nothing that controls a terminal goes out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(cleanText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/)
      expect(cleanText(text, { ascii: true })).toMatch(/^[\x20-\x7e]*$/)
    }),
  )
})
