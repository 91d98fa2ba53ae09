import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Segmenter } from '../../../src/tui/text/segmenter.ts'

const COMMON = [...'aZ 0~éßñÄ§±·–—‘’“”…─│┌╿▸◌↺↻↷∅⊘⚑⧗✔✖\n\u001b[']
const OTHERS = [...'日\u0301\ufe0f\u200d👍\u00ad\r\n\u1100\u1161🇩🇪']
const texts = fc
  .array(fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...COMMON) }, fc.constantFrom(...OTHERS)))
  .map(parts => parts.join(''))

test('clusters are those of Intl.Segmenter, with their places', () => {
  const [ours, theirs] = [new Segmenter('en', { granularity: 'grapheme' }), new Intl.Segmenter('en')]
  fc.assert(
    fc.property(texts, fc.integer({ min: -1, max: 40 }), (text, index) => {
      expect([...ours.segment(text)]).toEqual([...theirs.segment(text)])
      expect(ours.segment(text).containing(index)).toEqual(theirs.segment(text).containing(index))
    }),
  )
  for (const one of COMMON) expect([...ours.segment(`${one}${one}`)].map(({ segment }) => segment)).toEqual([one, one])
})

test('words are left to the rules of Unicode', () => {
  const words = new Segmenter('en', { granularity: 'word' }).segment('two words')
  expect([...words].map(({ segment }) => segment)).toEqual(['two', ' ', 'words'])
})
