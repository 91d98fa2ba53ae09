import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Answer, RunEvent } from '../../src/model/index.ts'
import { EMPTY_STATE, evolve, isJumpedOver, stepsOf } from '../../src/model/index.ts'
import { planEvent } from '../../src/runner/index.ts'
import { checkControl } from '../../src/transcript/verify/verify-control.ts'
import { checkEnd } from '../../src/transcript/verify/verify-fold.ts'
import { createLeftOutCheck } from '../../src/transcript/verify/verify-left-out.ts'
import { createOrderCheck } from '../../src/transcript/verify/verify-orders.ts'
import { checkPolicy } from '../../src/transcript/verify/verify-policy.ts'
import { createStartCheck } from '../../src/transcript/verify/verify-start.ts'
import { checkStepEnd } from '../../src/transcript/verify/verify-step-ends.ts'
import { testCore } from '../helpers/core.ts'
import { runbookOf } from '../helpers/runbook.ts'

const PHRASES = [null, 'v1.2.3', 'production v1.2.3', 'production v1.2.3']
const production = { environment: 'production' }
const runbook = runbookOf(
  [
    { id: 'look', kind: 'task', script: 'ls\n' },
    { id: 'tick', kind: 'confirmation' },
    {
      id: 'where',
      kind: 'choice',
      options: [
        { name: 'A', steps: ['a'] },
        { name: 'B', steps: ['b'] },
      ],
    },
    { id: 'a', kind: 'task', script: 'true\n', choice: { group: 'where', option: 'A' } },
    { id: 'b', kind: 'confirmation', choice: { group: 'where', option: 'B' } },
    { id: 'go', kind: 'gate', criteria: ['tick'] },
    { id: 'deploy', kind: 'task', script: 'make deploy\n', risk: 'change', ...production },
    { id: 'ready', kind: 'wait', timeoutMs: 60_000, probe: { script: 'uptime\n', everyMs: 10_000 }, ...production },
    { id: 'maybe', kind: 'confirmation', when: 'if traffic is high', required: false },
    { id: 'final', kind: 'gate' },
    { id: 'end', kind: 'task', script: 'date\n' },
    { id: 'undo', kind: 'task', script: 'make undo\n', risk: 'change', ...production },
  ],
  { recovery: [{ for: null, title: 'Back', steps: ['undo'] }] },
)
const answers = new Map(stepsOf(runbook).map(({ id, when, choice }) => [id, { when, choice }]))
const DEMANDED = planEvent(runbook).steps.map(one => ({ when: null, choice: null, ...one, ...answers.get(one.id) }))
/** Stands for the step that is needed, as what people say mostly is about that. */
const NEEDED = '@'
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant(NEEDED) },
  { weight: 1, arbitrary: fc.constantFrom(...runbook.flows.main, 'undo') },
)
const anyStep = fc.constantFrom(...runbook.flows.main, 'undo')
const reason = fc.constantFrom('', 'because', 'because')
const phrase = fc.constantFrom(...PHRASES)

/** Anything that anybody could say, sensible or not; and what the world does by itself. */
const happening: fc.Arbitrary<
  Answer | { kind: 'ends'; exit: number } | { kind: 'passes' } | { kind: 'signs'; by: string }
> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('run' as const), step, phrase }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('ends' as const), exit: fc.constantFrom(0, 0, 0, 1) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('signs' as const), by: fc.constantFrom('p@x', 'q@x', 'r@x') }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('confirm' as const),
      step,
      answer: fc.constantFrom('yes' as const, 'yes' as const, 'no' as const, 'n/a' as const),
      observed: fc.constant(null),
      note: fc.constantFrom(null, 'seen'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('jump' as const), to: anyStep, reason, phrase }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('choose' as const),
      step: fc.constant('where'),
      option: fc.constantFrom('A', 'B', 'C'),
      reason: fc.constant(null),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('condition' as const),
      when: fc.constant('if traffic is high'),
      answer: fc.constantFrom('yes' as const, 'no' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('passes' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('skip' as const), step, reason, phrase }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      step,
      script: fc.constantFrom('true\n', 'rm -rf /srv/x\n', 'deploy <org>\n', ''),
      reason,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      step,
      choice: fc.constantFrom(
        'rerun' as const,
        'passed' as const,
        'failed' as const,
        'by-hand' as const,
        'skip' as const,
      ),
      reason,
      phrase,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end-wait' as const), step, reason, phrase }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rollback' as const),
      flow: fc.constantFrom(...Array.from({ length: 9 }, () => 'none'), 'document'),
      phrase,
      reason,
    }),
  },
)

