import { beforeAll, describe, expect, it } from 'vitest'
import { EVENT_FIELDS } from '../../../src/model/index.ts'
import { everyKind } from '../helpers/every-kind.ts'
import * as run from '../helpers/run.ts'
import { lines as others } from '../helpers/sealed-run.ts'

/** Every byte takes minutes: some in each run of the tests, all of them with SIGNOFF_FUZZ_RUNS=100000, as mutations.test.ts says. */
const STRIDE = Number(process.env.SIGNOFF_FUZZ_RUNS ?? 0) >= 100_000 ? 1 : 149
const TIME_MS = 60_000 + 3_000_000 / STRIDE
const MASKS = [0x01, 0x20, 0x80]

let journal: Buffer
let bundle: string
let lines: string[]
let sealedExit: number
beforeAll(async () => {
  ;({ journal, bundle } = await everyKind())
  lines = journal.toString().trimEnd().split('\n')
  sealedExit = (await run.verify(journal, bundle)).exitCode
})

const exitOf = async (changed: Uint8Array): Promise<number> => (await run.verify(changed, bundle)).exitCode
const exitOfLines = (changed: readonly string[]) => exitOf(Buffer.from(`${changed.join('\n')}\n`))

describe('threats 1, 3 and 4, on a record with a line of every kind', () => {
  it('which is intact as it is, and has them all', () => {
    expect(new Set(lines.map(line => JSON.parse(line).kind))).toEqual(new Set(Object.keys(EVENT_FIELDS)))
    // Its parts belong to different stories, which policy and the hand-offs in it say; its bytes are those that were sealed.
    expect([4, 8]).not.toContain(sealedExit)
  })

  it('a byte that is flipped is 4', { timeout: TIME_MS }, async () => {
    for (const [index, mask] of MASKS.entries())
      for (let at = index; at < journal.length; at += STRIDE) {
        const flipped = Buffer.from(journal)
        flipped[at] = (flipped[at] ?? 0) ^ mask
        expect(await exitOf(flipped), `byte ${at}, mask ${mask}`).toBe(4)
      }
  })

  it('a tail that is cut off is 4', { timeout: TIME_MS }, async () => {
    for (let at = 0; at < journal.length; at += STRIDE)
      expect(await exitOf(journal.subarray(0, at)), `cut at ${at}`).toBe(4)
    for (let count = 0; count < lines.length; count++) expect(await exitOfLines(lines.slice(0, count))).toBe(4)
  })

  it('a line that is deleted, doubled, moved, or of another run is 4', { timeout: TIME_MS }, async () => {
    for (const [at, line] of lines.entries()) {
      expect(await exitOfLines(lines.toSpliced(at, 1)), `${at} deleted`).toBe(4)
      expect(await exitOfLines(lines.toSpliced(at, 0, line)), `${at} doubled`).toBe(4)
      expect(await exitOfLines(lines.with(at, others[at % others.length] ?? '')), `${at} spliced`).toBe(
        line === others[at % others.length] ? sealedExit : 4,
      )
      for (let other = at + 1; other < lines.length; other += STRIDE === 1 ? 1 : 11)
        expect(await exitOfLines(lines.with(at, lines[other] ?? '').with(other, line)), `${at}, ${other}`).toBe(4)
    }
  })
})
