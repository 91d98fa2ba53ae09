import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Quoting, Slot } from '../../src/model/index.ts'
import { enterValues } from '../../src/runner/scripts/values.ts'

const NASTY = [
  'plain-1.2.3',
  'two words',
  '',
  '$(touch x)',
  '`touch x`',
  '${HOME}',
  '"; touch x; "',
  "'; touch x; '",
  "it's",
  '\\',
  'ends with \\',
  "\\'",
  '\\1 & \\2',
  '&',
  'a&&touch x',
  '> x',
  '<(touch x)',
  '~',
  '*',
  '# no comment',
  '!important!!',
  '-n',
  'FOO=bar',
  'line one\nline two',
  'ends with newline\n\n',
  'tab\tand\rreturn',
  'h\u00e9llo \u4e16\u754c \u{1f680}',
  '%s %d',
  '{a,b}',
  'a;b|c',
  '$$ $! $?',
  '\u2028',
]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-values-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** The slots of every `@x@` in a script, all of one quoting. */
function slotsOf(script: string, quoting: Quoting): Slot[] {
  return Array.from(script.matchAll(/@(\w+)@/g), match => ({
    parameter: match[1] ?? '',
    start: match.index,
    end: match.index + match[0].length,
    quoting,
  }))
}

function fill(script: string, quoting: Quoting, value: string) {
  return enterValues(script, slotsOf(script, quoting), new Map([['x', value]]))
}

function bash(script: string): string {
  return execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' })
}

/** What real bash prints between two marks, after checking that nothing but printing happened. */
function arrives(script: string, quoting: Quoting, value: string): string | null {
  const filled = fill(script, quoting, value)
  if (filled.missing.length > 0) return null
  const output = bash(filled.script)
  expect(readdirSync(folder)).toEqual([])
  return output
}

describe('a value arrives in bash exactly as it was given', () => {
  for (const value of NASTY) {
    const name = JSON.stringify(value)
    test(`bare: ${name}`, () => {
      expect(arrives('printf "%s|" @x@ after', 'bare', value)).toBe(`${value}|after|`)
    })
    test(`as a part of a bare word: ${name}`, () => {
      expect(arrives('printf "%s|" feature/@x@.git', 'bare', value)).toBe(`feature/${value}.git|`)
    })
    test(`in an assignment and in a substitution: ${name}`, () => {
      expect(arrives('V=@x@; W=$(printf "%s." @x@); printf "%s|%s" "$V" "$W"', 'bare', value)).toBe(
        `${value}|${value}.`,
      )
    })
    test(`inside double quotes: ${name}`, () => {
      expect(arrives('printf "%s|" "a @x@ b"', 'double', value)).toBe(`a ${value} b|`)
    })
    test(`inside single quotes: ${name}`, () => {
      expect(arrives(`printf "%s|" 'a @x@ b'`, 'single', value)).toBe(`a ${value} b|`)
    })
    test(`inside $'…': ${name}`, () => {
      expect(arrives(String.raw`printf "%s|" $'it\'s a\t@x@ b'`, 'single', value)).toBe(`it's a\t${value} b|`)
    })
    test(`in an unquoted heredoc: ${name}`, () => {
      expect(arrives('cat <<EOF\na @x@ b\nEOF', 'heredoc', value)).toBe(`a ${value} b\n`)
    })
    test(`in a quoted heredoc: ${name}`, () => {
      expect(arrives(`cat <<'EOF'\na @x@ b\nEOF`, 'heredoc', value)).toBe(`a ${value} b\n`)
    })
  }

  test('for any text, in every place', () => {
    const places: readonly [string, Quoting, (value: string) => string][] = [
      ['printf %s. @x@', 'bare', value => `${value}.`],
      ['printf %s. "@x@"', 'double', value => `${value}.`],
      [`printf %s. '@x@'`, 'single', value => `${value}.`],
      ['cat <<EOF\n.@x@.\nEOF', 'heredoc', value => `.${value}.\n`],
    ]
    const text = fc.string({ unit: fc.constantFrom(...'ab \n\t\\\'"$`!(){}&|;<>#*~-=', 'é', '🚀'), maxLength: 12 })
    fc.assert(
      fc.property(text, fc.constantFrom(...places), (value, [script, quoting, expected]) => {
        expect(arrives(script, quoting, value)).toBe(expected(value))
      }),
      { numRuns: 150 },
    )
  })
})

