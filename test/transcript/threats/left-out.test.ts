import { describe, expect, it } from 'vitest'
import { countSteps, type EventOf, fold, type RunEvent } from '../../../src/model/index.ts'
import type { DemandedStep } from '../../../src/transcript/verify/verify-policy.ts'
import * as run from '../helpers/run.ts'

const by = run.operator.principal
const given = { how: 'key' as const, by, source: null }
const gate = run.GATE.id
const WHEN = 'if DNS changes'

const skip = (why: EventOf<'step.skip'>['why'], step = gate, reason: string | null = 'not today'): RunEvent => ({
  kind: 'step.skip',
  step,
  why,
  reason,
  by: null,
})
const condition = (answer: 'yes' | 'no', step = gate): RunEvent => ({
  kind: 'condition',
  when: WHEN,
  answer,
  steps: [step],
  ...given,
})
const choice = (option: string): RunEvent => ({
  kind: 'choice',
  step: 'way',
  group: 'way',
  option,
  reason: null,
  ...given,
})
const decide = (choice: EventOf<'step.decide'>['choice'], step = gate, reason = 'agreed by phone'): RunEvent => ({
  kind: 'step.decide',
  step,
  attempt: 1,
  state: 'failed',
  choice,
  reason,
  by,
})

const STEPS = [run.planned('tell-support', 'confirmation'), run.planned('way', 'choice'), run.GATE]

/** A run that says it passed, of a confirmation, a choice, and the gate at the end of it, so that no script tells what was done to it. */
async function judged(events: readonly RunEvent[], demanded: Partial<DemandedStep> = {}, start = run.runStart()) {
  const writer = run.createWriter()
  writer.add(start, { ...run.PLAN, steps: STEPS }, run.confirm('tell-support'), choice('Blue'), ...events)
  writer.add({ kind: 'run.end', result: 'passed', steps: countSteps(fold(writer.entries)) })
  const steps = STEPS.map(step => ({ ...step, when: null, choice: null, ...(step.id === gate ? demanded : {}) }))
  return run.verify(writer.bytes(), await run.sealed(writer), { planOf: async () => ({ rules: 1, steps }) })
}

