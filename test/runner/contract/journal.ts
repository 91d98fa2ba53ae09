import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../../src/model/index.ts'
import type { Journal } from '../../../src/runner/ports.ts'

/** What a driver hands to the contract. */
export interface JournalUnderTest {
  readonly journal: Journal
  /** The lines that another process would find now, without their line ends. */
  lines(): Promise<readonly string[]> | readonly string[]
  /** From now on nothing can be written: the disk is full, or another writer was there. Null where a driver cannot be brought to fail. */
  readonly fail: (() => void) | null
  end(): void | Promise<void>
}

/** What every journal promises: one writer, each line whole and in order, and no line after one that failed. */
export function journalContract(name: string, open: () => Promise<JournalUnderTest>): void {
  describe(`${name} keeps the contract of a journal`, () => {
    let under: JournalUnderTest
    beforeEach(async () => {
      under = await open()
    })
    afterEach(() => under.end())

    const note = (text: string): RunEvent => ({ kind: 'note', step: null, text, by: 'kim@example.com' })
    const found = async (): Promise<Record<string, unknown>[]> => (await under.lines()).map(line => JSON.parse(line))

    test('what append has returned for is there for another process, numbered and linked', async () => {
      for (const text of ['one', 'two', 'three']) {
        const entry = await under.journal.append(note(text))
        expect(entry.event).toMatchObject({ kind: 'note', text })
        expect((await found()).at(-1)).toMatchObject({ kind: 'note', text, seq: entry.seq })
      }
      const lines = await found()
      expect(lines.map(({ seq }) => seq)).toEqual([0, 1, 2])
      expect(lines[0]?.prev).toBe('0'.repeat(64))
      expect(new Set(lines.map(({ prev }) => prev)).size).toBe(3)
    })

    test('appends that are made at once stand in the order in which they were made', async () => {
      const texts = Array.from({ length: 50 }, (_, index) => `note ${index}`)
      const entries = await Promise.all(texts.map(text => under.journal.append(note(text))))
      expect(entries.map(({ seq }) => seq)).toEqual(texts.map((_, index) => index))
      expect((await found()).map(({ text }) => text)).toEqual(texts)
    })

    test('a barrier resolves with and without lines before it', async () => {
      await under.journal.barrier()
      await under.journal.append(note('x'))
      await Promise.all([under.journal.barrier(), under.journal.barrier()])
      expect(await found()).toHaveLength(1)
    })

    test('an event that is none is refused, and costs no number', async () => {
      await expect(under.journal.append({ kind: 'note' } as unknown as RunEvent)).rejects.toThrow()
      expect((await under.journal.append(note('next'))).seq).toBe(0)
    })

    test('a failed write is final: nothing is appended after it', async context => {
      if (under.fail === null) return context.skip()
      await under.journal.append(note('kept'))
      under.fail()
      const final = { code: expect.stringMatching(/^(?:JOURNAL_UNWRITABLE|LOCKED)$/) }
      await expect(under.journal.append(note('lost'))).rejects.toMatchObject(final)
      await expect(under.journal.append(note('after'))).rejects.toMatchObject(final)
      await expect(under.journal.barrier()).rejects.toMatchObject(final)
      expect((await found()).map(({ text }) => text)).toEqual(['kept'])
    })
  })
}
