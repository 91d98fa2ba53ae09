import { describe, expect, test } from 'vitest'
import { KIM, testCore } from '../helpers/core.ts'
import { runbookOf, type Wanted, wanted } from '../helpers/runbook.ts'

const task = wanted({ id: 'build', kind: 'task', script: 'ls\n', risk: 'view' })
const edit = (step: string, script: string, reason = 'typo') => ({ kind: 'edit', step, script, reason }) as const

function failed(step: Wanted = task, options: Parameters<typeof testCore>[1] = {}) {
  const core = testCore(runbookOf([step, { id: 'next', kind: 'confirmation' }]), options)
  const need = core.need()
  core.say({ kind: 'run', step: step.id, phrase: need.kind === 'run' ? need.phrase : null })
  core.ends(2)
  return core
}

describe('edit and run', () => {
  test('a failed script is replaced, is asked about again, and runs as edited in a new attempt', () => {
    const core = failed()
    expect(core.say(edit('build', 'ls -l\n'))).toEqual({ ok: true })
    expect(core.events.slice(-2)).toMatchObject([
      { kind: 'step.edit', step: 'build', was: 'ls\n', script: 'ls -l\n', reason: 'typo', by: KIM.by },
      { kind: 'step.decide', choice: 'rerun', state: 'failed' },
    ])
    expect(core.need()).toMatchObject({ kind: 'run', script: 'ls -l\n', level: 'L2' })
    core.say({ kind: 'run', step: 'build', phrase: null })
    expect(core.events.at(-1)).toMatchObject({ kind: 'step.start', attempt: 2, script: 'ls -l\n' })
    core.ends(1)
    core.say({ kind: 'decide', step: 'build', choice: 'rerun', reason: 'again' })
    expect(core.need()).toMatchObject({ kind: 'run', script: 'ls -l\n' })
  })

  test('a second edit begins with the first one', () => {
    const core = failed()
    core.say(edit('build', 'ls -l\n'))
    core.say(edit('build', 'ls -la\n'))
    expect(core.events.at(-1)).toMatchObject({ kind: 'step.edit', was: 'ls -l\n', script: 'ls -la\n' })
    expect(core.need()).toMatchObject({ kind: 'run', script: 'ls -la\n' })
  })

  test.each([
    ['view', 'ls -l\n', null, 'L2'],
    ['view', 'kubectl delete ns prod-eu\n', null, 'L3'],
    ['change', 'ls\n', null, 'L3'],
    ['view', 'ls -l\n', 'production', 'L3'],
    ['view', 'kubectl -n production apply -f x\n', null, 'L3'],
  ] as const)('a %s script edited to %j in %s is asked at %s', (risk, script, environment, level) => {
    const core = testCore(runbookOf([{ ...task, script: 'true\n', risk, environment }]))
    core.say(edit('build', script))
    expect(core.need()).toMatchObject({ kind: 'run', level })
  })

  test('a harmless text does not take the danger from a step', () => {
    const core = testCore(runbookOf([{ ...task, risk: 'danger', environment: 'production' }]))
    core.say(edit('build', 'true\n'))
    expect(core.need()).toMatchObject({
      kind: 'run',
      level: 'L3',
      phrase: 'production v1.2.3',
      edited: { risk: 'danger' },
    })
    expect(core.say({ kind: 'run', step: 'build', phrase: 'yes' }).ok).toBe(false)
    expect(core.orders.some(order => order.kind === 'start')).toBe(false)
  })

  test('an unfinished script that was finished by hand can run; one left unfinished cannot', () => {
    const core = testCore(runbookOf([{ ...task, script: 'deploy ...\n', detail: { unfinished: 'an ellipsis: ...' } }]))
    expect(core.need()).toMatchObject({ kind: 'blocked', rejected: false })
    core.say(edit('build', 'deploy TODO\n'))
    expect(core.need()).toMatchObject({ kind: 'blocked' })
    core.say(edit('build', 'deploy --all\n'))
    expect(core.need()).toMatchObject({ kind: 'run', script: 'deploy --all\n' })
  })

  test('a placeholder of the runbook is asked and entered as a literal; one that is no value blocks the step', () => {
    const core = testCore(runbookOf([task], { parameters: [{ name: 'org', kind: 'placeholder' }] }))
    core.say(edit('build', 'deploy <stranger>\n'))
    expect(core.need()).toMatchObject({ kind: 'blocked', why: expect.stringContaining('<stranger>') })
    expect(core.say({ kind: 'run', step: 'build', phrase: null }).ok).toBe(false)
    core.say(edit('build', 'deploy <org>\n'))
    expect(core.need()).toMatchObject({ kind: 'values', names: ['org'] })
    core.say({ kind: 'value', name: 'org', value: 'a; rm -rf /' })
    expect(core.need()).toMatchObject({ kind: 'run', script: "deploy 'a; rm -rf /'\n" })
  })

  test('what bash cannot read blocks the step at once, and can be edited again', () => {
    const core = testCore(runbookOf([task]), { rejects: 'line 1: unexpected end' })
    core.say(edit('build', 'if true\n'))
    expect(core.need()).toMatchObject({ kind: 'blocked', why: 'line 1: unexpected end', rejected: true })
    expect(core.say(edit('build', 'true\n')).ok).toBe(true)
    expect(core.events.at(-1)).toMatchObject({ kind: 'step.edit', was: 'if true\n' })
  })

  test('the text for the editor holds values, and a secret only by the name of its variable', () => {
    const step = wanted({
      ...task,
      script: 'deploy <org> -<token>\n',
      needs: ['org', 'token'],
      detail: {
        slots: [
          { parameter: 'org', start: 7, end: 12, quoting: 'bare' },
          { parameter: 'token', start: 14, end: 21, quoting: 'bare' },
        ],
      },
    })
    const core = testCore(
      runbookOf([step], {
        parameters: [
          { name: 'org', kind: 'placeholder' },
          { name: 'token', kind: 'placeholder', secret: true },
        ],
      }),
    )
    core.say({ kind: 'value', name: 'org', value: 'acme' })
    core.say({ kind: 'value', name: 'token', value: 's3cr3t-xyz' })
    expect(core.scriptToEdit('build')).toEqual({ ok: true, script: 'deploy acme -"$token"\n' })
    core.say(edit('build', 'deploy acme --token "$token"\n'))
    core.say({ kind: 'run', step: 'build', phrase: 'v1.2.3' })
    expect(core.orders.at(-1)).toMatchObject({ kind: 'start', order: { secrets: ['token'] } })
    expect(JSON.stringify(core.events)).not.toContain('s3cr3t-xyz')
  })

  test.each([
    ['', 'typo', /empty/],
    ['ls\n', 'typo', /nothing was changed/],
    ['ls -l\n', ' ', /reason/],
    ['ls\0', 'typo', /NUL/],
    ['x'.repeat(200_000), 'typo', /longer/],
  ])('an edit to %j for %j is refused', (script, reason, why) => {
    const core = failed()
    const reply = core.say(edit('build', script, reason))
    expect(reply).toMatchObject({ ok: false, why: expect.stringMatching(why) })
    expect(core.events.some(event => event.kind === 'step.edit')).toBe(false)
  })

  test('gates, other steps, a running script and an unknown outcome are not edited', () => {
    const gate = testCore(runbookOf([{ id: 'go', kind: 'gate' }]))
    expect(gate.say(edit('go', 'true\n'))).toMatchObject({ ok: false, why: expect.stringContaining('gate') })
    const core = testCore(runbookOf([task, { id: 'next', kind: 'task', script: 'true\n' }]))
    expect(core.say(edit('next', 'false\n')).ok).toBe(false)
    core.say({ kind: 'run', step: 'build', phrase: null })
    expect(core.say(edit('build', 'false\n'))).toMatchObject({ ok: false, why: '1.1 is running' })
    core.endsUnknown()
    expect(core.say(edit('build', 'false\n'))).toMatchObject({ ok: false, why: expect.stringContaining('unknown') })
  })
})

