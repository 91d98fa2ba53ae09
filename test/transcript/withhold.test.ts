import { describe, expect, it } from 'vitest'
import { encode } from '../../src/transcript/encoding/canonical.ts'
import { readJournal } from '../../src/transcript/journal/read-journal.ts'
import { decodeWithheld, encodeWithheld } from '../../src/transcript/journal/withheld-line.ts'
import { addAddendum } from '../../src/transcript/statements/addendum.ts'
import { PAYLOAD_TYPE, pae, toEnvelope } from '../../src/transcript/statements/dsse.ts'
import { readUntrustedSeal, type SealStatement } from '../../src/transcript/statements/seal-statement.ts'
import { withholdLine, withholdText } from '../../src/transcript/verify/withhold.ts'
import * as run from './helpers/run.ts'

const whole = await run.wholeRun()
const bundle = await run.sealed(whole)
const lines = whole.bytes().toString().trimEnd().split('\n')
const REASON = 'names of customers'
const seqOf = (kind: string) => lines.findIndex(line => line.includes(`"kind":"${kind}"`))
const bytesOf = (texts: readonly string[]) => Buffer.from(`${texts.join('\n')}\n`)

/** A copy without some lines, with what a signed addendum says of it. */
async function copyWithout(
  seqs: number[],
  { reason = REASON, said = withholdText({ seqs, reason }), signer = run.operator } = {},
) {
  const copy = lines.map((line, seq) => (seqs.includes(seq) ? withholdLine(line, reason) : line))
  const addendum = { type: 'withhold', text: said, atMs: whole.atMs } as const
  return { journal: bytesOf(copy), bundle: await addAddendum(bundle, addendum, run.RUN, signer) }
}

/** Our own tool seals no run that has not ended; whoever has the key can. */
async function sealedAs({ chain }: run.Writer): Promise<string> {
  const seal = readUntrustedSeal(bundle) as SealStatement
  const { lines, bytes, head, root, sha256 } = chain.summary()
  const { kinds, hash } = seal.predicate.journal
  const journal = { lines, bytes, head, root, hash, kinds: [...kinds, ['note', 1]] }
  const subject = seal.subject.map(one => (one.name === 'journal.jsonl' ? { ...one, digest: { sha256 } } : one))
  const payload = Buffer.from(encode({ ...seal, subject, predicate: { ...seal.predicate, journal } }))
  const armored = await run.operator.sign('signoff-seal-v1', pae(PAYLOAD_TYPE, payload))
  return `${toEnvelope(payload, run.operator.keyid, armored)}\n`
}

async function judged(...args: Parameters<typeof copyWithout>) {
  const copy = await copyWithout(...args)
  return run.verify(copy.journal, copy.bundle)
}

describe('a copy that withholds lines', () => {
  it('of output still verifies, by its lines, head and root', async () => {
    const report = await judged([seqOf('output'), seqOf('output.end')])
    expect(report).toMatchObject({ exitCode: 0, status: 'verified' })
    expect(report.withheld).toEqual({
      lines: 2,
      kinds: [
        ['output', 1],
        ['output.end', 1],
      ],
      reasons: [REASON],
    })
    expect(report.findings.map(({ check, exit }) => [check, exit])).toEqual([['withheld', 0]])
    expect(await judged([seqOf('output')])).toMatchObject({ exitCode: 0 })
  })

  it('of anything else is 6, and says what is missing: threat 18', async () => {
    for (const kind of ['step.end', 'confirm', 'step.start', 'gate.end', 'approval.request', 'run.plan', 'run.start']) {
      const report = await judged([seqOf(kind)])
      expect(report.exitCode, kind).toBe(6)
      expect(report.findings.map(({ message }) => message).join('\n')).toContain(`1 ${kind}`)
    }
  })

  it('that calls a failure output is found by the kinds in the seal', async () => {
    const report = await judged([seqOf('output'), seqOf('step.end')], { reason: 'two chunks of output' })
    expect(report.exitCode).toBe(6)
    expect(report.withheld?.kinds).toContainEqual(['step.end', 1])
  })

  it('is not the journal: nobody goes on with it', async () => {
    const { journal } = await copyWithout([seqOf('output')])
    await expect(readJournal(journal)).rejects.toMatchObject({ code: 'JOURNAL_INVALID' })
  })
})

