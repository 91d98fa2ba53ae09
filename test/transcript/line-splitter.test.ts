import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LINE_BYTES, LONG_LINE_BYTES } from '../../src/transcript/journal/line.ts'
import { createLineSplitter } from '../../src/transcript/journal/line-splitter.ts'

describe('a stream cut into lines', () => {
  it('gives the same lines wherever the pieces are cut, and each lasts until the next push', () => {
    const text = fc.array(fc.constantFrom('a', 'bc', '\n', '\n\n', 'a longer piece of a line'), { maxLength: 30 })
    const property = fc.property(text, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 }), (parts, sizes) => {
      const bytes = Buffer.from(parts.join(''))
      const splitter = createLineSplitter()
      const seen: string[] = []
      // Every piece lies in the same memory, as those of a file do that is read.
      const piece = Buffer.alloc(bytes.length + 1)
      let at = 0
      for (const size of [...sizes, bytes.length]) {
        const length = bytes.copy(piece, 0, at, at + size)
        const held: Buffer[] = []
        expect(splitter.push(piece.subarray(0, length), line => held.push(line))).toBe(true)
        seen.push(...held.map(String))
        at += length
      }
      const lines = parts.join('').split('\n')
      expect([...seen, splitter.rest().toString()]).toEqual(lines)
    })
    fc.assert(property, { numRuns: 2000, seed: 20261126 })
  })

  it('ends at a line that is longer than its number allows, in one piece or in many', () => {
    for (const [before, limit] of [
      ['', LONG_LINE_BYTES],
      ['0\n', LONG_LINE_BYTES],
      ['0\n1\n', LINE_BYTES],
    ] as const)
      for (const size of [limit + 1, 65_536]) {
        const push = (length: number) => {
          const splitter = createLineSplitter()
          let isFine = splitter.push(Buffer.from(before), () => undefined)
          for (let left = length; left > 0 && isFine; left -= size)
            isFine = splitter.push(Buffer.alloc(Math.min(left, size), 97), () => undefined)
          return isFine && splitter.push(Buffer.from('\n'), () => undefined)
        }
        expect(push(limit), `${before.length} ${size}`).toBe(true)
        expect(push(limit + 1), `${before.length} ${size}`).toBe(false)
      }
  })
})
