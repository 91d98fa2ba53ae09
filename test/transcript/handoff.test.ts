import { describe, expect, it } from 'vitest'
import { fold, type RunEvent } from '../../src/model/index.ts'
import type { Signer } from '../../src/transcript/ssh/signer.ts'
import { signApproval } from '../../src/transcript/statements/approval.ts'
import { buildHandoff } from '../../src/transcript/statements/handoff.ts'
import { signersLine } from './helpers/keys.ts'
import * as run from './helpers/run.ts'

const next = run.lead
const signersText = `${run.SIGNERS}${signersLine(run.operator)}${signersLine(next)}`

async function handedOver(
  offerBy: Signer,
  acceptBy: Signer,
  leafOf?: string,
  between?: (writer: ReturnType<typeof run.createWriter>) => void,
) {
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
  between?.(writer)
  const answered = { seq: 2, leaf: writer.chain.leaf(2) ?? '', challenge }
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

  it('of an offer that was withdrawn, or made by somebody who no longer operated the run, is 6', async () => {
    const withdrawn = await handedOver(run.operator, next, undefined, writer =>
      writer.add({ kind: 'handoff.withdraw', offer: 2, by: run.operator.principal }),
    )
    expect(withdrawn.findings).toMatchObject([{ check: 'hand-offs', exit: 6 }])
    const { manager } = run
    const from = { principal: run.operator.principal, keyid: run.operator.keyid, host: 'h' }
    const to = { principal: manager.principal, keyid: manager.keyid, host: 'h' }
    const taken = await handedOver(run.operator, next, undefined, writer =>
      writer.add({ kind: 'writer.changed', from, to, reason: 'gone', head: writer.chain.head }),
    )
    expect(taken.findings).toMatchObject([{ check: 'hand-offs', exit: 6 }])
  })
})

describe('another operator without a hand-off', () => {
  const going = { tornBytes: 0, tornSha256: null, gapMs: 0, attached: [], unknown: [] }
  const { operator: first, manager: second } = run
  const signers = `${run.SIGNERS}${signersLine(second)}`

  type Next = (head: string) => RunEvent

  /** Each of the events names the last line before all of them, as a process does that goes on; `heads` may say otherwise. */
  async function goesOn(events: readonly Next[], heads: readonly (string | undefined)[] = []) {
    const writer = run.createWriter()
    writer.add(run.runStart(), { ...run.PLAN, steps: [run.planned('tell-support', 'confirmation')] })
    const { head } = writer.chain
    for (const [index, next] of events.entries()) writer.add(next(heads[index] ?? head))
    writer.add(run.confirm('tell-support'))
    writer.add(run.runEnd(writer))
    return run.verify(writer.bytes(), await run.sealed(writer, second), { signersText: signers })
  }
  const resume: Next = head => ({ kind: 'run.resume', head, ...going, operator: person(second) })
  const taking =
    (reason: string): Next =>
    head => ({
      kind: 'writer.changed',
      from: { ...person(first), host: 'h' },
      to: { ...person(second), host: 'h' },
      reason,
      head,
    })

  it('is good with a reason, and 6 without one or by going on alone', async () => {
    expect(await goesOn([taking('they left'), resume])).toMatchObject({ exitCode: 0, findings: [] })
    expect((await goesOn([taking(' '), resume])).findings).toMatchObject([{ check: 'hand-offs', exit: 6 }])
    expect((await goesOn([resume])).findings).toMatchObject([
      { check: 'hand-offs', exit: 6, message: expect.stringContaining('without a hand-over or a reason') },
    ])
  })

  it('goes on behind the line that it says it found, or it is 6', async () => {
    const both = [taking('they left'), resume]
    const other = 'a'.repeat(64)
    for (const heads of [[other], [undefined, other]])
      expect((await goesOn(both, heads)).findings).toMatchObject([
        { check: 'hand-offs', exit: 6, message: 'it goes on behind another line than it says' },
      ])
    // A line that was found before, and behind which others were written already, is another one as well.
    const note: Next = () => ({ kind: 'note', step: null, text: 'between', by: second.principal })
    expect((await goesOn([taking('they left'), note, resume])).findings).toMatchObject([
      { check: 'hand-offs', line: 5 },
    ])
  })

  function person({ principal, keyid }: Signer) {
    return { principal, keyid }
  }
})
