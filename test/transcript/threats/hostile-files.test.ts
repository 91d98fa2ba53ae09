import { describe, expect, it } from 'vitest'
import { eachHasANeed } from '../../../src/model/who-decides.ts'
import { encode } from '../../../src/transcript/encoding/canonical.ts'
import { toArmor, verifySshSig } from '../../../src/transcript/ssh/sshsig.ts'
import { checkBeforeSeal, signSeal } from '../../../src/transcript/statements/seal.ts'
import { buildSealStatement } from '../../../src/transcript/statements/seal-statement.ts'
import * as run from '../helpers/run.ts'
import { bundle, journal, whole } from '../helpers/sealed-run.ts'

describe('threats 23 and 24: hostile files, editors', () => {
  it('line endings, a BOM, a blank last line', async () => {
    const crlf = Buffer.from(journal.toString().replaceAll('\n', '\r\n'))
    const report = await run.verify(crlf, bundle)
    expect(report.exitCode).toBe(4)
    expect(report.findings.some(({ message }) => message.includes('CRLF'))).toBe(true)
    expect((await run.verify(Buffer.concat([Buffer.from('\ufeff'), journal]), bundle)).exitCode).toBe(4)
    expect((await run.verify(Buffer.concat([journal, Buffer.from('\n')]), bundle)).exitCode).toBe(4)
  })

  it('files that are not ours are 8', async () => {
    for (const text of ['hello\n', '{"a":1}\n', '\0\0\0', '['.repeat(100_000), '\n\n'])
      expect((await run.verify(Buffer.from(text), null)).exitCode, text.slice(0, 10)).toBe(8)
    for (const text of ['', 'hello', '{}', '{"payloadType":"text/plain","payload":"","signatures":[]}'])
      expect((await run.verify(journal, text)).exitCode, text).toBe(8)
    expect((await run.verify(journal, bundle, { journal: null })).exitCode).toBe(8)
  })

  it('a version that is not known is 8 by the seal, and by line 0 without one', async () => {
    const { facts, journal: summary } = await checkBeforeSeal(journal, whole.chain)
    const statement = { ...buildSealStatement(facts, summary), predicateType: 'urn:signoff:transcript:v2' }
    const { line } = await signSeal(statement as never, run.operator)
    expect((await run.verify(journal, line)).exitCode).toBe(8)
    const second = Buffer.from(journal.toString().replace('"v":1', '"v":2'))
    expect((await run.verify(second, null)).exitCode).toBe(8)
    expect((await run.verify(second, bundle)).exitCode).toBe(4)
  })

  it('names of objects are no keys, curves or roles', async () => {
    for (const algorithm of ['constructor', '__proto__', 'toString']) {
      const armored = toArmor(run.operator.publicKey.blob, 'signoff-seal-v1', algorithm, Buffer.alloc(64))
      expect(verifySshSig(armored, 'signoff-seal-v1', journal).ok).toBe(false)
    }
    const need = [
      { role: 'constructor', from: null },
      { role: '__proto__', from: null },
    ]
    const writer = run.atGate({ ...run.REQUEST, need })
    writer.add({ kind: 'run.abort', reason: 'x', by: 'op@example.com' })
    writer.add(run.runEnd(writer, 'aborted'))
    const report = await run.verify(writer.bytes(), await run.sealed(writer), { policy: { roles: { a: ['b'] } } })
    expect(report.exitCode).toBe(6)
  })

  it('a gate with many needs and approvals is answered in time', () => {
    const needs = Array.from({ length: 40 }, () => ({ role: 'r', from: ['a', 'b'] }))
    const given = Array.from({ length: 40 }, (_, i) => ({ role: 'r', principal: i === 39 ? 'c' : 'a' }))
    expect(eachHasANeed(needs, given)).toBe(false)
    expect(eachHasANeed(needs, given.with(39, { role: 'r', principal: 'b' }))).toBe(true)
    const narrow = [
      { role: null, from: ['a', 'b'] },
      { role: null, from: ['a'] },
    ]
    expect(
      eachHasANeed(narrow, [
        { role: null, principal: 'a' },
        { role: null, principal: 'b' },
      ]),
    ).toBe(true)
    expect(
      eachHasANeed(narrow, [
        { role: null, principal: 'b' },
        { role: null, principal: 'b' },
      ]),
    ).toBe(false)
  })

  it('a line that never ends is refused without being held', { timeout: 60_000 }, async () => {
    async function* endless() {
      yield journal
      for (let i = 0; i < 64; i++) yield Buffer.alloc(1024 * 1024, 97)
    }
    expect((await run.verify(journal, bundle, { journal: endless() })).exitCode).toBe(4)
  })

  it('a seal that says something else than the journal is 4', async () => {
    const { facts, journal: summary } = await checkBeforeSeal(journal, whole.chain)
    const good = buildSealStatement(facts, summary)
    const lies: ((predicate: typeof good.predicate) => void)[] = [
      p => (p.result = 'failed'),
      p => (p.steps.passed = 4),
      p => p.approvals.pop(),
      p => (p.masked = 0),
      p => (p.release = 'v9'),
      p => p.journal.kinds.pop(),
      p => (p.interruptions = 1),
    ]
    for (const lie of lies) {
      const statement = structuredClone(good)
      lie(statement.predicate)
      const { line } = await signSeal(statement, run.operator)
      expect((await run.verify(journal, line)).exitCode, encode(statement.predicate)).toBe(4)
    }
  })
})
