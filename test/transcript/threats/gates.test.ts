import { describe, expect, it } from 'vitest'
import * as run from '../helpers/run.ts'
import { bundle, journal } from '../helpers/sealed-run.ts'

const codes = (report: { findings: { exit: number }[] }) => report.findings.map(({ exit }) => exit)

describe('threat 13: the gate is bypassed', () => {
  it('a script that does not name the gate', async () => {
    const writer = run.atGate()
    writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
    writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
    writer.add(run.gateEnd([4, 5]), ...run.script('deploy', []))
    writer.add(run.runEnd(writer))
    expect((await run.verify(writer.bytes(), await run.sealed(writer))).exitCode).toBe(6)
  })

  it('a script that starts before the gate', async () => {
    const writer = run.createWriter()
    writer.add(run.runStart(), run.PLAN, run.confirm('tell-support'), ...run.script('deploy', []), run.REQUEST)
    writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
    writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
    writer.add(run.gateEnd([9, 10]))
    writer.add(run.runEnd(writer))
    const report = await run.verify(writer.bytes(), await run.sealed(writer))
    expect(report.findings).toContainEqual(expect.objectContaining({ check: 'policy', exit: 6, line: 4 }))
  })

  it('a gate that says go without its approvals', async () => {
    const writer = run.atGate()
    writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
    writer.add(run.gateEnd([4]), ...run.script('deploy', [5]))
    writer.add(run.runEnd(writer))
    expect((await run.verify(writer.bytes(), await run.sealed(writer))).exitCode).toBe(6)
  })

  it('a gate that the runbook demands and the plan has not, or weaker, or behind its step', async () => {
    const planOf = async () => run.demanded()
    expect((await run.verify(journal, bundle, { planOf })).exitCode).toBe(0)
    const judged = async (steps: typeof run.PLAN.steps, start = run.runStart()) => {
      const writer = run.createWriter()
      writer.add(start, { ...run.PLAN, steps }, run.confirm('tell-support'), ...run.script('deploy', []))
      writer.add(run.runEnd(writer, 'partial'))
      return run.verify(writer.bytes(), await run.sealed(writer), { planOf })
    }
    const [first, gate, deploy] = run.PLAN.steps
    if (first === undefined || gate === undefined || deploy === undefined) throw new Error()
    expect((await judged([first, deploy])).exitCode).toBe(6)
    expect((await judged([first, deploy, gate])).exitCode).toBe(6)
    // What was selected says which steps are walked, and takes none of them out of the flow.
    for (const start of [run.runStart(), run.runStart({ selection: { from: null, only: null, until: '1' } })]) {
      const outside = { ...gate, flow: 'none' } as const
      expect((await judged([first, outside, deploy], start)).exitCode).toBe(6)
      expect((await judged([first, gate, { ...deploy, flow: 'none' }], start)).exitCode).toBe(6)
    }
    const weaker = { ...gate, approvers: gate.approvers?.slice(1) ?? null }
    expect(codes(await judged([first, deploy, weaker]))).toContain(6)
  })

  it('a request that asks for less than its plan, or for any one signer', async () => {
    const judged = async (need: typeof run.REQUEST.need, approvers: typeof run.GATE.approvers) => {
      const writer = run.createWriter()
      const steps = run.PLAN.steps.map(step => (step.id === run.GATE.id ? { ...step, approvers } : step))
      writer.add(run.runStart(), { ...run.PLAN, steps }, run.confirm('tell-support'), { ...run.REQUEST, need })
      const seqs = []
      for (const [index, { role }] of need.entries()) {
        seqs.push(writer.chain.lines)
        writer.add(await run.approvalOf(writer, index === 0 ? run.manager : run.lead, role))
      }
      writer.add(run.gateEnd(seqs), ...run.script('deploy', [writer.chain.lines]))
      writer.add(run.runEnd(writer))
      return (await run.verify(writer.bytes(), await run.sealed(writer))).exitCode
    }
    const anyone = { role: null, from: null }
    const both = run.GATE.approvers
    expect(await judged(run.REQUEST.need, both)).toBe(0)
    expect(await judged([anyone, anyone], both)).toBe(0)
    expect(await judged(run.REQUEST.need.slice(0, 1), both)).toBe(6)
    expect(await judged([anyone], both?.slice(0, 1) ?? null)).toBe(6)
    expect(await judged([{ role: 'Release Manager', from: null }], both?.slice(0, 1) ?? null)).toBe(6)
    expect(await judged(run.REQUEST.need.slice(0, 1), both?.slice(0, 1) ?? null)).toBe(0)
  })

  it('the wishes of the one who verifies', async () => {
    const wish = async (policy: object) => (await run.verify(journal, bundle, { policy })).exitCode
    expect(await wish({ requirePassed: true, requireApprovals: 2 })).toBe(0)
    expect(await wish({ requireApprovals: 3 })).toBe(6)
    expect(await wish({ roles: { 'Release Manager': ['other@example.com'] } })).toBe(6)
    // What a request asked of keys, by what the one who verifies does.
    expect(await wish({ touch: 'none' })).toBe(0)
    for (const touch of ['presence', 'verified']) expect(await wish({ touch })).toBe(6)
  })
})
