import { describe, expect, test } from 'vitest'
import { testCore } from '../helpers/core.ts'
import { runbookOf, type Wanted } from '../helpers/runbook.ts'

const confirmation = (id: string, more: Partial<Wanted> = {}): Wanted => ({ id, kind: 'confirmation', ...more })
const jump = (to: string, reason = 'said so') => ({ kind: 'jump', to, reason }) as const
type Core = ReturnType<typeof testCore>
const tick = (core: Core, step: string) =>
  core.say({ kind: 'confirm', step, answer: 'yes', observed: null, note: null })
const approve = (core: Core, step: string, principal: string) =>
  core.input({
    kind: 'approval',
    verdict: {
      kind: 'counts',
      sha256: 'c'.repeat(64),
      event: {
        kind: 'approval',
        step,
        request: core.state().gates.get(step)?.request ?? -1,
        role: null,
        decision: 'go',
        principal,
        keyid: `SHA256:${principal}`,
        via: 'file',
        envelope: '{}',
      },
    },
  })
const go = (core: Core, step: string) => {
  approve(core, step, 'a@example.com')
  approve(core, step, 'b@example.com')
}
const statusOf = (core: Core, step: string) => core.state().steps.get(step)?.status

describe('forward', () => {
  test('names every step that it leaves out, and the run can only end partial', () => {
    const core = testCore(runbookOf(['a', 'b', 'c', 'd'].map(id => confirmation(id))))
    tick(core, 'a')
    expect(core.say(jump('d'))).toEqual({ ok: true })
    expect(core.events.at(-1)).toMatchObject({ kind: 'jump', from: 'b', to: 'd', over: ['b', 'c'], reason: 'said so' })
    expect(statusOf(core, 'c')).toMatchObject({ kind: 'skipped', how: 'jump' })
    tick(core, 'd')
    expect(core.need()).toEqual({ kind: 'finished', result: 'partial' })
    expect(core.events.at(-1)).toMatchObject({ steps: { passed: 2, skipped: 2, open: 0 } })
  })

  test('needs a reason, and in production the phrase', () => {
    const core = testCore(runbookOf([confirmation('a'), confirmation('b', { environment: 'production' })]))
    expect(core.say({ ...jump('b'), reason: ' ' }).ok).toBe(false)
    expect(core.say(jump('b'))).toMatchObject({ ok: false, why: expect.stringContaining('production v1.2.3') })
    expect(core.say({ ...jump('b'), phrase: 'production v1.2.3' }).ok).toBe(true)
  })

  test('never goes over a gate that has not said GO', () => {
    const core = testCore(runbookOf([confirmation('a'), { id: 'go', kind: 'gate' }, confirmation('b')]))
    expect(core.say(jump('b'))).toMatchObject({ ok: false, why: expect.stringContaining('gate') })
    expect(core.say(jump('go')).ok).toBe(true)
    expect(core.say(jump('b'))).toMatchObject({ ok: false, why: expect.stringContaining('gate') })
    go(core, 'go')
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'b' })
  })

  test('a failed step can be jumped over; one that runs, or whose outcome is unknown, cannot', () => {
    const task: Wanted = { id: 'a', kind: 'task', script: 'false\n' }
    const core = testCore(runbookOf([task, confirmation('b')]))
    core.say({ kind: 'run', step: 'a', phrase: null })
    expect(core.say(jump('b'))).toMatchObject({ ok: false, why: expect.stringContaining('running') })
    core.ends(1)
    expect(core.say(jump('b')).ok).toBe(true)
    const lost = testCore(runbookOf([task, confirmation('b')]))
    lost.say({ kind: 'run', step: 'a', phrase: null })
    lost.endsUnknown()
    expect(lost.say(jump('b'))).toMatchObject({ ok: false, why: expect.stringContaining('unknown') })
  })

  test('no step outside the flow, of an option that is not chosen, or under a condition that does not hold is a place to go', () => {
    const core = testCore(
      runbookOf(
        [
          {
            id: 'where',
            kind: 'choice',
            options: [
              { name: 'A', steps: ['a'] },
              { name: 'B', steps: ['b'] },
            ],
          },
          confirmation('a', { choice: { group: 'where', option: 'A' } }),
          confirmation('b', { choice: { group: 'where', option: 'B' } }),
          confirmation('back'),
          confirmation('end'),
        ],
        { recovery: [{ for: null, title: 'Back', steps: ['back'] }] },
      ),
    )
    expect(core.say(jump('b'))).toMatchObject({ ok: false, why: expect.stringContaining('not chosen') })
    expect(core.say(jump('back'))).toMatchObject({ ok: false, why: expect.stringContaining('not in the flow') })
    expect(core.say(jump('where'))).toMatchObject({ ok: false, why: expect.stringContaining('needed now') })
    expect(core.say(jump('end')).ok).toBe(true)
  })
})

