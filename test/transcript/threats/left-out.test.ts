import { describe, expect, it } from 'vitest'
import { countSteps, type EventOf, fold, type RunEvent } from '../../../src/model/index.ts'
import type { DemandedStep } from '../../../src/transcript/verify/verify-policy.ts'
import { signersLine } from '../helpers/keys.ts'
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
  return run.verify(writer.bytes(), await run.sealed(writer), {
    planOf: async () => ({ rules: 1, recovery: [], steps }),
  })
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
    const planOf = async () => ({
      rules: 1,
      recovery: [],
      steps: steps.map(step => ({ ...step, when: null, choice: null })),
    })
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

describe('threat 13: a gate that stays, and is passed by', () => {
  const met = { name: 'Title of tell-support', op: 'confirmed', want: 'yes', got: 'yes', unit: null, ok: true }
  const reopen = (step: string): RunEvent => ({ kind: 'step.reopen', step, reason: 'look again', by })
  const criterion = (changes: Partial<EventOf<'confirm'>>): RunEvent => ({ ...run.confirm('tell-support'), ...changes })

  it.each([
    ['was opened again', [reopen('tell-support')], 6],
    ['was declined', [reopen('tell-support'), criterion({ answer: 'no' })], 6],
    [
      'was seen beyond its limit',
      [
        reopen('tell-support'),
        criterion({ observed: [{ name: 'errors', value: '9', unit: '%', op: '<', want: '1', ok: false }] }),
      ],
      6,
    ],
    ['was confirmed again', [reopen('tell-support'), criterion({})], 0],
  ] satisfies [string, RunEvent[], number][])(
    'with a criterion that %s after it was asked',
    async (_, events, exit) => {
      const writer = run.atGate({ ...run.REQUEST, criteria: [met] })
      writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
      writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
      writer.add(...events, { ...run.gateEnd([4, 5]), criteria: [met] })
      writer.add(...run.script('deploy', [writer.chain.lines - 1]))
      writer.add({ kind: 'run.end', result: 'partial', steps: countSteps(fold(writer.entries)) })
      const report = await run.verify(writer.bytes(), await run.sealed(writer))
      expect(report.exitCode, JSON.stringify(report.findings)).toBe(exit)
    },
  )

  it('by voiding the no-go of somebody is 6', async () => {
    const anyone = { role: null, from: null }
    const writer = run.atGate({ ...run.REQUEST, need: [anyone, anyone, anyone] })
    const declined = await run.approvalOf(writer, run.stranger, null, said => ({
      ...said,
      predicate: { ...said.predicate, decision: 'no-go', reason: 'no' },
    }))
    writer.add({ ...declined, decision: 'no-go' })
    writer.add(await run.approvalOf(writer, run.manager, null), await run.approvalOf(writer, run.lead, null))
    writer.add({ ...run.gateEnd([4, 5, 6]), voided: [4] }, ...run.script('deploy', [7]))
    writer.add(run.runEnd(writer))
    const signersText = `${run.SIGNERS}${signersLine(run.stranger, 'namespaces="signoff-approval-v1"')}`
    const report = await run.verify(writer.bytes(), await run.sealed(writer), { signersText })
    expect(report.findings.map(({ message }) => message)).toContainEqual(expect.stringContaining('against a no-go'))
  })

  it.each(['recovery', 'none'] as const)('by a script of a flow that nobody entered, %s, is 6', async flow => {
    const writer = run.createWriter()
    const steps = [run.planned('tell-support', 'confirmation'), run.planned('undo', 'task', { flow })]
    writer.add(run.runStart(), { ...run.PLAN, steps }, run.confirm('tell-support'), ...run.script('undo', []))
    writer.add(run.runEnd(writer))
    expect((await run.verify(writer.bytes(), await run.sealed(writer))).findings).toMatchObject([
      { check: 'policy', exit: 6, line: 4, message: 'undo was started, and is in no flow that is walked' },
    ])
  })

  it('by a way back that leaves it out, or that the runbook has not, is 6; and so is a second one', async () => {
    const steps = [
      run.planned('build', 'task'),
      { ...run.GATE, flow: 'recovery' as const },
      run.planned('undo', 'task', { flow: 'recovery' }),
    ]
    const back = (ids: string[], of: string | null = null): RunEvent => ({
      kind: 'rollback.start',
      for: of,
      of: null,
      steps: ids,
      without: [],
      reason: 'errors',
      by,
    })
    const wayBack = async (...starts: RunEvent[]) => {
      const writer = run.createWriter()
      writer.add(run.runStart(), { ...run.PLAN, steps }, ...starts, run.REQUEST)
      const seq = writer.chain.lines
      writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
      writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
      writer.add(run.gateEnd([seq, seq + 1]), ...run.script('undo', [seq + 2]))
      const walked = fold(writer.entries).recovery?.steps ?? []
      writer.add({ kind: 'rollback.end', for: null, result: 'complete', done: [...walked], failed: [], without: [] })
      writer.add({ kind: 'run.end', result: 'rolled-back', steps: countSteps(fold(writer.entries)) })
      const demanded = steps.map(step => ({ ...step, when: null, choice: null }))
      const recovery = [{ for: null, steps: [gate, 'undo'] }]
      const planOf = async () => ({ rules: 1, recovery, steps: demanded })
      return (await run.verify(writer.bytes(), await run.sealed(writer), { planOf })).exitCode
    }
    expect(await wayBack(back([gate, 'undo']))).toBe(0)
    expect(await wayBack(back(['undo']))).toBe(6)
    // One name that reads as two is neither of them.
    expect(await wayBack(back([`${gate}\nundo`]))).toBe(6)
    expect(await wayBack()).toBe(4)
    expect(await wayBack(back([gate, 'undo'], 'deploy'))).toBe(6)
    expect(await wayBack(back([gate, 'undo']), back([gate, 'undo']))).toBe(6)
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
