import fc from 'fast-check'
import { expect, it } from 'vitest'
import { oneLine } from '../../src/transcript/encoding/one-line.ts'

it('is what a pattern would make of the line breaks and the blanks around them', () => {
  const piece = fc.constantFrom('a', ' ', '\n', '\t', 'b c', '\r\n')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      const text = pieces.join('')
      expect(oneLine(text)).toBe(text.replace(/\s*\n\s*/g, ' '))
    }),
  )
})

it('takes no longer than the length of the text', () => {
  const began = performance.now()
  expect(oneLine(`a${' '.repeat(1_000_000)}b`)).toHaveLength(1_000_002)
  expect(oneLine(`a${' \n'.repeat(500_000)}b`)).toBe('a b')
  expect(performance.now() - began).toBeLessThan(5_000)
})
