import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { EventOf } from '../../src/model/index.ts'
import { createOutputCheck } from '../../src/transcript/verify/verify-output.ts'

const place = { step: 's', attempt: 1 }
const late = (at: number, text: string): EventOf<'output.late'> => ({
  kind: 'output.late',
  ...place,
  fd: 'out',
  at,
  text,
})
const own = (at: number, text: string): EventOf<'output'> => ({ kind: 'output', ...place, fd: 'out', at, text })
const streamOf = (text: string, change: object = {}) => ({
  fd: 'out' as const,
  bytes: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
  kept: text.length,
  masked: 0,
  lost: 0,
  ...change,
})

function exitsOf(...events: Parameters<ReturnType<typeof createOutputCheck>['add']>[0][]): number[] {
  const check = createOutputCheck()
  for (const [index, event] of events.entries()) check.add(event, index + 1)
  return check.findings.map(({ exit }) => exit)
}

describe('late output', () => {
  const ended = [own(0, 'own'), { kind: 'output.end' as const, ...place, streams: [streamOf('own')] }]
  const end = (text: string, change: object = {}): EventOf<'output.late.end'> => ({
    kind: 'output.late.end',
    ...place,
    why: 'closed',
    streams: [streamOf(text, change)],
  })

  test('is held against its own end, apart from the output before it', () => {
    expect(exitsOf(...ended, late(3, 'la'), late(5, 'te'), end('late'))).toEqual([])
  })

  test('that was edited, cut or doubled is found', () => {
    expect(exitsOf(...ended, late(3, 'fake'), end('late'))).toEqual([4])
    expect(exitsOf(...ended, late(3, 'la'), end('late'))).toEqual([4])
    expect(exitsOf(...ended, late(3, 'late'), late(3, 'late'), end('late'))).toContain(4)
  })

  test('of which not all was kept rests on the word of the writer, and verify says so', () => {
    expect(exitsOf(...ended, late(3, 'late'), end('late', { lost: 7 }))).toEqual([0])
  })

  test('without an end is not known to be whole, and breaks nothing', () => {
    expect(exitsOf(...ended, late(3, 'late'))).toEqual([])
  })
})
