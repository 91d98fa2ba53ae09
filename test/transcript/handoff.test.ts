import { describe, expect, it } from 'vitest'
import { fold } from '../../src/model/index.ts'
import { signApproval } from '../../src/transcript/approval.ts'
import { buildHandoff } from '../../src/transcript/handoff.ts'
import type { Signer } from '../../src/transcript/signer.ts'
import { signersLine } from './helpers/keys.ts'
import * as run from './helpers/run.ts'

const next = run.lead
const signersText = `${run.SIGNERS}${signersLine(run.operator)}${signersLine(next)}`

async function handedOver(offerBy: Signer, acceptBy: Signer, leafOf?: string) {
  const writer = run.createWriter()
  writer.add(run.runStart(), { ...run.PLAN, steps: [run.planned('tell-support', 'confirmation')] })
  const { start } = fold(writer.entries)
  if (start === null) throw new Error('no start')
  const challenge = 'QUJDREVGR0hJSktMTU5PUA'
  const request = { seq: 1, leaf: leafOf ?? writer.chain.head, challenge }
  const half = { start, to: next.principal }
  const offered = buildHandoff({ ...half, decision: 'handoff-offer', request, by: offerBy.principal }, 0)
  writer.add({
    kind: 'handoff.offer',
    to: next.principal,
    note: null,
    challenge,
    by: offerBy.principal,
    keyid: offerBy.keyid,
    envelope: await signApproval(offered, offerBy),
  })
  const answered = { seq: 2, leaf: writer.chain.head, challenge }
  const accepted = buildHandoff({ ...half, decision: 'handoff-accept', request: answered, by: acceptBy.principal }, 0)
  writer.add({
    kind: 'handoff.accept',
    offer: 2,
    by: acceptBy.principal,
    keyid: acceptBy.keyid,
    envelope: await signApproval(accepted, acceptBy),
  })
  writer.add(run.confirm('tell-support'))
  writer.add(run.runEnd(writer))
  return run.verify(writer.bytes(), await run.sealed(writer, acceptBy), { signersText })
}

describe('a hand-off', () => {
  it('by both makes the second the operator, who seals', async () => {
    const report = await handedOver(run.operator, next)
    expect(report).toMatchObject({ exitCode: 0, findings: [], seal: { signer: { principal: next.principal } } })
    expect(report.run?.operators).toHaveLength(2)
  })

  it('offered by somebody else, taken by somebody else, or of another line, is 6', async () => {
    expect((await handedOver(run.manager, next)).exitCode).toBe(6)
    const taken = await handedOver(run.operator, run.manager)
    expect(taken.findings.map(({ check, exit }) => [check, exit])).toContainEqual(['hand-offs', 6])
    expect((await handedOver(run.operator, next, 'a'.repeat(64))).exitCode).toBe(6)
  })
})