describe('passing over in production', () => {
  const live = wanted({ ...task, environment: 'production', risk: 'change' })
  const PHRASE = 'production v1.2.3'

  test('a step is skipped by the phrase alone, whoever asks', () => {
    const core = testCore(runbookOf([live]))
    for (const phrase of [undefined, null, 'production v1.2.2'])
      expect(
        core.say({ kind: 'skip', step: 'build', reason: 'r', ...(phrase === undefined ? {} : { phrase }) }),
      ).toMatchObject({ ok: false, why: expect.stringContaining(PHRASE) })
    expect(core.say({ kind: 'skip', step: 'build', reason: 'r', phrase: PHRASE }).ok).toBe(true)
  })

  test('a step is done by hand, and a failed one skipped, by the phrase alone', () => {
    for (const prepare of [() => testCore(runbookOf([live])), () => failed(live)]) {
      const core = prepare()
      const choice = core.need().kind === 'decide' ? 'skip' : 'by-hand'
      expect(core.say({ kind: 'decide', step: 'build', choice, reason: 'r' }).ok).toBe(false)
      expect(core.say({ kind: 'decide', step: 'build', choice, reason: 'r', phrase: PHRASE }).ok).toBe(true)
    }
  })

  test('outside production no phrase is asked', () => {
    const core = testCore(runbookOf([{ ...live, environment: 'staging' }]))
    expect(core.say({ kind: 'skip', step: 'build', reason: 'r' }).ok).toBe(true)
  })
})
