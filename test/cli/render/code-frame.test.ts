import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeFrame } from '../../../src/cli/render/code-frame.ts'
import { cleanText, widthOf } from '../../../src/tui/index.ts'

const frame = (text: string | undefined, column: number, line = 7) => codeFrame(text, { line, column }, cleanText)
/** Cells before the first caret, without the gutter. */
const caretCell = (lines: readonly string[]) => (lines[1] ?? '').indexOf('^') - ' > 7 | '.length

test('the caret stands below the column, under the whole word', () => {
  expect(frame('run make now', 5)).toEqual([' > 7 | run make now', '     |     ^^^^'])
})

test('a host name or a version is one word, and the stop behind a sentence is not part of it', () => {
  expect(frame('ping api.example.com now', 6)[1]).toBe(`     |      ${'^'.repeat('api.example.com'.length)}`)
  expect(frame('tag v1.2.3.', 5)[1]).toBe('     |     ^^^^^^')
})

test('the gutter grows with the line number', () => {
  expect(frame('x', 1, 1234)).toEqual([' > 1234 | x', '        | ^'])
})

test('characters two cells wide move the caret by two', () => {
  expect(caretCell(frame('日本 make', 4))).toBe(5)
})

test('a tab goes to the next stop, before the caret and after wide characters', () => {
  expect(frame('\tmake', 2)).toEqual([' > 7 |     make', '     |     ^^^^'])
  expect(caretCell(frame('日本語\tmake', 5))).toBe(8)
  expect(frame('ab\tmake', 4)).toEqual([' > 7 | ab  make', '     |     ^^^^'])
})

test('control characters and bidi overrides are shown, not sent, and the caret keeps its place', () => {
  const lines = frame('\u001b[2J\u202e make', 7)
  expect(lines[0]).toBe(' > 7 | \\x1b[2J\\u202e make')
  expect(caretCell(lines)).toBe('\\x1b[2J\\u202e '.length)
})

test('a long line is cut around the place', () => {
  const lines = frame(`${'a '.repeat(300)}make ${'b '.repeat(300)}`, 601)
  expect(widthOf(lines[0] ?? '')).toBeLessThanOrEqual(110)
  const cell = caretCell(lines)
  expect((lines[0] ?? '').slice(' > 7 | '.length + cell)).toMatch(/^make b/)
  expect(lines[0]).toMatch(/^ > 7 \| ….*…$/)
})

test('a column behind the line, and a line that is not there, end nothing', () => {
  expect(frame('abc', 99)).toEqual([' > 7 | abc', '     |    ^'])
  expect(frame('', 1)).toEqual([' > 7 |', '     | ^'])
  expect(frame(undefined, 1)).toEqual([])
})

test('of any line and column the frame is two lines of printable text, no wider than a screen', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(400), (text, column) => {
      const lines = frame(text.replace(/[\n\r]/g, ' '), column)
      expect(lines).toHaveLength(2)
      for (const line of lines) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u)
        expect(widthOf(line)).toBeLessThanOrEqual(160)
      }
      expect(lines[1]).toMatch(/^ +\| *\^+$/)
    }),
    { numRuns: 300 },
  )
})
