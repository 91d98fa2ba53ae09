import { describe, expect, it } from 'vitest'
import { createChain } from '../../src/transcript/journal/chain.ts'
import { decodeLine, LINE_BYTES } from '../../src/transcript/journal/line.ts'
import { isOverfull } from '../../src/transcript/journal/line-weight.ts'
import * as run from './helpers/run.ts'

const STAMP = { atMs: 0, monoMs: 0, salt: 'A'.repeat(22) }

describe('a long first line', () => {
  it('is read with a runbook of nothing but brackets, quotes and backslashes, and with a plan of ten thousand steps', () => {
    const text = '{["\\[{'.repeat(300_000)
    const start = run.runStart()
    if (start.kind !== 'run.start') throw new TypeError('not a start')
    const id = (index: number) => String(index).padStart(5, 's')
    const steps = Array.from({ length: 10_000 }, (_, index) =>
      run.planned(id(index), 'gate', { title: '', position: '1', phase: null, approvers: [] }),
    )
    const chain = createChain()
    for (const event of [
      { ...start, runbook: { ...start.runbook, text } },
      { ...run.PLAN, steps },
    ]) {
      const { line, entry } = chain.append(event, STAMP)
      expect(line.length).toBeGreaterThan(LINE_BYTES)
      expect(decodeLine(line.slice(0, -1))).toMatchObject({ ok: true, line: { entry: { seq: entry.seq } } })
    }
  })

  it('is refused unparsed where it holds more parts than such a line can, and keeps its number', () => {
    const parts = '[],'.repeat(LINE_BYTES)
    for (const seq of [0, 1]) {
      const answer = decodeLine(`{"seq":${seq},"parents":[${parts}[]]}`)
      expect(answer).toEqual({ ok: false, why: 'no line of so many parts', seq })
    }
    expect(isOverfull(`["${parts}"]`)).toBe(false)
  })
})
