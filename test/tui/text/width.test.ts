import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { cleanText } from '../../../src/tui/text/clean.ts'
import { cutTo, padTo, plainForm, widthOf, wrapExact, wrapProse } from '../../../src/tui/text/width.ts'

test('a text is cut by cells and says so; a padded one has exactly its width', () => {
  expect(cutTo('abcdef', 4)).toBe('abc…')
  expect(cutTo('日本語', 5)).toBe('日本…')
  expect(padTo('日本', 6)).toBe('日本  ')
  expect(cutTo('abc', 0)).toBe('')
})

test('a script is broken at the edge without losing or moving a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 8, max: 20 }), (raw, width) => {
      const text = cleanText(raw)
      const lines = wrapExact(text, width)
      expect(lines.join('')).toBe(text)
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
    }),
  )
})

test('prose is broken at spaces, and a word that is too long inside', () => {
  expect(wrapProse('one two three', 8)).toEqual(['one two', 'three'])
  expect(wrapProse('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl'])
})

test('emoji clusters appear in their plain form, so that columns hold', () => {
  expect(plainForm('✔️ 👍🏽 👩‍💻')).toBe('✔ 👍 👩')
})

test('widths are those that Ink counts', () => {
  for (const text of ['abc', '日本', '▸ ↻ ⚑ ⧗ ✔', 'e\u0301']) expect(widthOf(text)).toBe(stringWidth(text))
})

test('widths are those that Ink counts, by the short way of letters and symbols too', () => {
  const common = [...'aZ~éßñÄ§±·–—‘’“”…─│┌╿▸◌↺↻↷∅⊘⚑⧗✔✖']
  const others = [...'日\u0301\ufe0f\u200d👍\u00ad']
  const text = fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...common) }, fc.constantFrom(...others)))
  fc.assert(fc.property(text, parts => widthOf(parts.join('')) === stringWidth(parts.join(''))))
  for (const one of common) expect(widthOf(one)).toBe(stringWidth(one))
})

test('a text without spaces begins in the row of its number, and loses nothing', () => {
  const text = `1.0.2 ${'本番環境のバックアップを確認する'.repeat(4)} その2`
  const rows = wrapProse(text, 40)
  expect(rows[0]).toMatch(/^1\.0\.2 本番/)
  expect(rows.join('').replace(/ /g, '')).toBe(text.replace(/ /g, ''))
  for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(40)
})
