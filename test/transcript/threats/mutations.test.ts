import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { SignoffError } from '../../../src/model/index.ts'
import { encode } from '../../../src/transcript/encoding/canonical.ts'
import { leafOfLine } from '../../../src/transcript/encoding/hash.ts'
import { readJournal } from '../../../src/transcript/journal/read-journal.ts'
import { sealJournal } from '../../../src/transcript/statements/seal.ts'
import { everyKind } from '../helpers/every-kind.ts'
import * as run from '../helpers/run.ts'
import { bundle, journal, smallest } from '../helpers/sealed-run.ts'

/** Some in each run of the tests; as many as one likes by SIGNOFF_FUZZ_RUNS=100000, which takes minutes. */
const RUNS = Number(process.env.SIGNOFF_FUZZ_RUNS ?? 3000)
const SEED = 20261122

/** A sealed record that is changed: as latin1, so that characters are bytes. */
interface Victim {
  readonly text: string
  readonly bundle: string
  readonly signersText: string
  readonly exit: number
}

let victims: readonly Victim[]
beforeAll(async () => {
  const all = [
    { ...smallest, text: smallest.journal.toString('latin1') },
    { text: journal.toString('latin1'), bundle, signersText: run.SIGNERS },
    await everyKind().then(one => ({ ...one, text: one.journal.toString('latin1'), signersText: run.SIGNERS })),
  ]
  victims = await Promise.all(all.map(async one => ({ ...one, exit: await exitOf(one, one.text, one.bundle) })))
})

const exitOf = async ({ signersText }: Pick<Victim, 'signersText'>, text: string, envelope: string | null) =>
  (await run.verify(Buffer.from(text, 'latin1'), envelope, { signersText })).exitCode

/** Most are small, since what is checked of them is much the same. */
const which = fc.constantFrom(0, 0, 0, 1, 1, 2)
const piece = fc.oneof(
  fc.constantFrom('"', '{', '}', ',', '0', '\\', '\n', '\r', '\0', '__proto__', 'constructor', '1e999', '\u00ff', '-'),
  fc.string({ maxLength: 4 }),
)
const splice = fc.record({
  kind: fc.constant('bytes' as const),
  at: fc.nat(),
  drop: fc.nat(20),
  put: piece,
  inBundle: fc.boolean(),
})
const move = fc.record({
  kind: fc.constant('line' as const),
  how: fc.constantFrom('delete', 'double', 'swap', 'of another'),
  at: fc.nat(),
  other: fc.nat(),
})
type Made<A> = A extends fc.Arbitrary<infer T> ? T : never
type Change = Made<typeof splice> | Made<typeof move>
const changes: fc.Arbitrary<Change[]> = fc.array(fc.oneof({ weight: 4, arbitrary: splice }, move), {
  minLength: 1,
  maxLength: 3,
})

describe('threat 23: hostile input', () => {
  it('any change gives a documented code, and no exception', { timeout: 60_000 + RUNS * 20 }, async () => {
    const property = fc.asyncProperty(which, changes, fc.boolean(), async (index, made, isSealed) => {
      const victim = victimAt(index)
      let [text, envelope] = [victim.text, victim.bundle]
      for (const one of made) {
        if (one.kind === 'line') text = moved(text, one)
        else if (one.inBundle) envelope = edited(envelope, one)
        else text = edited(text, one)
      }
      const isSame = text === victim.text
      if (isSealed) expect(isSame ? [victim.exit, 5, 8] : [4, 5, 8]).toContain(await exitOf(victim, text, envelope))
      else expect(isSame ? [3, 4, 5] : [3, 4, 5, 8]).toContain(await exitOf(victim, text, null))
    })
    await fc.assert(property, { numRuns: RUNS, seed: SEED })
  })

  it('nor does a record that was chained and sealed anew over what is wrong', {
    timeout: 60_000 + RUNS * 20,
  }, async () => {
    const wrong = fc.constantFrom<unknown>(
      null,
      '',
      0,
      1,
      -1,
      1.5,
      2 ** 53,
      'x',
      '__proto__',
      '1',
      [],
      {},
      true,
      ['x'],
      'go',
    )
    const change = fc.record({
      line: fc.nat(),
      field: fc.nat(),
      value: wrong,
      isFromRecord: fc.boolean(),
      from: fc.nat(),
    })
    let sealedAnew = 0
    const property = fc.asyncProperty(which, fc.array(change, { minLength: 1, maxLength: 2 }), async (index, made) => {
      const victim = victimAt(index)
      const values = victim.text
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line))
      for (const one of made) {
        const [target, source] = [values[one.line % values.length], values[one.from % values.length]]
        const names = Object.keys(target).slice(4)
        const taken = Object.values(source)[one.field % Object.keys(source).length]
        target[names[one.field % names.length] ?? 'kind'] = one.isFromRecord ? taken : one.value
      }
      const text = chainedAnew(values)
      expect([3, 4, 5, 8]).toContain(await exitOf(victim, text, null))
      const anew = await sealedIfItCan(text)
      if (anew === null) return
      sealedAnew++
      expect([0, 4, 5, 6, 8]).toContain(await exitOf(victim, text, anew))
    })
    await fc.assert(property, { numRuns: Math.ceil(RUNS / 8), seed: SEED })
    expect(sealedAnew).toBeGreaterThan(RUNS / 200)
  })
})

function victimAt(index: number): Victim {
  const victim = victims[index]
  if (victim === undefined) throw new RangeError('no such record')
  return victim
}

function edited(into: string, { at, drop, put }: Made<typeof splice>): string {
  return into.slice(0, at % into.length) + put + into.slice((at % into.length) + drop)
}

function moved(text: string, { how, at, other }: Made<typeof move>): string {
  const lines = text.split('\n')
  const [one, two] = [at % lines.length, other % lines.length]
  const others = victimAt(other % victims.length).text.split('\n')
  const changed = {
    delete: () => lines.toSpliced(one, 1),
    double: () => lines.toSpliced(one, 0, lines[one] ?? ''),
    swap: () => lines.with(one, lines[two] ?? '').with(two, lines[one] ?? ''),
    'of another': () => lines.with(one, others[other % others.length] ?? ''),
  }
  return changed[how as keyof typeof changed]().join('\n')
}

/** Lines with the right numbers and digests of the lines before, whatever else they say. */
function chainedAnew(values: readonly Record<string, unknown>[]): string {
  let prev = '0'.repeat(64)
  return values
    .map((value, seq) => {
      const line = encode({ ...value, seq, prev })
      prev = leafOfLine(line)
      return `${line}\n`
    })
    .join('')
}

/** The seal of the operator over lines that were changed; null for those that no writer would seal. */
async function sealedIfItCan(text: string): Promise<string | null> {
  try {
    const bytes = Buffer.from(text, 'latin1')
    return (await sealJournal(bytes, (await readJournal(bytes)).chain, run.operator)).line
  } catch (error) {
    if (error instanceof SignoffError) return null
    throw error
  }
}
