import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMasker } from '../../src/runner/scripts/masker.ts'
import { secretForms } from '../../src/runner/scripts/secret-forms.ts'

function maskerOf(...values: string[]) {
  const masker = createMasker()
  for (const value of values) masker.add(value)
  return masker
}

/** Masks bytes that come in pieces, cut at the places given. */
function inPieces(masker: ReturnType<typeof createMasker>, bytes: Buffer, cuts: readonly number[]) {
  const stream = masker.stream()
  const places = [...new Set([0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  const parts: Buffer[] = places
    .slice(1)
    .map((end, index) => Buffer.from(stream.push(bytes.subarray(places[index], end))))
  parts.push(stream.end())
  return { text: Buffer.concat(parts).toString('latin1'), masked: stream.masked }
}

const SECRET = 'p4ss/w+rd\'"x'

describe('a secret is found in every form', () => {
  const bytes = Buffer.from(SECRET)
  test.each([
    ['as it is', SECRET],
    ['in a URI', encodeURIComponent(SECRET)],
    ['in a URI, lower-case hex', encodeURIComponent(SECRET).replace(/%../g, hex => hex.toLowerCase())],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['in single quotes of a shell', SECRET.replaceAll("'", "'\\''")],
    ['in hex', bytes.toString('hex')],
    ['in upper-case hex', bytes.toString('hex').toUpperCase()],
  ])('%s', (_, form) => {
    expect(maskerOf(SECRET).mask(`a ${form} b`)).toBe('a *** b')
  })

  test.each([0, 1, 2])('in base64 and base64url, %i bytes into a group of three', shift => {
    for (const coding of ['base64', 'base64url'] as const) {
      const text = Buffer.concat([Buffer.from('abc'.slice(0, shift)), bytes, Buffer.from('tail')]).toString(coding)
      const masked = maskerOf(SECRET).mask(text)
      expect(masked).toContain('***')
      // At most two characters at each edge stay: they hold bits of what stands beside the secret.
      expect(masked.length).toBeLessThanOrEqual(text.length - Math.floor((bytes.length * 8) / 6) + 2 + 3)
    }
  })

  test('each line of a value of several lines', () => {
    const masker = maskerOf('first line\r\nsecond line\nok\n')
    expect(masker.mask('x first line y')).toBe('x *** y')
    expect(masker.mask('x second line y ok')).toBe('x *** y ok')
  })
})

test('a value under 6 characters is not masked, and says so', () => {
  const masker = createMasker()
  expect(masker.add('short')).toBe(false)
  expect(masker.add('longer')).toBe(true)
  expect(masker.mask('short longer')).toBe('short ***')
})

test('secrets that overlap leave no piece of either', () => {
  expect(maskerOf('abcdefgh', 'fghijklm').mask('1abcdefghijklm2')).toBe('1***2')
})

test('a secret inside a longer one, and beside itself', () => {
  const masker = maskerOf('secret', 'my-secret-key')
  expect(masker.mask('my-secret-key secretsecret my-secret-kex')).toBe('*** ****** my-***-kex')
})

test('matches are counted', () => {
  const stream = maskerOf('secret').stream()
  stream.push(Buffer.from('secret, secret'))
  stream.end()
  expect(stream.masked).toBe(2)
})

test('bytes that are not text pass as they are', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
  expect(inPieces(maskerOf(SECRET), bytes, [128]).text).toBe(bytes.toString('latin1'))
})

test('what cannot become a secret any more does not wait', () => {
  const stream = maskerOf('secret').stream()
  expect(stream.push(Buffer.from('abc sec')).toString()).toBe('abc ')
  expect(stream.push(Buffer.from('tion')).toString()).toBe('section')
})

test('output cut anywhere gives the same bytes and the same count', () => {
  const alphabet = fc.constantFrom('a', 'b', 'ab', 'secret', 'secre', 'abab', 'ababab', 'x', '\n', 'é')
  const words = fc.array(alphabet, { maxLength: 40 }).map(parts => parts.join(''))
  const value = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 6, maxLength: 12 }).map(parts => parts.join(''))
  fc.assert(
    fc.property(
      words,
      fc.array(value, { maxLength: 4 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      (text, values, cuts) => {
        const masker = maskerOf('secret', 'ababab', ...values)
        const bytes = Buffer.from(text)
        const whole = inPieces(masker, bytes, [])
        expect(inPieces(masker, bytes, cuts)).toEqual(whole)
        expect(
          inPieces(
            masker,
            bytes,
            Array.from(bytes, (_, index) => index),
          ),
        ).toEqual(whole)
      },
    ),
    { numRuns: 500 },
  )
})

test('no secret is left, whatever stands around it', () => {
  const text = fc
    .string({ minLength: 6, maxLength: 30 })
    .filter(value => !value.includes('*') && [...value.trim()].length >= 6)
  fc.assert(
    fc.property(text, fc.string(), fc.string(), (secret, before, after) => {
      expect(maskerOf(secret).mask(before + secret + after)).not.toContain(secret)
    }),
    { numRuns: 500 },
  )
})

/** What the masker does, said in the slowest and plainest way: every occurrence of every form, those that overlap as one. */
function maskedPlainly(bytes: Buffer, values: readonly string[]): { text: string; masked: number } {
  const found: [number, number][] = []
  for (const form of values.flatMap(secretForms))
    for (let at = bytes.indexOf(form); at !== -1; at = bytes.indexOf(form, at + 1)) found.push([at, at + form.length])
  found.sort(([a], [b]) => a - b)
  const merged: [number, number][] = []
  for (const [start, end] of found) {
    const last = merged.at(-1)
    if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  let text = ''
  let from = 0
  for (const [start, end] of merged) {
    text += `${bytes.toString('latin1', from, start)}***`
    from = end
  }
  return { text: text + bytes.toString('latin1', from), masked: merged.length }
}

test('however it leaps, it finds what a plain search finds, in any text cut anywhere', () => {
  const values = [
    'aabaab',
    'abaabaaa',
    'baabab/+baab',
    'hunter2-hunter2',
    'long secret, longer than most of them\naabbaa',
  ]
  const forms = values.flatMap(secretForms).map(form => form.toString('latin1'))
  // Pieces of secrets, and letters that begin many of them: where leaps go wrong if they do.
  const piece = fc.oneof(
    fc.constantFrom(...forms),
    fc.constantFrom(...forms).chain(form => fc.nat(form.length).map(length => form.slice(0, length))),
    fc.constantFrom('a', 'b', 'ab', 'x', '\n', 'some text between them '),
  )
  const texts = fc.array(piece, { maxLength: 30 }).map(pieces => Buffer.from(pieces.join(''), 'latin1'))
  fc.assert(
    fc.property(texts, fc.array(fc.nat(), { maxLength: 8 }), (bytes, cuts) => {
      expect(inPieces(maskerOf(...values), bytes, cuts)).toEqual(maskedPlainly(bytes, values))
    }),
    { numRuns: 500 },
  )
})