describe('withholding', () => {
  it('hides no line behind the end of the run: 4, as where it can be read', async () => {
    const longer = await run.wholeRun()
    longer.add({ kind: 'note', step: null, text: 'after all was over', by: 'kim@example.com' })
    const texts = longer.bytes().toString().trimEnd().split('\n')
    const seqs = [texts.length - 1]
    const said = { type: 'withhold', text: withholdText({ seqs, reason: REASON }), atMs: longer.atMs } as const
    const sealed = await sealedAs(longer)
    expect((await run.verify(longer.bytes(), sealed)).exitCode).toBe(4)
    const copy = bytesOf(texts.map((line, seq) => (seqs.includes(seq) ? withholdLine(line, REASON) : line)))
    const report = await run.verify(copy, await addAddendum(sealed, said, run.RUN, run.operator))
    expect(report.exitCode).toBe(4)
    expect(report.findings.map(({ check }) => check)).toContain('fold')
  })

  it('needs a signed addendum that lists each line and says the same reason: else 4', async () => {
    const seqs = [seqOf('output'), seqOf('output.end')]
    const { journal } = await copyWithout(seqs)
    expect((await run.verify(journal, bundle)).exitCode).toBe(4)
    expect((await run.verify(journal, null)).exitCode).toBe(4)
    expect((await judged(seqs, { said: withholdText({ seqs: [seqOf('output')], reason: REASON }) })).exitCode).toBe(4)
    expect((await judged(seqs, { said: withholdText({ seqs, reason: 'another' }) })).exitCode).toBe(4)
    expect((await judged(seqs, { said: 'all of it' })).exitCode).toBe(4)
  })

  it('by somebody who may not say so is 5', async () => {
    const seqs = [seqOf('output')]
    for (const signer of [run.stranger, run.manager]) expect((await judged(seqs, { signer })).exitCode).toBe(5)
    const copy = await copyWithout(seqs)
    expect((await run.verify(copy.journal, copy.bundle, { signers: null })).exitCode).toBe(5)
  })

  it('of a kind without salt is refused, and 4 where somebody does it all the same', async () => {
    for (const kind of ['approval', 'run.end']) {
      const seq = seqOf(kind)
      expect(() => withholdLine(lines[seq] ?? '', REASON)).toThrow(expect.objectContaining({ code: 'USAGE' }))
      const leaf = whole.chain.leaf(seq) ?? ''
      const copy = lines.with(seq, encodeWithheld({ seq, leaf, reason: REASON }))
      const said = { type: 'withhold', text: withholdText({ seqs: [seq], reason: REASON }), atMs: whole.atMs } as const
      const sealed = await addAddendum(bundle, said, run.RUN, run.operator)
      expect((await run.verify(bytesOf(copy), sealed)).exitCode, kind).toBe(4)
    }
  })

  it('hides no other change: a leaf that was not the line’s, a line that is gone, a byte that is flipped', {
    timeout: 90_000,
  }, async () => {
    const seqs = [seqOf('output')]
    const { journal, bundle: said } = await copyWithout(seqs)
    const texts = journal.toString().trimEnd().split('\n')
    const [at = 0] = seqs
    const changed = [
      texts.with(at, encodeWithheld({ seq: at, leaf: 'a'.repeat(64), reason: REASON })),
      texts.with(at, (texts[at] ?? '').replace(REASON, 'something else')),
      texts.toSpliced(at, 1),
      texts.with(at, (texts[at] ?? '').replace('{"seq"', '{ "seq"')),
      texts.with(-2, (texts.at(-2) ?? '').replace('"exit":0', '"exit":1')),
    ]
    for (const [index, copy] of changed.entries())
      expect((await run.verify(bytesOf(copy), said)).exitCode, `${index}`).toBe(4)
    for (let byte = 0; byte < journal.length; byte += 3) {
      const flipped = Buffer.from(journal)
      flipped[byte] = (flipped[byte] ?? 0) ^ 1
      expect((await run.verify(flipped, said)).exitCode, `byte ${byte}`).toBe(4)
    }
  })

  it('may be done again with a copy, and the reasons of both stand', async () => {
    const first = await copyWithout([seqOf('output')])
    const texts = first.journal.toString().trimEnd().split('\n')
    const at = seqOf('output.end')
    const copy = texts.with(at, withholdLine(texts[at] ?? '', 'and its digest'))
    const said = {
      type: 'withhold',
      text: withholdText({ seqs: [at], reason: 'and its digest' }),
      atMs: whole.atMs,
    } as const
    const report = await run.verify(bytesOf(copy), await addAddendum(first.bundle, said, run.RUN, run.operator))
    expect(report).toMatchObject({ exitCode: 0, withheld: { lines: 2, reasons: [REASON, 'and its digest'] } })
  })
})

describe('a withheld line', () => {
  it('is read in one way only', () => {
    const good = { seq: 2, leaf: 'b'.repeat(64), reason: 'caf\u00e9' }
    const text = encodeWithheld(good)
    expect(decodeWithheld(text)).toEqual(good)
    const { seq, leaf: withheld, reason } = good
    for (const other of [
      { withheld, seq, reason },
      { seq, withheld, reason, more: 1 },
      { seq, withheld, reason: '' },
      { seq, withheld: withheld.toUpperCase(), reason },
      { seq: -1, withheld, reason },
    ])
      expect(decodeWithheld(encode(other))).toBeNull()
    for (const other of [`${text} `, text.replace('\\u00e9', '\u00e9'), text.replace(':2', ':2.0'), text.slice(0, -1)])
      expect(decodeWithheld(other)).toBeNull()
  })
})
