import { describe, expect, it } from 'vitest'
import type { EventOf, RunEvent } from '../../../src/model/index.ts'
import type { VerifyPolicy } from '../../../src/transcript/verify/verify-policy.ts'
import { signersLine } from '../helpers/keys.ts'
import * as run from '../helpers/run.ts'

type Request = EventOf<'approval.request'>

const by = run.operator.principal
const OWN: VerifyPolicy = { roles: { 'Release Manager': [run.manager.principal] } }
const others = (from: string[] | null): Request => ({
  ...run.REQUEST,
  need: run.REQUEST.need.map(need => (need.role === 'Release Manager' ? { ...need, from } : need)),
})
const OF_ANOTHER = others([run.stranger.principal])
/** A later request has a challenge of its own. */
const ASKED_AGAIN: Request = { ...run.REQUEST, challenge: 'QUJDREVGR0hJSktMTU5PUQ' }
const back: RunEvent = { kind: 'jump', from: 'deploy', to: 'flip-dns', over: [], reason: 'asked again', by }

/** Asks, and has it decided by the manager, or whoever stands in for them, and by the lead; answers the line of the `gate.end`. */
async function decided(writer: run.Writer, request: Request, manager = run.manager): Promise<number> {
  writer.add(request)
  const first = writer.chain.lines
  writer.add(await run.approvalOf(writer, manager, 'Release Manager'))
  if (request.need.length > 1) writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
  writer.add(run.gateEnd(request.need.map((_, index) => first + index)))
  return writer.chain.lines - 1
}

/** Deploy runs behind the first request; its gate is then asked again as it should have been, and Deploy is not repeated. */
async function deployedBehind(request: Request, manager = run.manager, policy: VerifyPolicy = OWN) {
  const writer = run.createWriter()
  writer.add(run.runStart(), run.PLAN, run.confirm('tell-support'))
  const went = await decided(writer, request, manager)
  writer.add(...run.script('deploy', [went]), back)
  await decided(writer, ASKED_AGAIN)
  return judged(writer, policy)
}

async function judged(writer: run.Writer, policy: VerifyPolicy) {
  writer.add(run.runEnd(writer))
  const signersText = run.SIGNERS + signersLine(run.stranger, 'namespaces="signoff-approval-v1"')
  const { exitCode, findings } = await run.verify(writer.bytes(), await run.sealed(writer), { policy, signersText })
  return { exitCode, findings: findings.filter(({ check }) => check === 'policy') }
}

const finding = (line: number, message: string) => [{ check: 'policy', exit: 6, line, message }]

describe('threat 13: a gate that let a script past, and was asked again', () => {
  it('is 6 where it took others for a role', async () => {
    expect(await deployedBehind(OF_ANOTHER, run.stranger)).toEqual({
      exitCode: 6,
      findings: finding(4, 'the gate flip-dns took others for Release Manager than you have'),
    })
    expect(await deployedBehind(others(null), run.stranger)).toMatchObject({ exitCode: 6 })
  })

  it('is 6 where it asked for less than its plan', async () => {
    expect(await deployedBehind({ ...run.REQUEST, need: run.REQUEST.need.slice(0, 1) })).toEqual({
      exitCode: 6,
      findings: finding(4, 'the gate flip-dns asked for less than its plan does'),
    })
  })

  it('is 6 where it asked less of keys, each time that it did', async () => {
    const { exitCode, findings } = await deployedBehind(run.REQUEST, run.manager, { touch: 'presence' })
    expect(exitCode).toBe(6)
    expect(findings.map(({ line, message }) => [line, message])).toEqual(
      [4, 13].map(line => [line, 'the gate flip-dns asked keys for none, and you ask for presence']),
    )
  })

  it('is 6 where it is open at the end', async () => {
    const writer = run.atGate(OF_ANOTHER)
    writer.add({ kind: 'run.abort', reason: 'late', by })
    writer.add(run.runEnd(writer, 'aborted'))
    const report = await run.verify(writer.bytes(), await run.sealed(writer), { policy: OWN })
    expect(report).toMatchObject({ exitCode: 6, findings: [{ check: 'policy', line: 4 }] })
  })

  it('is 0 where it asked rightly both times', async () => {
    expect(await deployedBehind(run.REQUEST)).toEqual({ exitCode: 0, findings: [] })
  })

  it('is 0 where the wrong request was corrected before anybody said go', async () => {
    const writer = run.atGate(OF_ANOTHER)
    const went = await decided(writer, ASKED_AGAIN)
    writer.add(...run.script('deploy', [went]))
    expect(await judged(writer, OWN)).toEqual({ exitCode: 0, findings: [] })
  })

  it('is 0 where a wrong request follows one that let the script past, and was corrected before anybody said go', async () => {
    const writer = run.createWriter()
    writer.add(run.runStart(), run.PLAN, run.confirm('tell-support'))
    const went = await decided(writer, run.REQUEST)
    writer.add(...run.script('deploy', [went]), back, OF_ANOTHER)
    await decided(writer, ASKED_AGAIN)
    expect(await judged(writer, OWN)).toEqual({ exitCode: 0, findings: [] })
  })

  it('is 0 where the wrong request was answered by a no-go, and asked anew', async () => {
    const writer = run.atGate(OF_ANOTHER)
    const refused = await run.approvalOf(writer, run.stranger, 'Release Manager', statement => ({
      ...statement,
      predicate: { ...statement.predicate, decision: 'no-go', reason: 'not yet' },
    }))
    writer.add({ ...refused, decision: 'no-go' }, run.gateEnd([4], 'no-go'))
    writer.add({
      kind: 'step.decide',
      step: 'flip-dns',
      attempt: 1,
      state: 'failed',
      choice: 'rerun',
      reason: 'the roles are mended',
      by,
    })
    const went = await decided(writer, ASKED_AGAIN)
    writer.add(...run.script('deploy', [went]))
    expect(await judged(writer, OWN)).toEqual({ exitCode: 0, findings: [] })
  })
})
