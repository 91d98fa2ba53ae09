import { describe, expect, test } from 'vitest'
import { type EventOf, expectationProblem, type Step } from '../../src/model/index.ts'
import { matchesInTime } from '../../src/runner/local/index.ts'
import { advisoryDiff, checksOf, matchesWithoutLimit, type ShownOutput } from '../../src/runner/scripts/expectation.ts'
import { CHECKED_CHARS, openSeenOutput } from '../../src/runner/scripts/seen-output.ts'

type Kind = NonNullable<Step['expect']>['kind']

function check(kind: Kind, text: string, output: string, more: Partial<ShownOutput> = {}) {
  const shown = { text: output, out: output, unseen: null, contains: null, ...more }
  return checksOf({ expect: { kind, text } }, shown, matchesInTime)
}
const met = (kind: Kind, text: string, output: string): boolean => check(kind, text, output).every(({ ok }) => ok)

describe('what is alike and is not the same', () => {
  const PAIRS = [
    ['healthy', 'unhealthy'],
    ['5/5 ready', '0/5 ready'],
    ['0 failed', '12 failed'],
  ] as const

  test.each(PAIRS)('"%s" is never met by "%s", by any way to compare that decides', (want, got) => {
    expect(met('exact', `${want}\n`, `${got}\n`)).toBe(false)
    expect(met('regex', `^${want}$`, `${got}\n`)).toBe(false)
    expect(met('json', JSON.stringify({ state: want }), JSON.stringify({ state: got }))).toBe(false)
    expect(met('json', `$.state = "${want}"`, JSON.stringify({ state: got }))).toBe(false)
  })

  test.each(PAIRS)('and similar decides nothing between "%s" and "%s", in either direction', (want, got) => {
    expect(check('similar', want, got)).toEqual([])
    expect(check('similar', want, want)).toEqual([])
    expect(check('shown', want, got)).toEqual([])
  })
})

test.each<[Kind, string, string, boolean]>([
  ['exact', 'a\nb\n', 'a\nb', true],
  ['exact', 'a\nb', 'a\nb\n\n', false],
  ['exact', 'a', ' a', false],
  ['contains', 'b\nc', 'a\nb\nc\n', true],
  ['contains', 'b.c', 'bxc', false],
  ['regex', '^ready: \\d+$', 'x\nready: 5\ny', true],
  ['regex', '(', '(', false],
  ['json', '{"a":{"b":1}}', '{"a":{"b":1,"c":2}}', true],
  ['json', '{"a":[1]}', '{"a":[1,2]}', false],
  ['json', '{}', 'no json', false],
])('%s of %j against %j: %s', (kind, want, output, ok) => {
  expect(met(kind, want, output)).toBe(ok)
})

describe('conditions on JSON', () => {
  const OUTPUT = JSON.stringify({
    status: 'ok',
    replicas: 3,
    items: [{ name: 'a' }, { name: 'b' }],
    'odd name': { ratio: '0.5' },
    none: null,
  })

  test.each([
    ['$.status = "ok"', true],
    ['$.status == "OK"', false],
    ['$.replicas >= 3', true],
    ['$.replicas > 3', false],
    ['$.replicas < 3.5', true],
    ['$.items[0].name != "b"', true],
    ['$.items[-1].name = "b"', true],
    ['$.items[2]', false],
    ['$.none', true],
    ['$.none = null', true],
    ['$["odd name"].ratio = "0.5"', true],
    ["$['odd name'].ratio < 1", false],
    ['$.items = [{"name":"a"},{"name":"b"}]', true],
    ['$.toString', false],
    ['$.missing <= 5', false],
    ['$.status = "ok"\n\n$.replicas <= 2', false],
    ['$.items[*].name = "a"', false],
  ])('%j: %s', (line, ok) => expect(met('json', line, OUTPUT)).toBe(ok))

  test('a number alone is JSON too: the threshold of a count', () => {
    expect(met('json', '$ < 500', '412\n')).toBe(true)
    expect(met('json', '$ < 500', '500\n')).toBe(false)
    expect(met('json', '$ < 500', '4 12\n')).toBe(false)
  })

  test('each line is a check of its own, that records what was wanted and what was there', () => {
    expect(check('json', '$.replicas >= 5\n$.gone = 1', OUTPUT)).toEqual([
      { name: '$.replicas', op: '>=', want: '5', got: '3', unit: null, ok: false },
      { name: '$.gone', op: '=', want: '1', got: null, unit: null, ok: false },
    ])
  })

  test('JSON is read from standard output, whatever is said beside it', () => {
    const [one] = check('json', '$.a = 1', 'warning: slow\n{"a":1}', { out: '{"a":1}' })
    expect(one?.ok).toBe(true)
  })
})