describe('back', () => {
  test('opens a step again: a new attempt of it, and then the walk goes on where it was', () => {
    const task: Wanted = { id: 'a', kind: 'task', script: 'true\n' }
    const core = testCore(runbookOf([task, confirmation('b'), confirmation('c')]))
    core.say({ kind: 'run', step: 'a', phrase: null })
    core.ends(0)
    tick(core, 'b')
    expect(core.say(jump('a', 'the cluster was replaced')).ok).toBe(true)
    expect(core.events.at(-1)).toMatchObject({ kind: 'step.reopen', step: 'a', reason: 'the cluster was replaced' })
    core.say({ kind: 'run', step: 'a', phrase: null })
    expect(core.need()).toMatchObject({ kind: 'running', step: 'a', attempt: 2 })
    core.ends(0)
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'c' })
  })

  test('a phase that was complete is complete again only once its step is', () => {
    const core = testCore(runbookOf([confirmation('a'), confirmation('b', { phase: 'second' })]))
    tick(core, 'a')
    core.say(jump('a'))
    expect(core.state().phasesEnded.size).toBe(0)
    tick(core, 'a')
    tick(core, 'b')
    expect(core.events.filter(event => event.kind === 'phase.end').map(event => event.phase)).toEqual([
      'phase-1',
      'phase-1',
      'second',
    ])
    expect(core.need()).toEqual({ kind: 'finished', result: 'passed' })
  })

  test('a GO is asked anew when a criterion of its gate is opened again', () => {
    const core = testCore(
      runbookOf([
        confirmation('other'),
        confirmation('tests'),
        { id: 'go', kind: 'gate', criteria: ['tests'] },
        confirmation('deploy'),
      ]),
    )
    tick(core, 'other')
    tick(core, 'tests')
    go(core, 'go')
    core.say(jump('other'))
    tick(core, 'other')
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'deploy' })
    core.say(jump('tests'))
    expect(statusOf(core, 'go')).toEqual({ kind: 'pending' })
    tick(core, 'tests')
    expect(core.need()).toMatchObject({ kind: 'gate', step: 'go' })
    expect(core.events.filter(event => event.kind === 'approval.request')).toHaveLength(2)
    go(core, 'go')
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'deploy' })
  })

  test('a gate without criteria rests on all that stands before it', () => {
    const core = testCore(runbookOf([confirmation('a'), { id: 'go', kind: 'gate' }, confirmation('b')]))
    tick(core, 'a')
    go(core, 'go')
    core.say(jump('a'))
    tick(core, 'a')
    expect(core.need()).toMatchObject({ kind: 'gate', step: 'go' })
  })

  test('a condition that was answered wrongly is asked again, for all steps that share it, as long as nothing under it was done', () => {
    const when = 'if security changes'
    const steps = [confirmation('a', { when }), confirmation('b', { when }), confirmation('c')]
    const core = testCore(runbookOf(steps))
    core.say({ kind: 'condition', when, answer: 'no' })
    expect(core.need()).toMatchObject({ step: 'c' })
    core.say(jump('b', 'it does'))
    expect(core.events.slice(-2).map(event => event.kind === 'step.reopen' && event.step)).toEqual(['b', 'a'])
    expect(core.need()).toMatchObject({ kind: 'condition', step: 'a' })
    core.say({ kind: 'condition', when, answer: 'yes' })
    expect(core.say(jump('a', 'no, it does not')).ok).toBe(true)
    expect(core.need()).toMatchObject({ kind: 'condition', step: 'a' })
    core.say({ kind: 'condition', when, answer: 'yes' })
    tick(core, 'a')
    expect(core.say(jump('b'))).toMatchObject({ ok: false, why: expect.stringContaining('needed now') })
  })

  test('another option can be chosen; what the first one did stays done', () => {
    const core = testCore(
      runbookOf([
        {
          id: 'where',
          kind: 'choice',
          options: [
            { name: 'A', steps: ['a'] },
            { name: 'B', steps: ['b'] },
          ],
        },
        confirmation('a', { choice: { group: 'where', option: 'A' } }),
        confirmation('b', { choice: { group: 'where', option: 'B' } }),
        confirmation('end'),
      ]),
    )
    core.say({ kind: 'choose', step: 'where', option: 'A', reason: null })
    tick(core, 'a')
    expect(core.say(jump('b'))).toMatchObject({ ok: false, why: expect.stringContaining('1.1') })
    core.say(jump('where', 'A is down'))
    core.say({ kind: 'choose', step: 'where', option: 'B', reason: null })
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'b' })
    expect(statusOf(core, 'a')).toMatchObject({ kind: 'passed' })
  })

  describe('to a choice whose options were left out with it', () => {
    const script = 'true\n'
    const inOption = (id: string, group: string, option: string, more: Partial<Wanted> = {}): Wanted => ({
      id,
      kind: 'task',
      script,
      choice: { group, option },
      ...more,
    })
    const choice = (id: string, a: readonly string[], b: readonly string[], more: Partial<Wanted> = {}): Wanted => ({
      id,
      kind: 'choice',
      options: [
        { name: 'A', steps: [...a] },
        { name: 'B', steps: [...b] },
      ],
      ...more,
    })
    const choose = (core: Core, step: string, option: string) =>
      core.say({ kind: 'choose', step, option, reason: null })
    const runs = (core: Core, step: string) => {
      expect(core.say({ kind: 'run', step, phrase: null })).toEqual({ ok: true })
      core.ends(0)
      expect(statusOf(core, step)).toMatchObject({ kind: 'passed' })
    }
    /** A choice, and in its option A another one; a condition is, as in a section, that of all of them. */
    const nested = (more: Partial<Wanted> = {}): Wanted[] => [
      choice('where', ['inner', 'a', 'b'], ['c'], more),
      choice('inner', ['a'], ['b'], { choice: { group: 'where', option: 'A' }, ...more }),
      inOption('a', 'inner', 'A', more),
      inOption('b', 'inner', 'B', more),
      inOption('c', 'where', 'B', more),
    ]

    test('a condition that holds after all asks the choice, and the option that is chosen is walked', () => {
      const when = 'if a database is involved'
      const core = testCore(runbookOf([confirmation('first', { when }), ...nested({ when }), confirmation('end')]))
      core.say({ kind: 'condition', when, answer: 'no' })
      expect(statusOf(core, 'where')).toMatchObject({ kind: 'not-applicable', cause: 'condition' })
      expect(statusOf(core, 'a')).toMatchObject({ kind: 'not-applicable', cause: 'other-option' })
      // The condition is that of all its steps: the choice is opened whichever of them is jumped to.
      core.say(jump('first', 'one is'))
      core.say({ kind: 'condition', when, answer: 'yes' })
      tick(core, 'first')
      choose(core, 'where', 'A')
      choose(core, 'inner', 'B')
      runs(core, 'b')
      for (const id of ['a', 'c']) expect(statusOf(core, id)).toMatchObject({ cause: 'other-option' })
      tick(core, 'end')
      expect(core.need()).toEqual({ kind: 'finished', result: 'passed' })
    })

    test('a condition that was reconsidered and does not hold leaves all of it out once more', () => {
      const when = 'if a database is involved'
      const core = testCore(runbookOf([...nested({ when }), confirmation('end')]))
      core.say({ kind: 'condition', when, answer: 'no' })
      core.say(jump('where', 'to be sure'))
      expect(core.need()).toMatchObject({ kind: 'condition', step: 'where' })
      core.say({ kind: 'condition', when, answer: 'no' })
      expect(core.need()).toMatchObject({ kind: 'confirm', step: 'end' })
      for (const id of ['inner', 'a', 'b', 'c']) expect(statusOf(core, id)).toMatchObject({ cause: 'other-option' })
    })

    test('back to a choice that was jumped over opens what is inside it, and the run can pass', () => {
      const core = testCore(runbookOf([...nested(), confirmation('end')]))
      core.say(jump('end'))
      expect(statusOf(core, 'b')).toMatchObject({ kind: 'skipped', how: 'jump' })
      expect(core.say(jump('where', 'it is needed')).ok).toBe(true)
      choose(core, 'where', 'A')
      choose(core, 'inner', 'B')
      runs(core, 'b')
      tick(core, 'end')
      expect(core.need()).toEqual({ kind: 'finished', result: 'passed' })
    })

    test('what a person skipped by itself stays skipped, and so does what was jumped over outside the choice', () => {
      const core = testCore(
        runbookOf([
          choice('where', ['a', 'a2'], ['b']),
          inOption('a', 'where', 'A'),
          inOption('a2', 'where', 'A'),
          inOption('b', 'where', 'B'),
          confirmation('other'),
          confirmation('end'),
        ]),
      )
      choose(core, 'where', 'A')
      core.say({ kind: 'skip', step: 'a', reason: 'done yesterday', phrase: null })
      expect(statusOf(core, 'a')).toMatchObject({ kind: 'skipped', how: 'person' })
      core.say(jump('end'))
      core.say(jump('where', 'the rest of it'))
      expect(statusOf(core, 'a')).toMatchObject({ kind: 'skipped', how: 'person' })
      expect(statusOf(core, 'other')).toMatchObject({ kind: 'skipped', how: 'jump' })
      choose(core, 'where', 'A')
      runs(core, 'a2')
      tick(core, 'end')
      expect(core.need()).toEqual({ kind: 'finished', result: 'partial' })
    })
  })
})
