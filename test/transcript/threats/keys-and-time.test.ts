import { describe, expect, it } from 'vitest'
import { checkBeforeSeal, signSeal } from '../../../src/transcript/statements/seal.ts'
import { buildSealStatement } from '../../../src/transcript/statements/seal-statement.ts'
import { signersLine } from '../helpers/keys.ts'
import * as run from '../helpers/run.ts'
import { bundle, journal, whole } from '../helpers/sealed-run.ts'

describe('threat 6: sealed by another key', () => {
  it('by an approver, whose key may not seal; by somebody unknown; as the operator with another key', async () => {
    const { facts, journal: summary } = await checkBeforeSeal(journal, whole.chain)
    const statement = buildSealStatement(facts, summary)
    for (const signer of [run.manager, run.stranger]) {
      const forged = structuredClone(statement)
      forged.predicate.operator = { principal: signer.principal, keyid: signer.keyid }
      const { line } = await signSeal(forged, signer)
      expect((await run.verify(journal, line)).exitCode).toBe(4)
      const own = await run.wholeRun(run.runStart({ operator: { principal: signer.principal, keyid: signer.keyid } }))
      const sealedByThem = await run.sealed(own, signer)
      expect(
        (await run.verify(own.bytes(), sealedByThem)).findings.filter(({ check }) => check === 'seal'),
      ).toHaveLength(1)
    }
    const renamed = { ...run.stranger, principal: run.operator.principal }
    const posing = await run.wholeRun(
      run.runStart({ operator: { principal: renamed.principal, keyid: renamed.keyid } }),
    )
    expect((await run.verify(posing.bytes(), await run.sealed(posing, renamed))).exitCode).toBe(5)
  })

  it('without a signers file nothing is trusted', async () => {
    expect((await run.verify(journal, bundle, { signers: null })).exitCode).toBe(5)
  })
})

describe('threats 8 and 22: time', () => {
  it('a clock set back is a finding, and 6 with strictTime', async () => {
    const writer = run.createWriter()
    writer.add(run.runStart(), { ...run.PLAN, steps: [run.planned('tell-support', 'confirmation')] })
    writer.atMs += 1000
    const stamp = { atMs: writer.atMs - 86_400_000, monoMs: 3000, salt: 'A'.repeat(22) }
    const set = writer.chain.append(run.confirm('tell-support'), stamp)
    writer.entries.push(set.entry)
    const last = writer.chain.append(run.runEnd(writer), { ...stamp, atMs: stamp.atMs + 1000, monoMs: 4000 })
    const bytes = Buffer.concat([writer.bytes(), Buffer.from(set.line + last.line)])
    const { line } = await signSeal(
      buildSealStatement(...(await checkBeforeSeal(bytes, writer.chain).then(a => [a.facts, a.journal] as const))),
      run.operator,
    )
    const report = await run.verify(bytes, line)
    expect(report.exitCode).toBe(0)
    expect(report.findings.map(({ check }) => check)).toContain('clock')
    expect((await run.verify(bytes, line, { policy: { strictTime: true } })).exitCode).toBe(6)
  })

  it('a key is judged at the end of the run: rotated 0, expired 5, revoked 5', async () => {
    const rest = signersLine(run.manager) + signersLine(run.lead)
    const judged = async (options: string) =>
      (await run.verify(journal, bundle, { signersText: rest + signersLine(run.operator, options) })).exitCode
    expect(await judged('valid-before="20261123Z"')).toBe(0)
    expect(await judged('valid-before="20261121Z"')).toBe(5)
    expect(await judged('valid-after="20261123Z"')).toBe(5)
    const revoked = Buffer.from(`${run.operator.publicKey.type} ${run.operator.publicKey.blob.toString('base64')}\n`)
    expect((await run.verify(journal, bundle, { revoked: [revoked] })).exitCode).toBe(5)
    expect((await run.verify(journal, bundle, { revoked: [Buffer.from('# none\n')] })).exitCode).toBe(0)
    expect((await run.verify(journal, bundle, { revoked: ['unreadable'] })).exitCode).toBe(5)
  })
})