function walked(happenings: readonly (typeof happening extends fc.Arbitrary<infer T> ? T : never)[]): RunEvent[] {
  const core = testCore(runbook)
  for (const one of happenings) {
    switch (one.kind) {
      case 'ends':
        if (core.state().running !== null) core.ends(one.exit)
        break
      case 'passes':
        core.pass(20_000)
        break
      case 'signs': {
        const open = [...core.state().gates].find(([id]) => core.state().steps.get(id)?.status.kind === 'open-gate')
        if (open === undefined) break
        const event = {
          kind: 'approval',
          step: open[0],
          request: open[1].request,
          role: null,
          decision: 'go',
          principal: one.by,
          keyid: `SHA256:${one.by}`,
          via: 'file',
          envelope: '{}',
        } as const
        core.input({ kind: 'approval', verdict: { kind: 'counts', sha256: 'c'.repeat(64), event } })
        break
      }
      default:
        core.say('step' in one && one.step === NEEDED ? { ...one, step: neededStep(core) } : one)
    }
  }
  return core.events
}

function neededStep(core: ReturnType<typeof testCore>): string {
  const need = core.need()
  return need.kind === 'finished' ? 'look' : need.step
}

test('whatever anybody says, in any order: no gate is passed by, no script starts twice or beside another, and no run that left something out has passed', () => {
  let starts = 0
  let passed = 0
  let jumps = 0
  fc.assert(
    fc.property(fc.array(happening, { minLength: 80, maxLength: 200 }), happenings => {
      let state = EMPTY_STATE
      const orders = new Set<string>()
      const startCheck = createStartCheck()
      const orderCheck = createOrderCheck()
      const leftOut = createLeftOutCheck()
      for (const [seq, event] of walked(happenings).entries()) {
        if (event.kind === 'step.start') {
          starts++
          expect(state.running).toBeNull()
          expect(orders.has(`${event.step}:${event.attempt}`)).toBe(false)
          orders.add(`${event.step}:${event.attempt}`)
          expect(event.script).not.toContain('<')
          startCheck.add(event, seq + 1, state)
          expect(startCheck.findings).toEqual([])
        }
        if (event.kind === 'jump') jumps++
        expect(checkControl(event, seq + 1, state)).toEqual([])
        expect(checkStepEnd(event, seq + 1, state)).toEqual([])
        orderCheck.add(event, seq + 1, state)
        leftOut.add(event, seq + 1, state)
        if (event.kind === 'run.end') expect(checkEnd(event, { state }, seq + 1)).toEqual([])
        state = evolve(state, { seq, atMs: 1_000_000 + seq, event })
      }
      expect([...orderCheck.findings, ...orderCheck.undigested, ...leftOut.findings(DEMANDED, state)]).toEqual([])
      if (state.result === null) return
      expect(checkPolicy(state, null, [], {})).toEqual([])
      if (state.result !== 'passed') return
      passed++
      for (const { planned, status } of state.steps.values()) {
        if (planned.flow !== 'main') continue
        expect(['passed', 'skipped', 'not-applicable']).toContain(status.kind)
        expect(isJumpedOver(status)).toBe(false)
        if (planned.kind === 'gate') expect(status.kind).toBe('passed')
      }
    }),
    { numRuns: 300, seed: 20_261_125 },
  )
  // The random walks must reach what they are to hold.
  expect(starts).toBeGreaterThan(500)
  expect(jumps).toBeGreaterThan(100)
  expect(passed).toBeGreaterThan(5)
})
