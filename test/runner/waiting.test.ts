import { describe, expect, test } from 'vitest'
import { testCore } from '../helpers/core.ts'
import { runbookOf, type Wanted, wanted } from '../helpers/runbook.ts'

const MINUTE = 60_000
const soak = wanted({ id: 'soak', kind: 'wait', durationMs: 30 * MINUTE })
const probe = { script: 'curl -fsS https://api.example.com/healthz\n', everyMs: 10_000 }
const ready = wanted({ id: 'ready', kind: 'wait', timeoutMs: 5 * MINUTE, probe })
const after: Wanted = { id: 'after', kind: 'confirmation' }
type Core = ReturnType<typeof testCore>
const starts = (core: Core) => core.events.filter(event => event.kind === 'step.start').length
const kinds = (core: Core) => core.events.slice(2).map(event => event.kind)

describe('a wait', () => {
  test('is extended with a reason, and ends by its new deadline', () => {
    const core = testCore(runbookOf([soak, after]))
    core.pass(10 * MINUTE)
    expect(core.say({ kind: 'extend-wait', step: 'soak', byMs: 5 * MINUTE, reason: '' }).ok).toBe(false)
    expect(core.say({ kind: 'extend-wait', step: 'soak', byMs: 0, reason: 'r' }).ok).toBe(false)
    expect(core.say({ kind: 'extend-wait', step: 'soak', byMs: 5 * MINUTE, reason: 'errors' }).ok).toBe(true)
    expect(core.events.slice(-2)).toMatchObject([
      { kind: 'wait.end', how: 'extended', reason: 'errors' },
      { kind: 'wait.start', until: new Date(1_000_000 + 35 * MINUTE).toISOString(), minMs: 35 * MINUTE },
    ])
    core.pass(24 * MINUTE)
    expect(core.need()).toMatchObject({ kind: 'wait' })
    core.pass(MINUTE)
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'after' })
  })

  test('in production it is cut short by the phrase alone', () => {
    const core = testCore(runbookOf([{ ...soak, environment: 'production' }, after]))
    expect(core.say({ kind: 'end-wait', step: 'soak', reason: 'r' }).ok).toBe(false)
    expect(core.say({ kind: 'end-wait', step: 'soak', reason: 'r', phrase: 'production v1.2.3' }).ok).toBe(true)
  })
})

describe('a probe', () => {
  test('is polled at its interval until it passes, one poll at a time, and then the wait is over', () => {
    const core = testCore(runbookOf([ready, after]))
    expect(kinds(core)).toEqual(['wait.start', 'step.start'])
    expect(core.need()).toMatchObject({ kind: 'wait', probe: { last: null, polls: 1, notPolled: null } })
    core.pass(20_000)
    expect(starts(core)).toBe(1)
    core.ends(7)
    expect(core.need()).toMatchObject({ kind: 'wait', probe: { last: 'failed' } })
    core.pass(9_000)
    expect(starts(core)).toBe(1)
    core.pass(1_000)
    expect(starts(core)).toBe(2)
    core.ends(0)
    expect(core.events.at(-1)).toMatchObject({ kind: 'wait.end', how: 'elapsed' })
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'after' })
  })

  test('that does not pass in its time fails the wait, and a person decides', () => {
    const core = testCore(runbookOf([ready, after]))
    core.ends(1)
    core.pass(5 * MINUTE)
    expect(core.need()).toMatchObject({ kind: 'decide', step: 'ready', state: 'cancelled' })
    core.say({ kind: 'decide', step: 'ready', choice: 'rerun', reason: 'once more' })
    expect(core.need()).toMatchObject({ kind: 'wait', probe: { last: null } })
  })

  test('of a soak must pass all along: its time over, the wait ends with the next pass only', () => {
    const core = testCore(runbookOf([{ ...soak, probe }, after]))
    core.ends(0)
    core.pass(10_000)
    core.ends(1)
    expect(core.need()).toMatchObject({ kind: 'wait', probe: { watches: true, last: 'failed' } })
    core.pass(31 * MINUTE)
    core.ends(1)
    expect(core.need()).toMatchObject({ kind: 'wait' })
    core.pass(10_000)
    core.ends(0)
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'after' })
  })

  test('gives up only at a time beyond that of its wait: one that the runbook names for both is the time of the wait', () => {
    const core = testCore(runbookOf([{ ...soak, timeoutMs: 30 * MINUTE, probe }, after]))
    core.ends(1)
    core.pass(31 * MINUTE)
    core.ends(1)
    expect(core.need()).toMatchObject({ kind: 'wait', probe: { limitMs: null, last: 'failed' } })
  })

  test('while it is polled a person can end the wait, which stops the poll, and nothing else starts before that is gone', () => {
    const core = testCore(runbookOf([ready, { id: 'next', kind: 'task', script: 'true\n' }]))
    expect(core.say({ kind: 'end-wait', step: 'ready', reason: 'seen by eye' }).ok).toBe(true)
    expect(core.orders.at(-1)).toMatchObject({ kind: 'stop', signal: 'escalate' })
    expect(core.need()).toMatchObject({ kind: 'running', step: 'ready' })
    expect(core.say({ kind: 'run', step: 'next', phrase: null }).ok).toBe(false)
    core.ends(130)
    expect(core.need()).toMatchObject({ kind: 'run', step: 'next' })
  })

  test('that may change something is not polled by itself; started by a person, its passing counts', () => {
    const changing = { script: 'kubectl rollout restart deploy/api\n', everyMs: 10_000 }
    const core = testCore(runbookOf([{ ...ready, probe: changing }, after]))
    core.pass(MINUTE)
    expect(starts(core)).toBe(0)
    expect(core.need()).toMatchObject({
      kind: 'wait',
      probe: { notPolled: expect.any(String) },
      offer: { level: 'L2' },
    })
    core.say({ kind: 'run-offer', step: 'ready', phrase: null })
    core.ends(0)
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'after' })
  })

  test('that bash cannot read is not tried again and again', () => {
    const core = testCore(runbookOf([ready, after]), { rejects: 'line 1: unexpected end' })
    core.pass(MINUTE)
    expect(starts(core)).toBe(0)
    expect(core.need()).toMatchObject({ probe: { notPolled: 'line 1: unexpected end' } })
    expect(core.orders.filter(order => order.kind === 'prepare')).toHaveLength(1)
  })

  test('with a value missing is not polled: a placeholder never reaches a shell', () => {
    const asking = { script: 'curl -fsS https://<host>/healthz\n', everyMs: 10_000 }
    const core = testCore(
      runbookOf([{ ...ready, probe: asking }], { parameters: [{ name: 'host', kind: 'placeholder' }] }),
    )
    expect(starts(core)).toBe(0)
    expect(core.need()).toMatchObject({ probe: { notPolled: 'it needs host' }, offer: { missing: ['host'] } })
    core.say({ kind: 'value', name: 'host', value: 'api.example.com' })
    expect(core.events.at(-1)).toMatchObject({
      kind: 'step.start',
      script: 'curl -fsS https://api.example.com/healthz\n',
    })
  })
})
