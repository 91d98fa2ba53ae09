import { describe, expect, it } from 'vitest'
import { DECIDED, EMPTY_STATE, type EventOf, LEFT_OUT, type RunEvent, WHY_REFUSED } from '../../../src/model/index.ts'
import { eventText } from '../../../src/transcript/export/event-text.ts'
import { createPlanNames, type PlanNames } from '../../../src/transcript/export/plan-names.ts'
import { sentenceOf } from '../../../src/tui/scene/narrate.ts'

const STEPS = new Map([
  ['deploy', { position: '2.1', title: 'Deploy it', kind: 'task' as const }],
  ['check', { position: '2.2', title: 'Check it', kind: 'confirmation' as const }],
])
const names: PlanNames = { way: 'forward', step: id => STEPS.get(id), phase: id => (id === 'one' ? '1 Deploy' : id) }
const told = (event: RunEvent) => eventText(event, names)
const said = (event: RunEvent): string => told(event).sentence
const onScreen = (event: RunEvent): string =>
  sentenceOf({ seq: 7, atMs: 0, event }, { state: EMPTY_STATE }, { title: 'Release' }) ?? ''

const by = 'kim@example.com'
const order = { step: 'deploy', attempt: 2 }
const end = (fields: Partial<EventOf<'step.end'>>): EventOf<'step.end'> => ({
  ...{ kind: 'step.end', ...order, outcome: 'exited', exit: 0, signal: null, ms: 37, result: 'passed', checks: [] },
  ...fields,
})
const waitEnd = (how: EventOf<'wait.end'>['how']): RunEvent => ({
  ...{ kind: 'wait.end', step: 'check', how, leftMs: 7_500_000, reason: 'quiet', by },
})

