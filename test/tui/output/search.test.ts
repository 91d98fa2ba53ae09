import { describe, expect, test } from 'vitest'
import { looksLikeError, matcherOf, rangesIn } from '../../../src/tui/output/pattern.ts'
import { createSearch } from '../../../src/tui/output/search.ts'

describe('what is looked for', () => {
  test('small letters find any, a capital finds itself alone', () => {
    expect(matcherOf({ kind: 'text', text: 'err' })('An ERROR')).toBe(true)
    expect(matcherOf({ kind: 'text', text: 'Err' })('An ERROR')).toBe(false)
  })

  test('a line is looked at as it is shown: without colours, with its last state of progress', () => {
    expect(matcherOf({ kind: 'text', text: 'fatal' })('\u001b[31mfa\u001b[0mtal')).toBe(true)
    expect(matcherOf({ kind: 'text', text: '50 %' })('50 %\r100 %')).toBe(false)
  })

  test('each place of a line is marked', () => {
    expect(rangesIn('aXbXc', { kind: 'text', text: 'X' })).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(rangesIn('İx', { kind: 'text', text: 'x' })).toEqual([])
  })

  test.each([
    ['ERROR: connection refused', true],
    ['npm ERR! code E404', true],
    ['Traceback (most recent call last):', true],
    ['open: ENOENT, no such file', true],
    ['build failed', true],
    ['0 errors, 3 warnings', false],
    ['terror of the deep', false],
    ['all is well', false],
  ])('%s: looks like an error is %s', (line, expected) => {
    expect(looksLikeError(line)).toBe(expected)
  })
})

describe('where it is found', () => {
  const search = createSearch({ kind: 'text', text: 'x' })
  for (const [number, line] of ['x', '', 'x', '', 'x'].entries()) search.take(line, number)

  test('forward and back, around the end, counted from 1', () => {
    expect(search.nearest(1, 1)).toEqual({ line: 2, index: 2, count: 3, more: false })
    expect(search.nearest(3, -1)).toEqual({ line: 2, index: 2, count: 3, more: false })
    expect(search.nearest(5, 1)).toEqual({ line: 0, index: 1, count: 3, more: false })
    expect(search.nearest(-1, -1)).toEqual({ line: 4, index: 3, count: 3, more: false })
  })

  test('the unfinished last line is looked at again, and counted once', () => {
    const growing = createSearch({ kind: 'text', text: 'xy' })
    growing.take('x', 0)
    growing.take('xy', 0)
    growing.take('xyz', 0)
    expect(growing.nearest(0, 1)).toMatchObject({ line: 0, count: 1 })
  })
})
