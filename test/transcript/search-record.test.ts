import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/index.ts'
import { createRecordSearch } from '../../src/transcript/journal/search-record.ts'
import * as run from './helpers/run.ts'

/** All places in a run, as `signoff search` finds them: the same, however its lines come. */
function found(words: readonly string[], { bytes }: Pick<run.Writer, 'bytes'>) {
  const journal = bytes().toString('latin1')
  const places = [...createRecordSearch(words).begin().places(journal)]
  const line = createRecordSearch(words).begin()
  const oneByOne = journal.split(/(?<=\n)/).flatMap(piece => [...line.places(piece)])
  expect(oneByOne).toEqual(places)
  return places
}
function saying(...events: RunEvent[]): run.Writer {
  const writer = run.createWriter()
  writer.add(run.runStart(), run.PLAN, ...events)
  return writer
}
const note = (text: string): RunEvent => ({ kind: 'note', step: 'deploy', text, by: 'op@example.com' })

describe('words in a record', () => {
  it('are found in output, scripts, values, remarks and names, each with its line and step', () => {
    const writer = saying(
      ...run.script('deploy', [], 'one\nConnection refused by db-1\nthree\n'),
      note('asked the DBA'),
    )
    expect(found(['connection refused'], writer)).toEqual([
      {
        line: 4,
        at: '2026-11-22T14:50:03.000Z',
        kind: 'output',
        step: 'deploy',
        text: 'Connection refused by db-1',
        offset: 0,
      },
    ])
    const where = (...words: string[]) => found(words, writer).map(({ kind }) => kind)
    expect(where('echo one')).toEqual(['step.start'])
    expect(where('dba')).toEqual(['note'])
    expect(where('acme/app')).toEqual(['run.start'])
    expect(where('op@example.com')).toEqual(['run.start', 'note'])
  })

  it('are found in the reason that an approver signed, which stands nowhere else', async () => {
    const writer = run.atGate()
    const refused = (reason: string) =>
      run.approvalOf(writer, run.manager, 'Release Manager', statement => ({
        ...statement,
        predicate: { ...statement.predicate, decision: 'no-go', reason },
      }))
    writer.add({ ...(await refused('not on a Friday – café')), decision: 'no-go' }, note('a Friday like any other'))
    expect(found(['NOT on a friday'], writer)).toMatchObject([
      { line: 5, kind: 'approval', step: 'flip-dns', text: 'not on a Friday – café', offset: 0 },
    ])
    expect(found(['CAFÉ', 'rm@example.com'], writer).map(({ line }) => line)).toEqual([5])
    expect(found(['friday'], writer).map(({ line }) => line)).toEqual([5, 6])
    expect(found(['saturday'], writer)).toEqual([])
  })

  it('have to be in the same event, in any order', () => {
    const writer = saying(note('the lead was asked twice'), note('the lead was told'))
    expect(found(['TWICE', 'lead'], writer).map(({ line }) => line)).toEqual([3])
    expect(found(['twice', 'told'], writer)).toEqual([])
  })

  it('are not found in the text of the runbook, its plan, digests, signatures and salts', async () => {
    const writer = await run.wholeRun()
    expect(found(['Title of deploy'], writer)).toEqual([])
    expect(found(['# Release'], writer)).toEqual([])
    expect(found(['AAAAAAAAAA'], writer)).toEqual([])
    const { prev } = JSON.parse(writer.bytes().toString().split('\n')[3] ?? '{}')
    expect(found([prev], writer)).toEqual([])
    expect(found(['RELEASE.md'], writer).map(({ kind }) => kind)).toEqual(['run.start'])
  })

  it('are found whatever their letters are, in capitals or not', () => {
    for (const [text, word] of [
      ['CAFÉ geöffnet', 'café'],
      ['straße', 'STRASSE'.toLowerCase().replace('ss', 'ß')],
      ['Ошибка', 'ОШИБКА'],
      ['it says "no" \\ C:\\temp', '"no" \\ c:\\TEMP'],
      ['a.b*c[d]', 'A.B*C[D]'],
      ['rocket 🚀 up', '🚀'],
      ['tab\there', 'tab\there'],
    ])
      expect(found([word ?? ''], saying(note(text ?? ''))), text).toHaveLength(1)
  })

  it('are found in output that is no text', () => {
    const b64 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Segmentation fault')]).toString('base64')
    const writer = saying(...run.script('deploy', []), {
      kind: 'output',
      step: 'deploy',
      attempt: 1,
      fd: 'err',
      at: 0,
      b64,
    })
    expect(found(['segmentation'], writer).map(({ kind }) => kind)).toEqual(['output'])
  })

  it('are found where output was cut in the middle of them, whatever came between', () => {
    const chunk = (fd: 'out' | 'err', part: string | Buffer): RunEvent => ({
      kind: 'output',
      step: 'deploy',
      attempt: 1,
      fd,
      at: 0,
      ...(typeof part === 'string' ? { text: part } : { b64: part.toString('base64') }),
    })
    const lines = (words: string[], ...events: RunEvent[]) =>
      found(words, saying(...events)).map(({ line, text }) => [line, text])
    expect(lines(['refused'], chunk('out', 'connection ref'), chunk('out', 'used by db-1\n'))).toEqual([
      [4, 'on refused by db-1'],
    ])
    // The other stream, and another event.
    expect(lines(['refused'], chunk('out', 'ref'), chunk('err', 'oh'), note('hm'), chunk('out', 'used'))).toHaveLength(
      1,
    )
    expect(lines(['refused'], chunk('out', 'ref'), chunk('err', 'used'))).toEqual([])
    // Cut more than once, at characters that are escaped, and beside bytes that are no text.
    expect(lines(['refused'], ...[...'refused'].map(letter => chunk('out', letter)))).toHaveLength(1)
    expect(lines(['GEÖFFNET "\u001b🚀'], chunk('out', 'caf\u00e9 geö'), chunk('out', 'ffnet "\u001b🚀'))).toHaveLength(
      1,
    )
    expect(lines(['fault'], chunk('out', Buffer.from([0xff, 0x66, 0x61])), chunk('out', 'ult'))).toHaveLength(1)
    // Once, and not again where it is whole in either part.
    expect(lines(['refused'], chunk('out', 'refused'), chunk('out', ' it'))).toHaveLength(1)
    expect(lines(['refused', 'db-1'], chunk('out', 'x ref'), chunk('out', 'used by db-1'))).toHaveLength(1)
  })

  it('are found in output as they are in what was printed, wherever it was cut', () => {
    const letter = fc.constantFrom('a', 'b', 'é', '"', '\\', '\n', '🚀', '\u001b')
    const parts = fc.array(fc.string({ unit: letter, maxLength: 5 }), { maxLength: 6 })
    const word = fc.string({ unit: letter, minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(parts, word, (said, sought) => {
        const events = said.map((text): RunEvent => ({ kind: 'output', step: 's', attempt: 1, fd: 'out', at: 0, text }))
        const isFound = found([sought], saying(...events)).some(({ kind }) => kind === 'output')
        expect(isFound).toBe(said.join('').includes(sought))
      }),
      { numRuns: 500 },
    )
  })

  it('are found wherever plain reading finds them', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', 'é', 'É', '"', '\\', '\n', '.', 'ß', '🚀', '\u001b', ' '),
      maxLength: 12,
    })
    fc.assert(
      fc.property(
        text,
        fc.string({ unit: fc.constantFrom('a', 'b', 'É', '"', '\\', '.', '🚀', '\u001b'), minLength: 1, maxLength: 3 }),
        (said, word) => {
          const plainly = said.toLowerCase().includes(word.toLowerCase())
          expect(
            found([word], saying({ kind: 'note', step: null, text: said, by: 'x' })).some(
              ({ kind }) => kind === 'note',
            ),
          ).toBe(plainly)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('in what is no line of a journal are no place, and nothing is thrown', () => {
    const search = createRecordSearch(['x', 'yz'])
    for (const line of [
      '',
      'x',
      '{"x":',
      '[]',
      'null',
      '{"x":1}',
      '"x"',
      '{"seq":{},"x":"x"}',
      '{"seq":1,"runbook":3,"kind":"run.start","y":"x"}',
    ])
      expect(() => [...search.begin().places(`${line}\n${line}`)]).not.toThrow()
  })
})