describe('what cannot arrive unaltered is missing, and nothing is entered', () => {
  test('a script with one missing value comes back without any value', () => {
    const script = 'deploy @a@ @b@ @c@'
    const filled = enterValues(script, slotsOf(script, 'bare'), new Map([['a', '1']]))
    expect(filled).toEqual({ script, missing: ['b', 'c'] })
  })

  test('a parameter that is missing in two places is named once', () => {
    const script = '@a@ @a@'
    expect(enterValues(script, slotsOf(script, 'bare'), new Map()).missing).toEqual(['a'])
  })

  test.each([
    ['a NUL', 'printf @x@', 'bare', 'a\0b'],
    ['a lone surrogate', 'printf @x@', 'bare', 'a\ud800b'],
    ['a value behind a dollar sign', 'printf "$@x@"', 'double', 'HOME'],
    ['a value behind a backslash', 'printf \\@x@', 'bare', 'two words'],
    ['a command in backticks', 'echo `printf @x@`', 'bare', '`touch x`'],
    ['a command in arithmetic', 'echo $((@x@))', 'bare', 'a[$(touch x)]'],
    ['a brace inside ${…}', 'echo "${V:-@x@}"', 'double', 'a}b'],
    ['the end of the heredoc', 'cat <<EOF\n@x@\nEOF', 'heredoc', 'one\nEOF\ntouch x'],
    ['the end of a quoted heredoc', `cat <<'EOF'\n@x@\nEOF`, 'heredoc', 'EOF'],
    ['the end of the heredoc, made of two halves', 'cat <<EOF\nE@x@\nEOF', 'heredoc', 'OF'],
    ['the end of a heredoc behind tabs', 'cat <<-EOF\n\t@x@\n\tEOF', 'heredoc', 'EOF'],
    ['tabs that <<- would take', 'cat <<-EOF\n\ta @x@\n\tEOF', 'heredoc', 'one\n\ttwo'],
    ['several lines where the heredoc cannot be told', 'cat <<"E O"F\n@x@\nE OF', 'heredoc', 'a\nb'],
  ] as const)('%s', (_, script, quoting, value) => {
    expect(fill(script, quoting, value)).toEqual({ script, missing: ['x'] })
  })

  test('a slot that belongs to another text is our mistake', () => {
    const slot = { parameter: 'x', start: 3, end: 9, quoting: 'bare' } as const
    expect(() => enterValues('abc', [slot], new Map([['x', '1']]))).toThrow(RangeError)
  })
})

describe('the text stays readable', () => {
  test('a plain word enters without quotes, anything else with them', () => {
    expect(fill('kubectl get pods -n @x@', 'bare', 'acme-prod').script).toBe('kubectl get pods -n acme-prod')
    expect(fill('kubectl get pods -n @x@', 'bare', 'acme prod').script).toBe("kubectl get pods -n 'acme prod'")
  })

  test('a number before a redirection does not become a file descriptor', () => {
    expect(fill('echo @x@>/dev/null', 'bare', '2').script).toBe("echo '2'>/dev/null")
  })

  test('a replacement pattern in a value is text', () => {
    expect(fill('echo @x@', 'single', '$& $1').script).toBe('echo $& $1')
  })

  test('values of several quotings enter one script, in any order of the slots', () => {
    const script = `A=<a> "<b>" '<c>'`
    const slots: Slot[] = [
      { parameter: 'c', start: 13, end: 16, quoting: 'single' },
      { parameter: 'a', start: 2, end: 5, quoting: 'bare' },
      { parameter: 'b', start: 7, end: 10, quoting: 'double' },
    ]
    const values = new Map([
      ['a', 'x y'],
      ['b', '$b'],
      ['c', "c'"],
    ])
    expect(enterValues(script, slots, values).script).toBe(`A='x y' "\\$b" 'c'\\'''`)
  })
})
