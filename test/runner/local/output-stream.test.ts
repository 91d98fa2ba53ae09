import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OutputEvent, openOutputStream } from '../../../src/runner/local/output/output-stream.ts'
import { createMasker } from '../../../src/runner/scripts/masker.ts'

interface Setting {
  readonly keepBytes?: number
  readonly recorded?: number
  readonly secret?: string
}

/** Sends bytes in pieces, cut at the places given, flushing after each second piece. */
function send(bytes: Buffer, cuts: readonly number[], { keepBytes = 1e9, recorded = 0, secret }: Setting = {}) {
  const masker = createMasker()
  if (secret !== undefined) masker.add(secret)
  const stream = openOutputStream({ step: 's', attempt: 1, fd: 'out', masker: masker.stream(), keepBytes, recorded })
  const places = [...new Set([0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  const events: OutputEvent[] = []
  for (const [index, end] of places.slice(1).entries()) {
    events.push(...stream.push(Buffer.from(bytes.subarray(places[index], end))))
    if (index % 2 === 1) events.push(...stream.flush())
  }
  const last = stream.end(0)
  return { events: [...events, ...last.events], end: last.end }
}

const bytesOf = (event: OutputEvent): Buffer =>
  event.text === undefined ? Buffer.from(event.b64 ?? '', 'base64') : Buffer.from(event.text)

/** What the events hold, placed at their offsets; a gap stays zero. */
function placed(events: readonly OutputEvent[], size: number): Buffer {
  const all = Buffer.alloc(size)
  let at = 0
  for (const event of events) {
    expect(event.at).toBeGreaterThanOrEqual(at)
    const bytes = bytesOf(event)
    bytes.copy(all, event.at)
    at = event.at + bytes.length
  }
  return all
}

const words = fc
  .array(fc.constantFrom('a', 'é', '€', '🚀', '\n', '\ufeff', 'secret-word', '\0'), { maxLength: 60 })
  .map(parts => Buffer.from(parts.join('')))
const cuts = fc.array(fc.nat(), { maxLength: 12 })

describe('a stream cut anywhere', () => {
  test('keeps every byte, and text stays text: no chunk divides a character', () => {
    fc.assert(
      fc.property(words, cuts, (bytes, places) => {
        const { events, end } = send(bytes, places)
        expect(Buffer.concat(events.map(bytesOf))).toEqual(bytes)
        expect(events.filter(event => event.b64 !== undefined)).toEqual([])
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        expect(end).toEqual({ fd: 'out', bytes: bytes.length, sha256, kept: bytes.length, masked: 0, lost: 0 })
      }),
    )
  })

  test('keeps every byte that is not text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (bytes, places) => {
        expect(Buffer.concat(send(Buffer.from(bytes), places).events.map(bytesOf))).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test('keeps its start within the budget, its end, and the same digest of all of it', () => {
    fc.assert(
      fc.property(words, cuts, fc.nat(40), (start, places, keepBytes) => {
        const bytes = Buffer.concat([start, Buffer.alloc(70_000, 'é'), start])
        const { events, end } = send(bytes, places, { keepBytes })
        const held = placed(events, bytes.length)
        const headEnd = events.reduce((end, event) => (event.at === end ? end + bytesOf(event).length : end), 0)
        expect(headEnd).toBeLessThanOrEqual(keepBytes)
        expect(keepBytes - headEnd).toBeLessThan(4)
        expect(held.subarray(-65_530)).toEqual(bytes.subarray(-65_530))
        expect(events.filter(event => event.b64 !== undefined)).toEqual([])
        expect(end.bytes).toBe(bytes.length)
        expect(end.kept).toBe(events.reduce((sum, event) => sum + bytesOf(event).length, 0))
        expect(end.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
      }),
    )
  })

  test('goes on at a recorded offset with no gap and no duplicate', () => {
    fc.assert(
      fc.property(words, cuts, cuts, fc.nat(), (bytes, first, second, stop) => {
        const secret = 'secret-word'
        const before = send(bytes, first, { secret }).events
        const seen = before.slice(0, stop % (before.length + 1))
        const recorded = seen.reduce((sum, event) => sum + bytesOf(event).length, 0)
        const after = send(bytes, second, { secret, recorded }).events
        expect(Buffer.concat([...seen, ...after].map(bytesOf))).toEqual(Buffer.concat(before.map(bytesOf)))
        expect(after[0]?.at ?? recorded).toBe(recorded)
      }),
    )
  })
})

describe('what is beyond the budget', () => {
  /** A stream that keeps so much, and what passes of each piece that is pushed. */
  function passed(pieces: readonly Buffer[], keepBytes: number) {
    const masker = createMasker()
    masker.add('secret-word')
    const stream = openOutputStream({
      step: 's',
      attempt: 1,
      fd: 'out',
      masker: masker.stream(),
      keepBytes,
      recorded: 0,
    })
    const events: OutputEvent[] = []
    const passing: OutputEvent[] = []
    for (const piece of pieces) {
      events.push(...stream.push(Buffer.from(piece)))
      const event = stream.passing()
      if (event !== null) passing.push(event)
    }
    const last = stream.end(0)
    return { events: [...events, ...last.events], passing, end: last.end }
  }

  test('passes masked and in order, goes on where what is kept ends, and divides no character', () => {
    const all = Buffer.from('kept é€🚀 secret-word '.repeat(200))
    const masked = Buffer.from('kept é€🚀 *** '.repeat(200))
    fc.assert(
      fc.property(cuts, fc.nat(400), (places, keepBytes) => {
        const at = [...new Set([0, ...places.map(cut => cut % all.length), all.length])].sort((a, b) => a - b)
        const pieces = at.slice(1).map((end, index) => all.subarray(at[index], end))
        const { events, passing } = passed(pieces, keepBytes)
        const kept = events.filter(event => event.at < (passing[0]?.at ?? 0))
        expect(passing.filter(event => event.b64 !== undefined)).toEqual([])
        const shown = Buffer.concat([...kept, ...passing].map(bytesOf))
        expect(shown).toEqual(masked.subarray(0, shown.length))
        // The rest may yet become a secret.
        expect(masked.length - shown.length).toBeLessThan('secret-word'.length)
        let next = passing[0]?.at ?? 0
        for (const event of passing) {
          expect(event.at).toBe(next)
          next = event.at + bytesOf(event).length
        }
      }),
    )
  })

  test('passes its newest 64 KiB where there is more of it, and the record is the same as if nobody had looked', () => {
    const pieces = Array.from({ length: 5 }, (_, piece) => Buffer.alloc(200_000, String(piece)))
    const { events, passing, end } = passed(pieces, 1000)
    expect(passing.map(event => [event.at, bytesOf(event).length])).toEqual(
      [1, 2, 3, 4, 5].map(count => [count * 200_000 - 65_536, 65_536]),
    )
    const unseen = send(Buffer.concat(pieces), [], { keepBytes: 1000 })
    expect(events).toEqual(unseen.events)
    expect(end).toEqual(unseen.end)
  })

  test('passes nothing while all is kept', () => {
    expect(passed([Buffer.from('one\n'), Buffer.from('two\n')], 1000).passing).toEqual([])
  })
})
