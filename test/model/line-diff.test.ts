import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffText, lineDiff } from '../../src/model/index.ts'

test('a change stands between the lines around it, and what is the same further off is counted', () => {
  const was = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].join('\n')
  const now = was.replace('5', 'five')
  expect(diffText(was, now)).toEqual([
    '@ 1 line not changed',
    ' 2',
    ' 3',
    ' 4',
    '-5',
    '+five',
    ' 6',
    ' 7',
    ' 8',
    '@ 1 line not changed',
  ])
})

test('two texts that are the same differ in nothing', () => {
  expect(diffText('a\nb\n', 'a\nb\n')).toEqual(['@ 2 lines not changed'])
  expect(diffText('', '')).toEqual([])
})

const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 }).map(lines => lines.join('\n'))

test('from a comparison both texts can be told again, and a line that stayed is neither removed nor added twice', () => {
  const kept = (lines: ReturnType<typeof lineDiff>, kinds: readonly string[]) =>
    lines.filter(({ kind }) => kinds.includes(kind)).map(line => line.text)
  const split = (whole: string) =>
    whole.endsWith('\n') || whole === '' ? whole.split('\n').slice(0, -1) : whole.split('\n')
  fc.assert(
    fc.property(text, text, (was, now) => {
      const lines = lineDiff(was, now)
      // With gaps the lines between are left out, and as many as is said.
      const gaps = lines
        .filter(({ kind }) => kind === 'gap')
        .reduce((sum, line) => sum + Number.parseInt(line.text, 10), 0)
      expect(kept(lines, ['same', 'removed']).length + gaps).toBe(split(was).length)
      expect(kept(lines, ['same', 'added']).length + gaps).toBe(split(now).length)
      if (gaps > 0) return
      expect(kept(lines, ['same', 'removed'])).toEqual(split(was))
      expect(kept(lines, ['same', 'added'])).toEqual(split(now))
    }),
    { seed: 7 },
  )
})

test('two long texts that share nothing are compared without much time or memory', () => {
  const long = (word: string) => Array.from({ length: 20_000 }, (_, i) => `${word} ${i}`).join('\n')
  expect(lineDiff(long('a'), long('b'))).toHaveLength(40_000)
})