describe('an event in words', () => {
  it('has its times as people read them', () => {
    expect(said(end({ ms: 15_062 }))).toBe('attempt 2 passed, exit 0, after 15 s')
    const phase = { kind: 'phase.end', phase: 'one', result: 'passed', criteria: null, by: null } as const
    const steps = { passed: 3, failed: 0, skipped: 0, unknown: 0, open: 0 }
    const planned = { minMs: 1_800_000, maxMs: 5_400_000 }
    expect(said({ ...phase, steps, ms: 4_000_000, planned })).toBe(
      'phase 1 Deploy passed after 1 h 6 min, planned 30 min to 1 h 30 min',
    )
    expect(said(waitEnd('early'))).toBe(`continued early with 2 h 5 min left, by ${by}: quiet`)
  })

  it.each([
    ['an exit code', end({ exit: 1, result: 'failed' }), 'attempt 2 failed, exit 1, after 37 ms'],
    [
      'a signal',
      end({ outcome: 'signalled', exit: null, signal: 'SIGKILL', result: 'failed' }),
      'attempt 2 failed, ended by SIGKILL, after 37 ms',
    ],
    [
      'its time limit',
      end({ outcome: 'timed-out', exit: null, signal: 'SIGTERM', result: 'failed' }),
      'attempt 2 failed, timed out, after 37 ms',
    ],
    [
      'somebody',
      end({ outcome: 'cancelled', exit: null, signal: 'SIGINT', result: 'failed' }),
      'attempt 2 failed, was stopped (SIGINT), after 37 ms',
    ],
    [
      'nobody knows what',
      end({ outcome: 'unknown', exit: null, result: 'unknown' }),
      'attempt 2 ended, and nobody saw how: the outcome is unknown',
    ],
    [
      'an expectation that is not met',
      end({ result: 'failed', checks: [{ name: '$.failed', op: '<', want: '5', got: '7', unit: null, ok: false }] }),
      'attempt 2 failed, exit 0, after 37 ms; $.failed: 7 (< 5), NOT met',
    ],
  ])('says that a script was ended by %s', (_, event, sentence) => {
    expect(said(event)).toBe(sentence)
  })

  it('names steps as people do, and by their ids only where the plan is not at hand', () => {
    const jump: RunEvent = { kind: 'jump', from: null, to: 'check', over: ['deploy'], reason: 'late', by }
    expect(said(jump)).toBe(`jumped to 2.2 Check it over 2.1, by ${by}: late`)
    expect(eventText(jump, { ...names, step: () => undefined }).sentence).toBe(
      `jumped to check over deploy, by ${by}: late`,
    )
  })

  it('names a phase, and its way back once one was entered', () => {
    const plan = createPlanNames()
    plan.take({
      kind: 'run.plan',
      steps: [],
      phases: [
        { id: 'one', position: '1', title: 'Deploy', role: 'main' },
        { id: 'appendix', position: 'appendix', title: 'Appendix', role: 'reference' },
      ],
    })
    expect([plan.phase('one'), plan.phase('appendix'), plan.phase('gone')]).toEqual(['1 Deploy', 'Appendix', 'gone'])
    plan.take({ kind: 'rollback.start', for: 'one', of: null, steps: [], without: [], reason: 'broken', by })
    expect(plan.phase('one')).toBe('1 Deploy, way back,')
    const steps = { passed: 3, failed: 0, skipped: 0, unknown: 0, open: 0 }
    const planned = { minMs: 60_000, maxMs: null }
    expect(
      eventText(
        { kind: 'phase.end', phase: 'one', result: 'passed', steps, ms: 900, planned, criteria: null, by: null },
        plan,
      ).sentence,
    ).toBe('phase 1 Deploy, way back, passed after 900 ms')
  })

  it('tells a phrase that was typed from a tick, and a tick from what was declined', () => {
    const confirm = (fields: Partial<EventOf<'confirm'>>): EventOf<'confirm'> => ({
      ...{ kind: 'confirm', step: 'check', ask: 'All is well', answer: 'yes', observed: [], how: 'key', by },
      ...{ source: null, note: null },
      ...fields,
    })
    expect(said(confirm({}))).toBe(`[x] All is well: confirmed by ${by}`)
    expect(said(confirm({ answer: 'no', note: 'it is not' }))).toBe(`[ ] All is well: declined by ${by}: it is not`)
    expect(said(confirm({ answer: 'n/a' }))).toBe(`[ ] All is well: not applicable, said by ${by}`)
    const phrase = confirm({ step: 'deploy', ask: 'type "production v1" to run', how: 'typed' })
    expect(said(phrase)).toBe(`phrase typed by ${by}: type "production v1" to run`)
  })

  it('lists whom a gate asks and what it is held against, and of its end what was not met', () => {
    const check = { name: 'Tests passed', op: 'confirmed', want: 'yes', got: 'yes', unit: null, ok: true } as const
    const rate = { name: 'error rate', op: '<', want: '1', got: '3', unit: '%', ok: false } as const
    const request = told({
      ...{ kind: 'approval.request', step: 'gate', ask: 'GO?', touch: 'none', challenge: 'c', criteria: [check, rate] },
      need: [
        { role: 'Lead', from: [by, 'lee@example.com'] },
        { role: null, from: null },
      ],
    })
    expect(request).toMatchObject({
      sentence: 'approval asked: GO?',
      items: [
        `Lead: ${by} or lee@example.com`,
        'any signer',
        'Tests passed: yes, met',
        'error rate: 3 % (< 1), NOT met',
      ],
    })
    const gate = { kind: 'gate.end', step: 'gate', decision: 'go' } as const
    expect(told({ ...gate, approvals: [8], voided: [5], criteria: [check, rate] })).toMatchObject({
      sentence: 'gate: GO, 1 of 2 criteria met; void: the approvals of lines 6',
      items: ['error rate: 3 % (< 1), NOT met'],
    })
  })

  it('says how much was printed and what is missing of it, and nothing of streams that were silent', () => {
    const stream = { sha256: '0'.repeat(64), masked: 0, lost: 0 }
    const silent = { ...stream, fd: 'err', bytes: 0, kept: 0 } as const
    const out = { ...stream, fd: 'out', bytes: 90, kept: 40, masked: 2 } as const
    expect(said({ kind: 'output.end', ...order, streams: [out, silent] })).toBe(
      'printed 90 bytes (40 kept, 2 secrets masked)',
    )
    expect(said({ kind: 'output.end', ...order, streams: [silent] })).toBe('printed nothing')
    expect(said({ kind: 'output.end', ...order, streams: [{ ...silent, lost: 3 }] })).toBe(
      'printed 0 bytes on stderr (3 lost)',
    )
  })
})

describe('what the screen says and what the record is told by are the same words', () => {
  it('for every decision on a step that did not pass', () => {
    for (const choice of Object.keys(DECIDED) as (keyof typeof DECIDED)[]) {
      const event: RunEvent = { kind: 'step.decide', ...order, state: 'failed', choice, reason: 'it is so', by }
      const words = `${DECIDED[choice]} by ${by}: it is so`
      expect(said(event)).toBe(`failed; ${words}`)
      expect(onScreen(event)).toContain(words)
    }
  })

  it('for every reason why an approval does not count, and why a step was left out', () => {
    for (const why of Object.keys(WHY_REFUSED) as (keyof typeof WHY_REFUSED)[]) {
      const event: RunEvent = { kind: 'approval.refused', request: 5, sha256: '0'.repeat(64), why }
      expect(`${said(event)}.`).toBe(onScreen(event).replace('An', 'an'))
    }
    for (const why of Object.keys(LEFT_OUT) as (keyof typeof LEFT_OUT)[]) {
      const event: RunEvent = { kind: 'step.skip', step: 'deploy', why, reason: null, by: null }
      expect(onScreen(event)).toBe(`Step deploy: ${said(event)}.`)
    }
  })

  it('for waits that did not end by themselves', () => {
    for (const [how, words] of [
      ['early', 'continued early with'],
      ['extended', 'the wait was extended by'],
      ['cancelled', 'the wait ended unmet'],
    ] as const) {
      expect(said(waitEnd(how))).toContain(words)
      expect(onScreen(waitEnd(how))).toContain(words)
    }
  })
})
