import { describe, expect, test } from 'vitest'
import { valueAct } from '../../src/tui/acts/step-acts.ts'
import { testCore } from '../helpers/core.ts'
import { runbookOf, wanted } from '../helpers/runbook.ts'

const step = wanted({
  id: 'deploy',
  kind: 'task',
  script: 'deploy <tag> $TOKEN\n',
  needs: ['tag', 'TOKEN'],
  detail: { slots: [{ parameter: 'tag', start: 7, end: 12, quoting: 'bare' }] },
})
const parameters = [
  { name: 'tag', kind: 'placeholder', description: 'What git describe says' },
  { name: 'TOKEN', kind: 'env', secret: true },
] as const
const runbook = {
  ...runbookOf([step], { parameters }),
  patterns: new Map([
    ['tag', 'v\\d+'],
    ['TOKEN', '[0-9a-f]{8}'],
  ]),
}

describe('a value that misses the pattern of the runbook is not taken, however it comes', () => {
  test.each(['typed', 'key', 'flag', 'answers'] as const)('%s', how => {
    const core = testCore(runbook)
    const speaker = { by: 'kim@example.com', how, source: null }
    const refusal = core.say({ kind: 'value', name: 'tag', value: '1.2' }, speaker)
    expect(refusal).toEqual({ ok: false, why: 'tag must match v\\d+ (What git describe says)' })
    expect(core.events.filter(event => event.kind === 'param')).toEqual([])
    expect(core.say({ kind: 'value', name: 'tag', value: 'v12' }, speaker)).toEqual({ ok: true })
  })

  test('a secret is not repeated in the refusal', () => {
    const core = testCore(runbook)
    const refusal = core.say({ kind: 'value', name: 'TOKEN', value: 'hunter2' })
    expect(refusal).toEqual({ ok: false, why: 'TOKEN must match [0-9a-f]{8}' })
    expect(core.orders).toEqual([])
  })

  test('a release name that misses it is no default: the value is asked', () => {
    const core = testCore(runbook, { releaseParameters: ['tag'] })
    expect(core.context.release).toBe('v1.2.3')
    expect(core.need()).toMatchObject({ kind: 'values', names: ['tag', 'TOKEN'] })
    const other = testCore({ ...runbook, patterns: new Map([['tag', 'v[0-9.]+']]) }, { releaseParameters: ['tag'] })
    expect(other.need()).toMatchObject({ kind: 'values', names: ['TOKEN'] })
  })
})

test('where a value is asked, what it is and what it must match is shown', () => {
  const core = testCore(runbook)
  const walk = { runbook, steps: core.context.steps }
  // Only the runbook and the need are looked at here.
  const scene = { walk, need: core.need(), state: core.state() } as unknown as Parameters<typeof valueAct>[0]
  const act = valueAct(scene, 'tag')
  expect(act.body).toEqual(['must match v\\d+', 'used at release.md:1'])
  expect(act.asks).toMatchObject([{ hint: 'What git describe says' }])
})

test('front matter names the shell of a block whose tag names none, a block the folder it starts in', () => {
  const order = (language: string | null, detail: { cwd?: string; shell?: 'zsh' }) => {
    const core = testCore(runbookOf([{ id: 'x', kind: 'task', script: 'ls\n', language, detail }]))
    core.say({ kind: 'run', step: 'x', phrase: null })
    const found = core.orders.find(one => one.kind === 'prepare')
    return found?.kind === 'prepare' ? found.order : null
  }
  expect(order('shell', { shell: 'zsh' })).toMatchObject({ shell: 'zsh', cwd: '/' })
  expect(order('shell', {})).toMatchObject({ shell: 'bash' })
  expect(order('bash', { cwd: 'apps/api' })).toMatchObject({ shell: 'bash', folder: 'apps/api' })
  expect(order('bash', {})).not.toHaveProperty('folder')
})
