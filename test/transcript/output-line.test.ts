import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode } from '../../src/transcript/encoding/canonical.ts'
import { decodeCanonicalText } from '../../src/transcript/encoding/canonical-text.ts'
import { scanJournal } from '../../src/transcript/journal/journal-scan.ts'
import { decodeLine } from '../../src/transcript/journal/line.ts'
import { createOutputLineReader } from '../../src/transcript/journal/output-line.ts'
import * as run from './helpers/run.ts'

const SEED = 20261125
const reader = createOutputLineReader()

function lineOf(text: string, changes: Record<string, unknown> = {}): string {
  return encode({
    seq: 7,
    prev: 'a'.repeat(64),
    t: '2026-11-22T14:50:00.000Z',
    mono: 7000,
    kind: 'output',
    step: 'deploy',
    attempt: 1,
    fd: 'out',
    at: 12,
    text,
    ...changes,
    salt: 'A'.repeat(22),
  })
}

/** Holds both readers against each other; gives whether the fast one took the line. */
function compare(line: string): boolean {
  const raw = Buffer.from(line, 'latin1')
  const fast = reader.read(raw)
  if (fast === null) return false
  const slow = decodeLine(line)
  if (!slow.ok) throw new Error(`only the fast reader takes ${line}: ${slow.why}`)
  const { event } = slow.line.entry ?? {}
  if (event?.kind !== 'output' && event?.kind !== 'output.late') throw new Error(`no output: ${line}`)
  const { bytes, ...rest } = fast
  const { seq, prev, atMs, monoMs } = slow.line
  const { kind, step, attempt, fd, at, text, b64 } = event
  expect(rest).toEqual({ kind, seq, prev, atMs, monoMs, step, attempt, fd, at })
  expect(bytes.toString('hex')).toBe(
    (b64 === undefined ? Buffer.from(text ?? '') : Buffer.from(b64, 'base64')).toString('hex'),
  )
  return true
}