describe('threat 13: a gate that says nothing', () => {
  it.each([
    ['left out by a word', [skip('not-applicable')]],
    ['left out by a selection', [skip('selection')]],
    ['left out by a condition that nobody was asked', [skip('condition')]],
    ['left out by a condition that was answered yes', [condition('yes'), skip('condition')]],
    ['left out for another option, and stands under none', [skip('other-option')]],
    ['passed by a word', [decide('passed')]],
    ['passed by hand', [decide('by-hand')]],
    ['said to have failed', [decide('failed')]],
    ['passed as a choice', [{ kind: 'choice', step: gate, group: gate, option: 'go', reason: null, ...given }]],
    ['passed as a form', [{ kind: 'form', step: gate, text: 'go\n', by }]],
    ['passed as a wait', [{ kind: 'wait.end', step: gate, how: 'early', leftMs: 0, reason: 'now', by }]],
  ] satisfies [string, RunEvent[]][])('is 6 where it was %s', async (_, events) => {
    expect((await judged(events)).exitCode).toBe(6)
  })

  it('may be left out by an answer that the runbook lets leave it out, and by that alone', async () => {
    const asked = [condition('no'), skip('condition')]
    expect(await judged(asked, { when: WHEN })).toMatchObject({ exitCode: 0, findings: [] })
    expect((await judged(asked, { when: null })).findings).toMatchObject([
      { check: 'policy', exit: 6, line: 6, message: expect.stringContaining('gives it none') },
    ])
    const chosen = [skip('other-option')]
    expect((await judged(chosen, { choice: { group: 'way', option: 'Green' } })).exitCode).toBe(0)
    expect((await judged(chosen, { choice: { group: 'way', option: 'Blue' } })).findings).toMatchObject([
      { check: 'policy', exit: 6, line: 5, message: expect.stringContaining('its own was chosen') },
    ])
  })

  it('is looked at where it was left out: asked after all, it said go too late for what ran meanwhile', async () => {
    const reopen: RunEvent = { kind: 'step.reopen', step: gate, reason: 'after all', by }
    const writer = run.createWriter()
    const steps = [run.planned('way', 'choice'), run.GATE, run.planned('deploy', 'task')]
    writer.add(
      run.runStart(),
      { ...run.PLAN, steps },
      choice('Blue'),
      skip('other-option'),
      ...run.script('deploy', []),
    )
    writer.add(reopen, run.REQUEST)
    const seq = writer.chain.lines
    writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
    writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
    writer.add(run.gateEnd([seq, seq + 1]))
    writer.add(run.runEnd(writer))
    const planOf = async () => ({ rules: 1, steps: steps.map(step => ({ ...step, when: null, choice: null })) })
    const report = await run.verify(writer.bytes(), await run.sealed(writer), { planOf })
    expect(report.findings).toMatchObject([{ check: 'policy', exit: 6, line: 4 }])
  })

  it('is not decided anew by the approvals of a request that was answered', async () => {
    const writer = run.atGate()
    writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
    writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
    writer.add(run.gateEnd([4, 5]), { kind: 'step.reopen', step: gate, reason: 'the criterion changed', by })
    writer.add(run.gateEnd([4, 5]), ...run.script('deploy', [8]))
    writer.add(run.runEnd(writer))
    const report = await run.verify(writer.bytes(), await run.sealed(writer))
    expect(report.findings).toMatchObject([{ check: 'approvals', exit: 6, line: 9 }])
  })

  it('is not opened beside a criterion that its end no longer speaks of', async () => {
    const met = { name: 'open incidents', op: '=', want: '0', got: '0', unit: null, ok: true }
    const ended = async (criteria: EventOf<'gate.end'>['criteria']) => {
      const writer = run.atGate({ ...run.REQUEST, criteria: [met] })
      writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
      writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
      writer.add({ ...run.gateEnd([4, 5]), criteria }, ...run.script('deploy', [6]))
      writer.add(run.runEnd(writer))
      return (await run.verify(writer.bytes(), await run.sealed(writer))).exitCode
    }
    expect(await ended([met])).toBe(0)
    expect(await ended([{ ...met, ok: false, got: '2' }])).toBe(6)
    expect(await ended([])).toBe(6)
    expect(await ended([{ ...met, name: 'something else' }])).toBe(6)
  })
})

describe('a step of another kind', () => {
  it.each([
    ['does not apply, for no reason', [skip('not-applicable', 'tell-support', ' ')]],
    ['is left out by a condition that nobody was asked', [skip('condition', 'tell-support')]],
    ['is left out by a selection that the run has not', [skip('selection', 'tell-support')]],
    ['is left out for another option, and stands under none', [skip('other-option', 'tell-support')]],
    ['is said not to apply, for no reason', [{ ...run.confirm('tell-support'), answer: 'n/a', note: ' ' }]],
    ['is resolved for no reason', [decide('passed', 'tell-support', ' ')]],
    ['is asked for approval', [{ ...run.REQUEST, step: 'tell-support' }]],
  ] satisfies [string, RunEvent[]][])('is 6 where it %s', async (_, events) => {
    const { findings } = await judged([...events, condition('no'), skip('condition')], { when: WHEN })
    expect(findings).not.toEqual([])
    expect(findings.every(({ check, exit }) => check === 'policy' && exit === 6)).toBe(true)
  })

  it('may be left out by a selection that the run has, and for a reason', async () => {
    const start = run.runStart({ selection: { from: '2', only: null, until: null } })
    const rest = [condition('no'), skip('condition')]
    for (const why of ['selection', 'not-applicable'] as const)
      expect(await judged([skip(why, 'tell-support'), ...rest], { when: WHEN }, start)).toMatchObject({ exitCode: 0 })
  })
})
