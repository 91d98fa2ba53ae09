import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry, EventOf } from '../../../src/model/index.ts'
import { createAttemptLog } from '../../../src/tui/output/attempt-log.ts'
import type { RunRecord } from '../../../src/tui/output/record.ts'
import { createOutputRing } from '../../../src/tui/output/ring.ts'

const ABOUT = { step: 's1', attempt: 1 }

/** A record in memory: each entry is one place further. */
function recordOf(entries: readonly Entry[]): RunRecord & { taken: number } {
  return {
    taken: 0,
    async *read(from, wanted) {
      let place = from
      for (; place < entries.length; place++) {
        const entry = entries[place]
        if (entry === undefined) break
        const { event } = entry
        const isOutput = event.kind === 'output' || event.kind === 'output.late'
        if (wanted.kind === 'events' ? isOutput : !isOutput) continue
        this.taken++
        yield { entry, place }
      }
      return place
    },
  }
}

function outputs(pieces: readonly string[]): Entry[] {
  let at = 0
  return pieces.map((text, seq) => {
    const event: EventOf<'output'> = { kind: 'output', ...ABOUT, fd: 'out', at, text }
    at += Buffer.byteLength(text)
    return { seq, atMs: 0, event }
  })
}

async function linesOf(log: ReturnType<typeof createAttemptLog>, from: number, to: number): Promise<string[]> {
  const lines: string[] = []
  if (to > from) await log.each(from, line => lines.push(line) < to - from)
  return lines
}

test('output cut anywhere gives the same lines, from the record and in the ring, wherever reading begins', async () => {
  const text = fc.array(
    fc.string({ maxLength: 12 }).map(line => line.replaceAll('\n', '')),
    { maxLength: 40 },
  )
  await fc.assert(
    fc.asyncProperty(text, fc.infiniteStream(fc.nat({ max: 9 })), fc.nat(), async (lines, cuts, start) => {
      const whole = lines.map(line => `${line}\n`).join('')
      const pieces: string[] = []
      for (let rest = [...whole]; rest.length > 0; ) pieces.push(rest.splice(0, cuts.next().value + 1).join(''))
      const entries = outputs(pieces)
      const ring = createOutputRing()
      ring.start(ABOUT.step, ABOUT.attempt)
      for (const { event } of entries) ring.push(event as EventOf<'output'>)
      const log = createAttemptLog(recordOf(entries), ABOUT)
      await log.refresh()
      const from = lines.length === 0 ? 0 : start % lines.length
      expect(ring.lines(0, ring.total)).toEqual(lines)
      expect(log.total).toBe(lines.length)
      expect(await linesOf(log, from, lines.length)).toEqual(lines.slice(from))
    }),
  )
})

test('a line far inside is read without everything before it', async () => {
  const record = recordOf(outputs(Array.from({ length: 50_000 }, (_, line) => `line ${line}\n`)))
  const log = createAttemptLog(record, ABOUT)
  await log.refresh()
  record.taken = 0
  expect(await linesOf(log, 43_210, 43_213)).toEqual(['line 43210', 'line 43211', 'line 43212'])
  expect(record.taken).toBeLessThan(1100)
})

test('what is recorded later is counted and found behind what there was', async () => {
  const entries = outputs(['one\ntw'])
  const log = createAttemptLog(recordOf(entries), ABOUT)
  await log.refresh()
  expect(log.total).toBe(2)
  entries.push({ seq: 1, atMs: 0, event: { kind: 'output', ...ABOUT, fd: 'out', at: 6, text: 'o\nthree\n' } })
  await log.refresh()
  expect(await linesOf(log, 1, log.total)).toEqual(['two', 'three'])
})

test('bytes that the journal did not keep leave a line that says how many', async () => {
  const entries = outputs(['begin\n'])
  entries.push({ seq: 1, atMs: 0, event: { kind: 'output', ...ABOUT, fd: 'out', at: 1006, text: 'end\n' } })
  const log = createAttemptLog(recordOf(entries), ABOUT)
  await log.refresh()
  expect(await linesOf(log, 0, 9)).toEqual([
    'begin',
    '[1000 bytes are not kept here; the transcript counts and hashes them]',
    'end',
  ])
})

test('late output stands behind its own, each line marked', async () => {
  const entries = outputs(['done\n'])
  entries.push({ seq: 1, atMs: 0, event: { kind: 'output.late', ...ABOUT, fd: 'out', at: 5, text: 'still here\n' } })
  const log = createAttemptLog(recordOf(entries), ABOUT)
  await log.refresh()
  expect(await linesOf(log, 0, 9)).toEqual(['done', 'late | still here'])
})
