import { expect, test } from 'vitest'
import type { Entry, EventOf } from '../../../src/model/index.ts'
import { EMPTY_STATE } from '../../../src/model/index.ts'
import { type Book, createBook } from '../../../src/tui/output/book.ts'
import type { RunRecord } from '../../../src/tui/output/record.ts'
import { NOT_KEPT_FROM_HERE } from '../../../src/tui/output/ring.ts'

const ABOUT = { step: 's1', attempt: 1 }
const SOURCE = { kind: 'output', ...ABOUT } as const
const SNAPSHOT = { state: EMPTY_STATE, need: { kind: 'finished', result: 'passed' } } as const
const PASSED_BY = '[this line has passed by; it is not kept]'

/** A script of which the record keeps the lines `kept 0` to `kept 99`, and then no more. */
class Flood {
  readonly entries: Entry[] = []
  readonly book: Book
  at = 0
  constructor(starts = true) {
    this.book = createBook({ title: 'Flood' }, this.#record())
    if (starts) this.#take({ kind: 'step.start', ...ABOUT } as EventOf<'step.start'>)
    this.record(100, 'kept')
  }
  /** Says so many lines, and they are recorded. */
  record(count: number, word: string): void {
    const text = Array.from({ length: count }, (_, line) => `${word} ${line}\n`).join('')
    this.#take({ kind: 'output', ...ABOUT, fd: 'out', at: this.at, text })
    this.at += Buffer.byteLength(text)
  }
  /** Says lines that nobody records. */
  pass(text: string): void {
    this.book.pass({ kind: 'output', ...ABOUT, fd: 'out', at: this.at, text })
    this.at += Buffer.byteLength(text)
  }
  passLines(from: number, to: number): void {
    this.pass(Array.from({ length: to - from }, (_, line) => `passing ${from + line}\n`).join(''))
  }
  /** Records its last bytes, as they are at the end. */
  recordTail(text: string): void {
    this.#take({ kind: 'output', ...ABOUT, fd: 'out', at: this.at - Buffer.byteLength(text), text })
  }
  shown(from: number, to: number): (string | null)[] {
    return this.book.view(SOURCE).lines(from, to)
  }
  #take(event: EventOf<'step.start'> | EventOf<'output'>): void {
    const entry = { seq: this.entries.length, atMs: 0, event }
    this.entries.push(entry)
    this.book.take(entry, SNAPSHOT)
  }
  #record(): RunRecord {
    const { entries } = this
    return {
      async *read(from, wanted) {
        for (let place = from; place < entries.length; place++) {
          const entry = entries[place] as Entry
          if ((entry.event.kind === 'output') === (wanted.kind === 'output')) yield { entry, place }
        }
        return entries.length
      },
    }
  }
}

test('what no record keeps is shown behind what it keeps, and a line before it says so', () => {
  const flood = new Flood()
  expect(flood.book.view(SOURCE).keptTo).toBeNull()
  flood.passLines(0, 3)
  const view = flood.book.view(SOURCE)
  expect(view.keptTo).toBe(100)
  expect(view.lines(99, 200)).toEqual(['kept 99', NOT_KEPT_FROM_HERE, 'passing 0', 'passing 1', 'passing 2'])
})

test('what was left out between two looks is a line that says how many bytes', () => {
  const flood = new Flood()
  flood.pass('passing 0\n')
  flood.at += 5000
  flood.pass('passing 9\n')
  expect(flood.shown(101, 104)).toEqual([
    'passing 0',
    '[5000 bytes are not kept here; the transcript counts and hashes them]',
    'passing 9',
  ])
})

test('the last bytes, recorded at the end, are not shown a second time', () => {
  const flood = new Flood()
  flood.pass('passing 0\npassing 1\npass')
  flood.at += Buffer.byteLength('ing 2\n')
  flood.recordTail('sing 1\npassing 2\n')
  expect(flood.shown(101, 200)).toEqual(['passing 0', 'passing 1', 'passing 2'])
})

test('whoever reads on one spot keeps it, however much passes by; what nobody held says that it has gone', async () => {
  const flood = new Flood()
  flood.passLines(0, 9000)
  await flood.book.load(SOURCE, 5101, 20)
  flood.passLines(9000, 29_000)
  await flood.book.load(SOURCE, 5101, 20)
  expect(flood.shown(5101, 5103)).toEqual(['passing 5000', 'passing 5001'])
  expect(await flood.book.lines(SOURCE, 5101, 5103)).toEqual(['passing 5000', 'passing 5001'])
  expect(flood.shown(3001, 3002)).toEqual([PASSED_BY])
  expect(await flood.book.lines(SOURCE, 3001, 3002)).toEqual([PASSED_BY])
  // What the record keeps is read from it.
  await flood.book.load(SOURCE, 0, 20)
  expect(flood.shown(7, 8)).toEqual(['kept 7'])
  expect(await flood.book.lines(SOURCE, 99, 102)).toEqual(['kept 99', PASSED_BY, PASSED_BY])
})

test('a search finds what is kept and what is still there, and no line that has gone', async () => {
  const flood = new Flood()
  flood.passLines(0, 3000)
  const text = (words: string) => ({ kind: 'text', text: words }) as const
  expect(await flood.book.find(SOURCE, text('kept 42'), 0, 1)).toMatchObject({ line: 42, count: 1 })
  expect(await flood.book.find(SOURCE, text('passing 1234'), 0, 1)).toMatchObject({ line: 101 + 1234, count: 1 })
  flood.passLines(3000, 20_000)
  expect(await flood.book.find(SOURCE, text('passing 1234'), 0, 1)).toMatchObject({ line: 101 + 12_340, count: 10 })
  flood.passLines(20_000, 40_000)
  expect(await flood.book.find(SOURCE, text('passing 1234'), 0, 1)).toBeNull()
  expect(await flood.book.find(SOURCE, text('kept 42'), 0, 1)).toMatchObject({ line: 42 })
})

test('a screen that comes later goes on behind what is recorded', async () => {
  const flood = new Flood(false)
  flood.passLines(0, 10)
  await expect.poll(() => flood.book.view(SOURCE).total).toBe(100)
  flood.passLines(10, 12)
  expect(flood.shown(100, 200)).toEqual([NOT_KEPT_FROM_HERE, 'passing 10', 'passing 11'])
  await flood.book.load(SOURCE, 0, 20)
  expect(flood.shown(0, 2)).toEqual(['kept 0', 'kept 1'])
})

test('it takes no place from a script that is started meanwhile', async () => {
  const flood = new Flood(false)
  flood.passLines(0, 10)
  const next = { step: 's2', attempt: 1 }
  const event = { kind: 'step.start', ...next } as EventOf<'step.start'>
  flood.book.take({ seq: 99, atMs: 0, event }, SNAPSHOT)
  // What is read for the first one comes a few turns later.
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
  flood.book.pass({ kind: 'output', ...next, fd: 'out', at: 0, text: 'second\n' })
  expect(flood.book.view({ kind: 'output', ...next }).lines(0, 9)).toEqual([NOT_KEPT_FROM_HERE, 'second'])
})

test('a place that nobody holds any more is no place to find words in', async () => {
  const flood = new Flood()
  flood.passLines(0, 30_000)
  await flood.book.load(SOURCE, 5000, 20)
  expect(flood.shown(5000, 5001)).toEqual([PASSED_BY])
  expect(await flood.book.find(SOURCE, { kind: 'text', text: 'passed by' }, 0, 1)).toBeNull()
})