describe('a line of output that is read by bytes', () => {
  it('has the meaning that the strict reader gives it, for any text', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.integer({ min: 0, max: 0x10ffff }).map(point => {
        const safe = point >= 0xd800 && point <= 0xdfff ? point - 0x800 : point
        return String.fromCodePoint(safe)
      }),
      fc.constantFrom(
        '\n',
        '\t',
        '"',
        '\\',
        '\u007f',
        '\u009b31m',
        '\u001b[0m',
        '\u0000',
        '\ufeff',
        '\ud83d\ude80',
        'plain words',
      ),
    )
    const property = fc.property(fc.array(unit, { maxLength: 40 }), parts => {
      expect(compare(lineOf(parts.join('')))).toBe(true)
    })
    fc.assert(property, { numRuns: 3000, seed: SEED })
  })

  it('is never one that the strict reader refuses, whatever is changed in it', () => {
    const whole = lineOf('one\n"two"\\ caf\u00e9 \ud83d\ude80 \u0001\u007f\u009b')
    const piece = fc.oneof(
      fc.constantFrom(
        '\\',
        '"',
        '\\u',
        '\\u0041',
        '\\u000a',
        '\\u00E9',
        '\\ud83d',
        '\\udc00',
        '\\/',
        '\r',
        '\n',
        '\u00ff',
      ),
      fc.constantFrom(
        '-0',
        '1e3',
        '01',
        '9007199254740993',
        ' ',
        '\\u007e',
        '\\u0007',
        '\\u000b',
        '\u007f',
        ',"x":1',
        '{}',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 3 }),
    )
    expect(compare(lineOf('late', { kind: 'output.late', fd: 'err' }))).toBe(true)
    expect(compare(lineOf('late', { kind: 'output.late', fd: 'pty' }))).toBe(false)
    let taken = 0
    // Half of the changes fall into the text, which is what the two read differently.
    const from = whole.indexOf('"text"') + 8
    const place = fc.oneof(fc.nat(whole.length), fc.integer({ min: from, max: whole.length - 34 }))
    const change = fc.record({ at: place, drop: fc.nat(7), put: piece })
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), changes => {
      let line = whole
      for (const { at, drop, put } of changes) line = line.slice(0, at) + put + line.slice(at + drop)
      if (compare(line)) taken++
    })
    fc.assert(property, { numRuns: 20_000, seed: SEED })
    expect(taken).toBeGreaterThan(1000)
  })

  it('is every byte and every pair of escapes that the strict reader takes, and no other', () => {
    const into = Buffer.alloc(64)
    const read = (text: string) => decodeCanonicalText(Buffer.from(text, 'latin1'), 0, text.length, into)
    const isCanonical = (text: string) => {
      try {
        const value: unknown = JSON.parse(`"${text}"`)
        return typeof value === 'string' && encode(value) === `"${text}"` && value.isWellFormed()
      } catch {
        return false
      }
    }
    for (let byte = 0; byte < 256; byte++)
      for (const place of ['', 'a', 'abc', 'abcdefg'])
        for (const text of [`${place}${String.fromCharCode(byte)}`, `${place}\\${String.fromCharCode(byte)}xyz`])
          expect(read(text) !== null, JSON.stringify(text)).toBe(isCanonical(text))
    for (let unit = 0; unit <= 0xffff; unit += unit < 0x200 || unit > 0xd700 ? 1 : 61) {
      const lower = `\\u${unit.toString(16).padStart(4, '0')}`
      for (const text of [lower, lower.toUpperCase().replace('U', 'u'), `${lower}\\udc00`, `\\ud800${lower}`])
        expect(read(text) !== null, text).toBe(isCanonical(text))
    }
  })

  it('may be in base64, or come late', () => {
    const bytes = fc.uint8Array({ maxLength: 50 }).map(some => Buffer.from(some).toString('base64'))
    const property = fc.property(bytes, fc.boolean(), (b64, isLate) => {
      const line = lineOf('', { text: undefined, b64, kind: isLate ? 'output.late' : 'output' })
      expect(compare(line), line).toBe(true)
    })
    fc.assert(property, { numRuns: 2000, seed: SEED })
    expect(compare(lineOf('late words', { kind: 'output.late' }))).toBe(true)
  })

  it('is taken in base64 exactly where the strict reader takes it', () => {
    const piece = fc.constantFrom('A', 'Q', '/', '+', '-', '_', '=', '==', ' ', '\\', '"', 'AAAA', '//79', '\u00e9')
    let taken = 0
    let refused = 0
    const property = fc.property(fc.array(piece, { maxLength: 6 }), pieces => {
      const line = lineOf('', { text: undefined, b64: '' }).replace('"b64":""', `"b64":"${pieces.join('')}"`)
      if (compare(line)) taken++
      else {
        refused++
        expect(decodeLine(line).ok, line).toBe(false)
      }
    })
    fc.assert(property, { numRuns: 5000, seed: SEED })
    expect([taken > 300, refused > 300]).toEqual([true, true])
  })

  it('is left to the strict reader where its numbers, its time or its end are not plain', () => {
    const good = lineOf('x')
    expect(compare(good)).toBe(true)
    const others = [
      good.replace('"mono":7000', '"mono":9007199254740993'),
      good.replace('"attempt":1', '"attempt":0'),
      good.replace('14:50', '25:50'),
      good.replace('2026-11-22', '2026-02-30'),
      good.replace('AA"}', 'AB"}'),
      good.replace('"out"', '"pty2"'),
      `${good}x`,
      good.slice(0, -1),
      lineOf('x', { step: 'a"b' }),
    ]
    for (const line of others) expect(compare(line), line).toBe(false)
  })

  it('still gives its text and its entry to whoever asks for them', async () => {
    const whole = await run.wholeRun()
    const lines = whole.bytes().toString().trimEnd().split('\n')
    const seen: string[] = []
    let byBytes = 0
    await scanJournal([whole.bytes()], line => {
      seen.push(line.text)
      if (line.output !== undefined) byBytes++
      expect(line.entry).toEqual(whole.entries[line.seq])
    })
    expect(seen).toEqual(lines)
    expect(byBytes).toBe(1)
  })
})