test('a pattern that takes for ever ends within two seconds, and fails', () => {
  const began = performance.now()
  const [one] = check('regex', '^(a+)+$', `${'a'.repeat(60)}b`)
  expect(one).toMatchObject({ ok: false, got: 'not compared, because the pattern takes too long on this output' })
  // Without a limit it takes years.
  expect(performance.now() - began).toBeLessThan(20_000)
  expect(matchesInTime('^b+$', 'a\nbbb\n')).toBe(matchesWithoutLimit('^b+$', 'a\nbbb\n'))
})

describe('an expectation that cannot be read is told', () => {
  test.each<[Kind, string]>([
    ['regex', '(unclosed'],
    ['json', '{"a":'],
    ['json', '$.a[*] = 1'],
    ['json', '$.a = nothing'],
    ['json', '$.a < "5"'],
    ['json', '$.a = 1\nand more'],
    ['contains', '\n'],
  ])('%s of %j', (kind, text) => expect(expectationProblem({ kind, text })).not.toBeNull())

  test.each<[Kind, string]>([
    ['regex', '^a$'],
    ['json', '{"a":1}'],
    ['json', '$.a[0]["b c"] >= -1.5'],
    ['similar', '('],
    ['exact', ''],
  ])('and %s of %j is fine', (kind, text) => expect(expectationProblem({ kind, text })).toBeNull())
})

describe('of an output that is longer than is kept', () => {
  const KINDS: readonly Kind[] = ['exact', 'regex', 'json']
  const event = (text: string, fd: 'out' | 'err' = 'out') =>
    ({ kind: 'output', step: 'a', attempt: 1, fd, at: 0, text }) as const
  const line = `${'x'.repeat(1023)}\n`

  function flooded(kind: Kind, text: string, last: string): ReturnType<typeof check> {
    const step = { expect: { kind, text } }
    const seen = openSeenOutput(step)
    for (let chars = 0; chars <= CHECKED_CHARS; chars += line.length * 64) seen.take(event(line.repeat(64)))
    for (const piece of last) seen.take(event(piece))
    return checksOf(step, seen.shown(null), matchesInTime)
  }

  test('what is contained is found at its end, however it is cut', () => {
    expect(flooded('contains', 'all done', 'all done\n')[0]).toMatchObject({ ok: true })
    expect(flooded('contains', 'all done', 'all don\n')[0]).toMatchObject({ ok: false })
  })

  test.each(KINDS)('%s neither passes nor fails in silence: it fails, and says why', kind => {
    const [one] = flooded(kind, kind === 'regex' ? '^x+$' : '1', 'ERROR\n')
    expect(one).toMatchObject({ ok: false, got: `not compared, because it is longer than ${CHECKED_CHARS} characters` })
  })

  test('nor is what was not recorded, or is no text, taken for seen', () => {
    const step = { expect: { kind: 'exact', text: 'a' } } as const
    const stream = { fd: 'out', bytes: 5, sha256: '', kept: 1, masked: 0, lost: 2 } as const
    const seen = openSeenOutput(step)
    seen.take(event('a'))
    const end = {
      kind: 'output.end' as const,
      step: 'a',
      attempt: 1,
      streams: [stream],
    } satisfies EventOf<'output.end'>
    expect(checksOf(step, seen.shown(null), matchesInTime)[0]).toMatchObject({ ok: true })
    expect(checksOf(step, seen.shown(end), matchesInTime)[0]).toMatchObject({
      ok: false,
      got: 'not compared, because 6 bytes of it were not kept',
    })
    seen.take({ kind: 'output', step: 'a', attempt: 1, fd: 'out', at: 1, b64: '/w==' })
    expect(checksOf(step, seen.shown(null), matchesInTime)[0]?.got).toContain('bytes that are not text')
  })
})

test('a sample is held against output made of blanks in no more time than its length takes', () => {
  const about = (text: string) => ({ text, out: text, unseen: null, contains: null })
  const step = { expect: { kind: 'similar', text: '\nok  \n\n' } } as const
  expect(advisoryDiff(step, about('ok\r\n'))).toBeNull()
  const began = performance.now()
  expect(advisoryDiff(step, about(`ok${' '.repeat(500_000)}!\n`))?.startsWith('-ok\n+ok ')).toBe(true)
  expect(advisoryDiff(step, about(`${'\n'.repeat(500_000)}ok`))).toBeNull()
  expect(performance.now() - began).toBeLessThan(5_000)
})
