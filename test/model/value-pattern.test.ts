import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { misfit, patternProblem } from '../../src/model/index.ts'

describe('a value keeps to the pattern of the runbook', () => {
  test.each([
    ['v\\d+\\.\\d+\\.\\d+', 'v1.20.3'],
    ['\\d+(\\.\\d+){2}', '1.2.3'],
    ['[a-z]{2}-[a-z]+-[0-9]', 'eu-west-1'],
    ['staging|production', 'production'],
    ['https?://[^/]+/.*', 'https://x.example.com/a/b'],
    ['(?<major>\\d+)', '7'],
    ['[^\\]]+', 'a[b'],
    ['\\p{Lu}\\p{Ll}*', 'Änne'],
    ['', ''],
  ])('%s lets %s pass', (pattern, value) => {
    expect(patternProblem(pattern)).toBeNull()
    expect(misfit(pattern, value)).toBeNull()
  })

  test.each([
    ['v\\d+', 'xv1'],
    ['v\\d+', 'v1x'],
    ['v\\d+', 'v1\nrm -rf /'],
    ['a|b', 'ab'],
    ['staging', 'Staging'],
  ])('%s does not let %j pass: the whole value must match', (pattern, value) => {
    expect(misfit(pattern, value)).toBe(`must match ${pattern}`)
  })
})

describe('a pattern that could take for ever is refused', () => {
  test.each(['(a+)+', '(a*)*b', '(a|a)*', '(a?){2,}', '(\\d+\\.)+', '((ab)*c)*', '(?:a{1,9})+'])('%s', pattern => {
    expect(patternProblem(pattern)).toContain('repeat')
  })
  test.each([
    ['(a)\\1'],
    ['(?<x>a)\\k<x>'],
    ['(?=a)b'],
    ['(?<!a)b'],
    ['[a-z'],
    ['a)(b'],
    ['.*'.repeat(8)],
    ['a'.repeat(501)],
  ])('%s', pattern => {
    expect(patternProblem(pattern)).not.toBeNull()
    expect(misfit(pattern, 'a')).toContain('cannot be checked')
  })

  test('the more repeats, the shorter a value may be, and no value takes longer than moments', () => {
    const pieces = [
      'a',
      '.',
      '[ab]',
      '(ab)',
      'a?',
      'a*',
      '.*',
      '.+',
      'b{1,3}',
      '(a|b)',
      '(.*)',
      '|',
      '(a{2}){2}',
      '(ab?){3}',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), fc.nat(), (some, length) => {
        const pattern = some.join('')
        if (patternProblem(pattern) !== null) return
        const limit = /no longer than (\d+)/.exec(misfit(pattern, 'a'.repeat(10_001)) ?? '')?.[1]
        const value = `${'a'.repeat(Math.max(0, Math.min(Number(limit ?? 0), 2000) - 1 - (length % 3)))}!`
        const from = process.cpuUsage()
        misfit(pattern, value)
        expect(process.cpuUsage(from).user / 1000).toBeLessThan(5_000)
      }),
      { numRuns: 200, seed: 3 },
    )
  })
})
