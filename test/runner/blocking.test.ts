import { expect, test } from 'vitest'
import { testCore } from '../helpers/core.ts'
import { runbookOf, wanted } from '../helpers/runbook.ts'

const look = wanted({ id: 'look', kind: 'task', script: 'ls\n', risk: 'view' })
const deploy = wanted({ id: 'deploy', kind: 'task', script: 'make\n', risk: 'safe' })
const soak = wanted({ id: 'soak', kind: 'wait', durationMs: 60_000 })
const last = wanted({ id: 'last', kind: 'confirmation' })

function walked() {
  return testCore(runbookOf([look, deploy, soak, last]))
}

test('the walk goes as far as the step that is blocked, and no answer goes past it', () => {
  const core = walked()
  expect(core.say({ kind: 'block', step: 'deploy', reason: 'the database is being moved' })).toEqual({ ok: true })
  expect(core.need()).toMatchObject({ kind: 'run', step: 'look' })
  core.say({ kind: 'run', step: 'look', phrase: null })
  core.ends(0)
  expect(core.need()).toMatchObject({ kind: 'held', step: 'deploy', by: 'kim@example.com' })
  for (const answer of [
    { kind: 'run', step: 'deploy', phrase: null },
    { kind: 'skip', step: 'deploy', reason: 'x' },
    { kind: 'decide', step: 'deploy', choice: 'by-hand', reason: 'x' },
    { kind: 'jump', to: 'last', reason: 'x' },
  ] as const)
    expect(core.say(answer)).toMatchObject({ ok: false, why: expect.stringContaining('blocked') })
  expect(core.orders.filter(order => order.kind === 'start')).toHaveLength(1)
})

test('lifted with a reason, it goes on; what was lifted is not lifted twice', () => {
  const core = walked()
  core.say({ kind: 'block', step: 'look', reason: 'wait for Ann' })
  const need = core.need()
  if (need.kind !== 'held') throw new Error(need.kind)
  expect(core.say({ kind: 'unblock', block: need.block, reason: ' ' }).ok).toBe(false)
  expect(core.say({ kind: 'unblock', block: need.block, reason: 'Ann is here' })).toEqual({ ok: true })
  expect(core.need()).toMatchObject({ kind: 'run', step: 'look' })
  expect(core.say({ kind: 'unblock', block: need.block, reason: 'again' }).ok).toBe(false)
})

test('nothing begins by itself at a blocked step: its wait is not started', () => {
  const core = walked()
  core.say({ kind: 'block', step: 'soak', reason: 'not yet' })
  for (const step of ['look', 'deploy']) {
    core.say({ kind: 'run', step, phrase: null })
    core.ends(0)
  }
  expect(core.need()).toMatchObject({ kind: 'held', step: 'soak' })
  core.pass(120_000)
  expect(core.events.map(({ kind }) => kind)).not.toContain('wait.start')
})

test('only what has not ended is blocked, and only with a reason', () => {
  const core = walked()
  expect(core.say({ kind: 'block', step: 'deploy', reason: '' }).ok).toBe(false)
  core.say({ kind: 'run', step: 'look', phrase: null })
  expect(core.say({ kind: 'block', step: 'look', reason: 'x' })).toMatchObject({ ok: false })
  core.ends(0)
  expect(core.say({ kind: 'block', step: 'look', reason: 'x' })).toEqual({ ok: false, why: '1.1 has ended already' })
})
