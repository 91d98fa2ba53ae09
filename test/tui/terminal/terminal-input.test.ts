import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createInputFilter } from '../../../src/tui/terminal/terminal-input.ts'

test('an arrow whose bytes come apart is an arrow', () => {
  const filter = createInputFilter()
  expect(filter.push('\u001b')).toBe('')
  expect(filter.waiting).toBe('escape')
  expect(filter.push('[')).toBe('')
  expect(filter.push('A')).toBe('\u001b[A')
  expect(filter.waiting).toBe('nothing')
})

test('Escape alone is Escape once nothing more came; the beginning of a sequence is nothing', () => {
  const filter = createInputFilter()
  filter.push('\u001b')
  expect(filter.flush()).toBe('\u001b')
  filter.push('\u001b[1;5')
  expect(filter.flush()).toBe('')
})

test('what a terminal answers by itself is dropped, with any of its ends', () => {
  const filter = createInputFilter()
  expect(filter.push('a\u001b]11;rgb:ffff/ffff/ffff\u001b\\b')).toBe('ab')
  expect(filter.push('\u001b]11;rgb:0/0/0\u0007c')).toBe('c')
  expect(filter.push('\u001bP1$r0m\u001b\\d')).toBe('d')
})

test('a paste goes on whole, and one that never ends is ended by silence', () => {
  const filter = createInputFilter()
  expect(filter.push('\u001b[200~ab')).toBe('')
  expect(filter.waiting).toBe('paste')
  expect(filter.push('c\u001b[201~j')).toBe('\u001b[200~abc\u001b[201~j')
  filter.push('\u001b[200~endless')
  expect(filter.flush()).toBe('\u001b[200~endless\u001b[201~')
  expect(filter.push('j')).toBe('j')
})

test('plain text goes on at once, however the reads are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' })), chunks => {
      const filter = createInputFilter()
      expect(chunks.map(chunk => filter.push(chunk)).join('')).toBe(chunks.join(''))
    }),
  )
})

test('no reads of any bytes are kept for ever or thrown at', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), chunks => {
      const filter = createInputFilter()
      for (const chunk of chunks) filter.push(`${chunk}\u001b`)
      filter.flush()
      expect(filter.waiting).toBe('nothing')
    }),
  )
})
