import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMasker, type Masker } from '../../src/runner/scripts/masker.ts'

/** What programs of others make of a value: bash, coreutils and the standard library write it, not our own code. */
const SHELL = String.raw`
s() { printf '%s\0' "$1"; }
s "$(printf %q "$V")"; s "${'${V@Q}'}"; s "$(declare -p V)"; s "$( (set -x; : "$V") 2>&1 )"
s "$(LC_ALL=C printf %q "$V")"
s "$(printf %s "$V" | od -An -v -tx1 | tr -d ' \n')"
for before in '' a ab; do
  s "$(printf %s "$before$V" | basenc --base64 -w0)"; s "$(printf %s "$before$V" | basenc --base64url -w0)"
done
`
const NAMES = [
  '%q',
  '@Q',
  'declare -p',
  'set -x',
  '%q in the C locale',
  'hex',
  'b64+0',
  'b64url+0',
  'b64+1',
  'b64url+1',
]
const BASE64_FROM = NAMES.indexOf('b64+0')

interface Coding {
  readonly name: string
  readonly text: string
  /** Characters of it that may be left: those of base64 that hold bits of what stands beside the value. */
  readonly edges: number
}

function codingsOf(value: string): Coding[] {
  const output = execFileSync('bash', ['--norc', '--noprofile', '-c', SHELL], {
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', V: value },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const shell = output.toString('utf8').split('\0').slice(0, -1)
  const line = (name: string, text: string, edges = 0): Coding => ({ name, text, edges })
  return [
    line('as it is', value),
    line('JSON', JSON.stringify(value)),
    line('URI', encodeURIComponent(value)),
    line('form', new URLSearchParams({ v: value }).toString()),
    line('HEX', Buffer.from(value).toString('hex').toUpperCase()),
    ...shell.map((text, index) => line(NAMES[index] ?? `b64 ${index}`, text, index >= BASE64_FROM ? 4 : 0)),
  ]
}

/** The longest stretch of a coded value that masked text still holds: quotes, prompts and padding around it do not count. */
function longestLeft(coding: Coding, bare: string, masked: string): number {
  let longest = 0
  for (let from = 0; from < bare.length; from++)
    while (from + longest < bare.length && masked.includes(bare.slice(from, from + longest + 1))) longest++
  return Math.max(0, longest - coding.edges)
}

function maskerOf(...values: string[]): Masker {
  const masker = createMasker()
  for (const value of values) masker.add(value)
  return masker
}

function masked(masker: Masker, bytes: Buffer, cut: number | null): { text: string; count: number } {
  const stream = masker.stream()
  const pieces = cut === null ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut)]
  const text = Buffer.concat([...pieces.map(piece => Buffer.from(stream.push(piece))), stream.end()])
  return { text: text.toString('latin1'), count: stream.masked }
}

/** Surroundings of characters that no coded value below holds, so that what is left of it cannot be taken for them. */
const BEFORE = '~~~ '
const AFTER = ' ~~~'

function holdsAtEverySplit(value: string): void {
  const masker = maskerOf(value)
  for (const coding of codingsOf(value)) {
    const bytes = Buffer.from(BEFORE + coding.text + AFTER)
    const whole = masked(masker, bytes, null)
    expect(whole.count, `${coding.name}: ${coding.text}`).toBeGreaterThan(0)
    const bare = coding.text.replace(/^(?:declare -x V=|\++ : |v=)/, '').replace(/^\$?["']|["']$|=+$/g, '')
    expect(longestLeft(coding, Buffer.from(bare).toString('latin1'), whole.text), coding.name).toBeLessThan(5)
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(masked(masker, bytes, cut), `${coding.name} cut at ${cut}`).toEqual(whole)
  }
}

describe('a secret is masked in every coding, cut at every place', () => {
  test.each([
    ['a token', 'ghp_16C7e42F292c6912E7'],
    ['a password with everything that quotes and URIs escape', `p4ss/w+rd'"x $HOME \`id\` \\ %41&=?#!`],
    ['words of other languages', 'pässwörd-ключ-密码'],
    ['control characters', 'a\x1b[31mred\x07\x7f-bell'],
    ['a key of several lines', '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----'],
    ['one that repeats itself', 'abababababab'],
    ['tabs and a carriage return', 'first\tsecond\rthird'],
  ])('%s', (_, value) => holdsAtEverySplit(value))

  test('any value', { timeout: 60_000 }, () => {
    const characters = fc.constantFrom(
      ...('abXY019_-./:+=@%"\'$`\\!*?&<>|;#{}[]() \t\n\x1b\x01éж密😀'.match(/./gsu) ?? []),
    )
    const value = fc
      .array(characters, { minLength: 6, maxLength: 24 })
      .map(parts => parts.join(''))
      .filter(text => text.trim() === text && [...text].length >= 6)
    fc.assert(fc.property(value, holdsAtEverySplit), { numRuns: 40 })
  })
})

test('two secrets that share their ends are masked as one, at every split', () => {
  const masker = maskerOf('alpha-beta', 'beta-gamma')
  const bytes = Buffer.from('x alpha-beta-gamma y')
  for (let cut = 0; cut <= bytes.length; cut++)
    expect(masked(masker, bytes, cut)).toEqual({ text: 'x *** y', count: 1 })
})
