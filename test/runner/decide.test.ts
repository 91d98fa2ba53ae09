import { describe, expect, test } from 'vitest'
import { type EventOf, evolve } from '../../src/model/index.ts'
import { decide } from '../../src/runner/deciding/decide.ts'
import { secretVariable } from '../../src/runner/scripts/secret-places.ts'
import { testCore } from '../helpers/core.ts'
import { runbookOf, type Wanted, wanted } from '../helpers/runbook.ts'

const kinds = (core: ReturnType<typeof testCore>): string[] => core.events.slice(2).map(event => event.kind)

describe('tasks', () => {
  const task = wanted({ id: 'build', kind: 'task', script: 'make\n', risk: 'safe' })

  test('a task is recorded as started before its start is ordered, and the run ends when it passed', () => {
    const core = testCore(runbookOf([task]))
    expect(core.need()).toMatchObject({ kind: 'run', step: 'build', level: 'L1', script: 'make\n' })
    expect(core.say({ kind: 'run', step: 'build', phrase: null })).toEqual({ ok: true })
    expect(kinds(core)).toEqual(['step.start'])
    expect(core.orders.map(order => order.kind)).toEqual(['prepare', 'start'])
    expect(core.need()).toMatchObject({ kind: 'running', step: 'build', attempt: 1 })
    core.ends(0)
    expect(kinds(core)).toEqual(['step.start', 'output.end', 'step.end', 'phase.end', 'run.end'])
    expect(core.need()).toEqual({ kind: 'finished', result: 'passed' })
  })

  test('a second "run" while it runs starts nothing', () => {
    const core = testCore(runbookOf([task]))
    core.say({ kind: 'run', step: 'build', phrase: null })
    expect(core.say({ kind: 'run', step: 'build', phrase: null })).toEqual({ ok: false, why: '1.1 is running' })
    expect(core.orders.filter(order => order.kind === 'start')).toHaveLength(1)
  })

  test('a failed task stops everything until a person decides; a retry is a new attempt', () => {
    const core = testCore(runbookOf([task, { id: 'next', kind: 'confirmation' }]))
    core.say({ kind: 'run', step: 'build', phrase: null })
    core.ends(3)
    expect(core.need()).toMatchObject({ kind: 'decide', step: 'build', state: 'failed' })
    expect(core.say({ kind: 'run', step: 'build', phrase: null }).ok).toBe(false)
    expect(core.say({ kind: 'confirm', step: 'next', answer: 'yes', observed: null, note: null }).ok).toBe(false)
    expect(core.say({ kind: 'decide', step: 'build', choice: 'rerun', reason: ' ' })).toEqual({
      ok: false,
      why: 'a reason is needed',
    })
    core.say({ kind: 'decide', step: 'build', choice: 'rerun', reason: 'network' })
    core.say({ kind: 'run', step: 'build', phrase: null })
    expect(core.need()).toMatchObject({ kind: 'running', attempt: 2 })
    core.ends(0)
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'next' })
  })

  test('letting a failure stand ends the run as failed', () => {
    const core = testCore(runbookOf([task]))
    core.say({ kind: 'run', step: 'build', phrase: null })
    core.ends(1)
    core.say({ kind: 'decide', step: 'build', choice: 'stop', reason: 'no release today' })
    expect(core.need()).toEqual({ kind: 'finished', result: 'failed' })
  })

  test('what bash rejects is never recorded as started, and blocks the step', () => {
    const core = testCore(runbookOf([task]))
    const order = {
      id: 'x',
      run: core.context.run,
      step: 'build',
      attempt: 1,
      script: 'if',
      shell: 'bash',
      line: 1,
      cwd: '/',
      env: {},
      secrets: [],
      timeoutMs: null,
      session: 'main',
    } as const
    core.input({
      kind: 'prepared',
      order,
      problem: 'line 3: unexpected end',
      seen: { shell: 'bash', cwd: '/', env: [] },
    })
    expect(kinds(core)).toEqual([])
    expect(core.need()).toEqual({ kind: 'blocked', step: 'build', why: 'line 3: unexpected end', rejected: true })
    expect(core.say({ kind: 'run', step: 'build', phrase: null }).ok).toBe(false)
  })

  test('an expectation that decides fails a task whose exit code is 0', () => {
    const expectation = { kind: 'contains', text: '5/5 ready' } as const
    const core = testCore(runbookOf([{ ...task, expect: expectation }]))
    core.say({ kind: 'run', step: 'build', phrase: null })
    core.ends(0, '0/5 ready\n')
    expect(core.need()).toMatchObject({ kind: 'decide', state: 'failed' })
    expect(core.events.at(-1)).toMatchObject({ kind: 'step.end', result: 'failed', checks: [{ ok: false }] })
  })
})

describe('how strongly is asked', () => {
  test.each([
    ['view', null, 'L1'],
    ['safe', null, 'L1'],
    ['safe', 'production', 'L2'],
    ['change', 'staging', 'L2'],
    ['change', 'production', 'L3'],
    ['danger', 'staging', 'L3'],
  ] as const)('%s in %s is asked at %s', (risk, environment, level) => {
    const core = testCore(runbookOf([{ id: 'a', kind: 'task', script: 'x\n', risk, environment }]))
    expect(core.need()).toMatchObject({ kind: 'run', level })
  })

  test('at L3 nothing but the phrase of environment and release runs it', () => {
    const step = wanted({ id: 'a', kind: 'task', script: 'x\n', risk: 'change', environment: 'production' })
    const core = testCore(runbookOf([step]))
    for (const phrase of [null, '', 'y', 'production', 'production v1.2.2'])
      expect(core.say({ kind: 'run', step: 'a', phrase }).ok).toBe(false)
    expect(core.orders).toEqual([])
    expect(core.say({ kind: 'run', step: 'a', phrase: 'production v1.2.3' }).ok).toBe(true)
    const [phrase, start] = core.events.slice(2)
    expect(phrase).toMatchObject({ kind: 'confirm', step: 'a', answer: 'yes', by: 'kim@example.com' })
    expect(start).toMatchObject({ kind: 'step.start', gates: [2] })
  })
})

describe('values', () => {
  const step = wanted({
    id: 'deploy',
    kind: 'task',
    script: 'deploy <org>\n',
    needs: ['org'],
    detail: { slots: [{ parameter: 'org', start: 7, end: 12, quoting: 'bare' }] },
  })

  test('a script with an unfilled value cannot run; the value enters as a quoted literal', () => {
    const core = testCore(runbookOf([step], { parameters: [{ name: 'org', kind: 'placeholder' }] }))
    expect(core.need()).toEqual({ kind: 'values', step: 'deploy', names: ['org'] })
    expect(core.say({ kind: 'run', step: 'deploy', phrase: null })).toEqual({
      ok: false,
      why: '1.1 needs a value for org',
    })
    core.say({ kind: 'value', name: 'org', value: 'a; rm -rf /' })
    expect(core.need()).toMatchObject({ kind: 'run', script: "deploy 'a; rm -rf /'\n" })
  })

  test('a secret is in no event and is kept by the executor', () => {
    const secret = { ...step, script: 'echo $TOKEN\n', needs: ['TOKEN'], detail: {} }
    const core = testCore(runbookOf([secret], { parameters: [{ name: 'TOKEN', kind: 'env', secret: true }] }))
    core.say({ kind: 'value', name: 'TOKEN', value: 's3cr3t-xyz' })
    expect(JSON.stringify(core.events)).not.toContain('s3cr3t-xyz')
    expect(core.orders).toEqual([{ kind: 'keep-secret', name: 'TOKEN', variable: 'TOKEN', value: 's3cr3t-xyz' }])
    core.say({ kind: 'run', step: 'deploy', phrase: null })
    expect(core.orders.at(-1)).toMatchObject({ kind: 'start', order: { secrets: ['TOKEN'], env: {} } })
  })

  test('a secret that a quoted heredoc would not read blocks its step', () => {
    const script = "cat <<'EOF'\n<api-token>\nEOF\n"
    const start = script.indexOf('<api')
    const slots = [{ parameter: 'api-token', start, end: start + 11, quoting: 'heredoc' } as const]
    const core = testCore(
      runbookOf([{ ...step, script, needs: ['api-token'], detail: { slots } }], {
        parameters: [{ name: 'api-token', kind: 'placeholder', secret: true }],
      }),
    )
    core.say({ kind: 'value', name: 'api-token', value: 'hunter2!' })
    expect(core.need()).toMatchObject({ kind: 'blocked', why: expect.stringContaining('api-token') })
    core.say({ kind: 'run', step: 'deploy', phrase: null })
    expect(core.orders.map(order => order.kind)).toEqual(['keep-secret'])
  })

  test('no two names share the variable of a secret', () => {
    const names = [
      'api-token',
      'API-TOKEN',
      'api.token',
      'api--token',
      'api_token',
      'api-_token',
      'a b',
      'ключ',
      'ключи',
    ]
    expect(new Set(names.map(secretVariable)).size).toBe(names.length)
    for (const name of names) expect(secretVariable(name)).toMatch(/^[A-Za-z_]\w*$/)
  })

  test('a secret placeholder becomes a reference to a variable, never text in the script', () => {
    const secret = wanted({
      ...step,
      script: `curl -H "x: <api-token>" -d '<api-token>' <api-token>\n`,
      needs: ['api-token'],
      detail: {
        slots: [
          { parameter: 'api-token', start: 12, end: 23, quoting: 'double' },
          { parameter: 'api-token', start: 29, end: 40, quoting: 'single' },
          { parameter: 'api-token', start: 42, end: 53, quoting: 'bare' },
        ],
      },
    })
    const core = testCore(
      runbookOf([secret], { parameters: [{ name: 'api-token', kind: 'placeholder', secret: true }] }),
    )
    core.say({ kind: 'value', name: 'api-token', value: 's3cr3t-xyz' })
    const name = 'SIGNOFF_SECRET_API_TOKEN'
    expect(core.need()).toMatchObject({
      script: `curl -H "x: \${${name}}" -d ''"$${name}"'' "$${name}"\n`,
    })
    core.say({ kind: 'run', step: 'deploy', phrase: null })
    expect(core.orders.at(-1)).toMatchObject({ kind: 'start', order: { secrets: [name] } })
  })

  test('a variable is left for the shell to read: its value comes by the environment', () => {
    const detail = { slots: [{ parameter: 'HOST', start: 5, end: 10, quoting: 'bare' as const }] }
    const reads = wanted({ ...step, script: 'ping $HOST\n', needs: ['HOST'], detail })
    const core = testCore(runbookOf([reads], { parameters: [{ name: 'HOST', kind: 'env' }] }))
    core.say({ kind: 'value', name: 'HOST', value: 'db; reboot' })
    expect(core.need()).toMatchObject({ kind: 'run', script: 'ping $HOST\n' })
    core.say({ kind: 'run', step: 'deploy', phrase: null })
    expect(core.orders.at(-1)).toMatchObject({ order: { env: { HOST: 'db; reboot' }, secrets: [] } })
  })

  test('the release and an author’s default enter by themselves and are recorded first', () => {
    const core = testCore(
      runbookOf([{ ...step, needs: ['org', 'tag'] }], {
        parameters: [
          { name: 'org', kind: 'placeholder', default: 'acme' },
          { name: 'tag', kind: 'placeholder' },
        ],
      }),
      { releaseParameters: ['tag'] },
    )
    expect(core.events.slice(2)).toMatchObject([
      { kind: 'param', name: 'org', value: 'acme', how: 'default' },
      { kind: 'param', name: 'tag', value: 'v1.2.3', how: 'default' },
    ])
  })
})

describe('confirmations', () => {
  const latency = { name: 'P95', op: '<', value: 2000, unit: 'ms' } as const

  test('a limit asks for the observed value; a value that misses it needs a reason', () => {
    const core = testCore(runbookOf([{ id: 'p95', kind: 'confirmation', evidence: latency }]))
    const confirm = (observed: string | null, note: string | null) =>
      core.say({ kind: 'confirm', step: 'p95', answer: 'yes', observed, note })
    expect(confirm(null, null).ok).toBe(false)
    expect(confirm('2 s', null).ok).toBe(false)
    expect(confirm('2300', null)).toMatchObject({ ok: false, why: expect.stringContaining('NOT met') })
    expect(confirm('1200 ms', null).ok).toBe(true)
    expect(core.events[2]).toMatchObject({ kind: 'confirm', observed: [{ name: 'P95', value: '1200', ok: true }] })
  })

  test('"cannot confirm" needs a reason, and then a decision', () => {
    const core = testCore(runbookOf([{ id: 'a', kind: 'confirmation' }]))
    const no = { kind: 'confirm', step: 'a', answer: 'no', observed: null } as const
    expect(core.say({ ...no, note: null }).ok).toBe(false)
    expect(core.say({ ...no, note: 'nobody answers' }).ok).toBe(true)
    expect(core.need()).toMatchObject({ kind: 'decide', state: 'declined' })
  })

  test('a value that cannot be confirmed is on record against its limit, and one of another unit as it was typed', () => {
    const saidNo = (observed: string) => {
      const core = testCore(runbookOf([{ id: 'p95', kind: 'confirmation', evidence: latency }]))
      core.say({ kind: 'confirm', step: 'p95', answer: 'no', observed, note: 'too slow' })
      return core.events.at(-1)
    }
    const missed = { name: 'P95', value: '2300', unit: 'ms', op: '<', want: '2000', ok: false }
    expect(saidNo('2300')).toMatchObject({ answer: 'no', observed: [missed] })
    const other = { name: 'P95', value: '2 s', unit: null, op: null, want: null, ok: null }
    expect(saidNo('2 s')).toMatchObject({ observed: [other] })
    expect(saidNo('')).toMatchObject({ observed: [] })
  })

  test('an offered command answers nothing', () => {
    const core = testCore(runbookOf([{ id: 'a', kind: 'confirmation', offer: 'curl -I http://x' }]))
    core.say({ kind: 'run-offer', step: 'a', phrase: null })
    core.ends(0)
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'a' })
  })
})

describe('choices and conditions', () => {
  const choice = wanted({
    id: 'target',
    kind: 'choice',
    options: [
      { name: 'Vercel', steps: ['v'] },
      { name: 'Docker', steps: ['inner', 'd1', 'd2'] },
    ],
  })
  const inner = wanted({
    id: 'inner',
    kind: 'choice',
    choice: { group: 'target', option: 'Docker' },
    options: [
      { name: 'one', steps: ['d1'] },
      { name: 'two', steps: ['d2'] },
    ],
  })
  const members: Wanted[] = [
    { id: 'v', kind: 'manual', choice: { group: 'target', option: 'Vercel' } },
    inner,
    { id: 'd1', kind: 'manual', choice: { group: 'inner', option: 'one' } },
    { id: 'd2', kind: 'manual', choice: { group: 'inner', option: 'two' } },
  ]

  test('of a choice one option runs; what belongs to the others is not applicable, however deep', () => {
    const core = testCore(runbookOf([choice, ...members]))
    expect(core.say({ kind: 'choose', step: 'target', option: 'Heroku', reason: null }).ok).toBe(false)
    core.say({ kind: 'choose', step: 'target', option: 'vercel', reason: null })
    expect(core.need()).toMatchObject({ kind: 'manual', step: 'v' })
    core.say({ kind: 'confirm', step: 'v', answer: 'yes', observed: null, note: null })
    expect(core.need()).toEqual({ kind: 'finished', result: 'passed' })
    expect([...core.state().steps.values()].map(record => record.status.kind)).toEqual([
      'passed',
      'passed',
      'not-applicable',
      'not-applicable',
      'not-applicable',
    ])
  })

  test('a condition is one question for all steps that share it', () => {
    const core = testCore(
      runbookOf([
        { id: 'a', kind: 'manual', when: 'for RC' },
        { id: 'b', kind: 'manual', when: 'only for rc' },
        { id: 'c', kind: 'manual' },
      ]),
    )
    expect(core.need()).toMatchObject({ kind: 'condition', when: 'for RC', steps: ['a', 'b'] })
    core.say({ kind: 'condition', when: 'for RC', answer: 'no' })
    expect(core.need()).toMatchObject({ kind: 'manual', step: 'c' })
  })

  test('"if it fails" speaks of what stands before it: it is asked again at another place, and once for steps side by side', () => {
    const core = testCore(
      runbookOf([
        { id: 'a', kind: 'manual', when: 'If it fails' },
        { id: 'b', kind: 'manual', when: 'if it fails:' },
        { id: 'c', kind: 'confirmation' },
        { id: 'd', kind: 'manual', when: 'If it fails' },
      ]),
    )
    expect(core.need()).toMatchObject({ kind: 'condition', step: 'a', steps: ['a', 'b'] })
    core.say({ kind: 'condition', when: 'If it fails', answer: 'no' })
    core.say({ kind: 'confirm', step: 'c', answer: 'yes', observed: null, note: null })
    expect(core.need()).toMatchObject({ kind: 'condition', step: 'd', steps: ['d'] })
    core.say({ kind: 'condition', when: 'If it fails', answer: 'yes' })
    expect(core.need()).toMatchObject({ kind: 'manual', step: 'd' })
  })

  test('"if it fails" of the next section, and of a way back, is a question of its own', () => {
    const core = testCore(
      runbookOf([
        { id: 'a', position: '1.2', kind: 'manual', when: 'If it fails' },
        { id: 'b', position: '2.1', kind: 'manual', when: 'If it fails' },
        { id: 'c', position: '2.2', kind: 'manual', when: 'If it fails' },
      ]),
    )
    expect(core.need()).toMatchObject({ kind: 'condition', step: 'a', steps: ['a'] })
    core.say({ kind: 'condition', when: 'If it fails', answer: 'no' })
    expect(core.need()).toMatchObject({ kind: 'condition', step: 'b', steps: ['b', 'c'] })
  })

  test('a condition of one place is answered once where its position has a capital', () => {
    const core = testCore(
      runbookOf([
        { id: 'a', position: 'A.2', kind: 'manual', when: 'If it fails' },
        { id: 'b', position: 'A.3', kind: 'confirmation' },
      ]),
    )
    core.say({ kind: 'condition', when: 'If it fails', answer: 'no' })
    expect(core.need()).toMatchObject({ kind: 'confirm', step: 'b' })
  })

  test('"if applicable" is asked at each step', () => {
    const core = testCore(
      runbookOf([
        { id: 'a', kind: 'manual', when: 'if applicable' },
        { id: 'b', kind: 'manual', when: 'if applicable' },
      ]),
    )
    core.say({ kind: 'condition', when: 'if applicable', answer: 'no' })
    expect(core.need()).toMatchObject({ kind: 'condition', step: 'b' })
  })
})

describe('gates', () => {
  const gate = wanted({
    id: 'go',
    kind: 'gate',
    approvers: [
      { role: 'RM', principal: null },
      { role: 'PL', principal: null },
    ],
    criteria: [],
  })
  const approval = (core: ReturnType<typeof testCore>, role: string | null, decision: 'go' | 'no-go', who: string) =>
    core.input({
      kind: 'approval',
      verdict: {
        kind: 'counts',
        sha256: '0'.repeat(64),
        event: {
          kind: 'approval',
          step: 'go',
          request: core.state().gates.get('go')?.request ?? -1,
          role,
          decision,
          principal: who,
          keyid: `SHA256:${who}`,
          via: 'inbox',
          envelope: '{}',
        },
      },
    })

  test('a gate asks one approval for each role and opens with the last', () => {
    const roles = { RM: ['rm@example.com'], PL: ['pl@example.com'] }
    const core = testCore(runbookOf([gate, { id: 'ship', kind: 'task', script: 'x\n' }]), { roles })
    expect(core.events[2]).toMatchObject({
      kind: 'approval.request',
      need: [
        { role: 'RM', from: ['rm@example.com'] },
        { role: 'PL', from: ['pl@example.com'] },
      ],
    })
    approval(core, 'RM', 'go', 'rm@example.com')
    expect(core.need()).toMatchObject({ kind: 'gate' })
    approval(core, 'PL', 'go', 'pl@example.com')
    expect(core.need()).toMatchObject({ kind: 'run', step: 'ship' })
    core.say({ kind: 'run', step: 'ship', phrase: null })
    const seq = core.events.findIndex(event => event.kind === 'gate.end')
    expect(core.events.at(-1)).toMatchObject({ kind: 'step.start', gates: [seq] })
  })

  test('a gate that asks one role twice opens with two people of it', () => {
    const twice = { ...gate, approvers: [1, 2].map(() => ({ role: 'RM', principal: null })) }
    const core = testCore(runbookOf([twice]), { roles: { RM: ['rm@example.com', 'other@example.com'] } })
    approval(core, 'RM', 'go', 'rm@example.com')
    approval(core, 'RM', 'go', 'other@example.com')
    expect(core.events.filter(event => event.kind === 'approval.refused')).toEqual([])
    expect(core.events.find(event => event.kind === 'gate.end')).toMatchObject({ decision: 'go' })
  })

  test('an approval that was checked before, by whoever operates the run by now, does not count', () => {
    const core = testCore(runbookOf([gate]), { roles: { RM: ['op@example.com'], PL: ['pl@example.com'] } })
    const [operator] = core.state().operators
    approval(core, 'RM', 'go', operator?.principal ?? '')
    expect(core.events.at(-1)).toMatchObject({ kind: 'approval.refused', why: 'operator' })
  })

  test('one person, one key and one role count once, however often and however fast an approval comes', () => {
    const roles = { RM: ['rm@example.com', 'other@example.com'], PL: ['pl@example.com', 'rm@example.com'] }
    const core = testCore(runbookOf([gate]), { roles })
    approval(core, 'RM', 'go', 'rm@example.com')
    approval(core, 'RM', 'go', 'rm@example.com')
    approval(core, 'PL', 'go', 'rm@example.com')
    approval(core, 'RM', 'go', 'other@example.com')
    expect(core.need()).toMatchObject({ kind: 'gate' })
    expect(core.events.filter(event => event.kind === 'approval')).toHaveLength(1)
    expect(core.events.filter(event => event.kind === 'approval.refused')).toEqual(
      [1, 2, 3].map(() => expect.objectContaining({ why: 'duplicate' })),
    )
  })

  test('an approval that comes when the gate is closed is refused as stale', () => {
    const core = testCore(runbookOf([gate]), { roles: { RM: ['rm@example.com'], PL: ['pl@example.com'] } })
    approval(core, 'RM', 'go', 'rm@example.com')
    approval(core, 'PL', 'go', 'pl@example.com')
    approval(core, 'PL', 'no-go', 'late@example.com')
    expect(core.events.at(-1)).not.toMatchObject({ kind: 'approval' })
    expect(core.events.filter(event => event.kind === 'approval.refused')).toMatchObject([{ why: 'stale' }])
  })

  test('where nobody is mapped, two different signers decide', () => {
    const core = testCore(runbookOf([{ ...gate, approvers: [{ role: 'RM', principal: null }] }]))
    expect(core.events[2]).toMatchObject({
      need: [
        { role: null, from: null },
        { role: null, from: null },
      ],
    })
  })

  test('a text that the gate asks for is asked anew with each request, and no remark stands for it', () => {
    const asks = { name: 'Documented In', op: 'text', value: null, unit: null } as const
    const core = testCore(runbookOf([{ ...gate, evidence: asks }]))
    core.say({ kind: 'note', step: 'go', text: 'waiting for Priya' })
    expect(core.need()).toMatchObject({ kind: 'gate', asksText: 'Documented In' })
    approval(core, null, 'go', 'rm@example.com')
    approval(core, null, 'go', 'pl@example.com')
    expect(core.need()).toMatchObject({ kind: 'gate' })
    core.say({ kind: 'gate-text', step: 'go', text: 'REL-1' })
    expect(core.need()).toEqual({ kind: 'finished', result: 'passed' })
  })

  test('one NO-GO closes the gate; it cannot be skipped, only asked again or end the run', () => {
    const core = testCore(runbookOf([gate]))
    expect(core.say({ kind: 'skip', step: 'go', reason: 'hurry' })).toEqual({
      ok: false,
      why: 'a gate cannot be skipped',
    })
    approval(core, null, 'no-go', 'rm@example.com')
    expect(core.need()).toMatchObject({ kind: 'decide', state: 'no-go' })
    expect(core.say({ kind: 'decide', step: 'go', choice: 'by-hand', reason: 'x' }).ok).toBe(false)
    expect(core.say({ kind: 'decide', step: 'go', choice: 'skip', reason: 'x' }).ok).toBe(false)
    core.say({ kind: 'skip', step: 'go', reason: 'hurry' })
    expect(core.need()).toMatchObject({ kind: 'decide', state: 'no-go' })
    core.say({ kind: 'decide', step: 'go', choice: 'stop', reason: 'not today' })
    expect(core.need()).toEqual({ kind: 'finished', result: 'no-go' })
  })
})

describe('waits and recovery', () => {
  test('a wait ends by the clock, or early with a reason', () => {
    const wait = wanted({ id: 'soak', kind: 'wait', durationMs: 60_000 })
    const core = testCore(runbookOf([wait]))
    expect(core.need()).toMatchObject({ kind: 'wait', untilMs: 1_060_000 })
    core.nowMs += 59_999
    core.input({ kind: 'time' })
    expect(core.need()).toMatchObject({ kind: 'wait' })
    expect(core.say({ kind: 'end-wait', step: 'soak', reason: '' }).ok).toBe(false)
    core.nowMs += 1
    core.input({ kind: 'time' })
    expect(core.need()).toEqual({ kind: 'finished', result: 'passed' })
  })

  test('recovery is never entered but by a person’s phrase; walked to its end the run is rolled back', () => {
    const runbook = runbookOf(
      [
        { id: 'ship', kind: 'task', script: 'x\n', risk: 'change', recovery: 'phase-1' },
        { id: 'undo', kind: 'task', script: 'y\n' },
      ],
      { recovery: [{ for: 'phase-1', title: 'Rollback', steps: ['undo'] }] },
    )
    const core = testCore(runbook)
    core.say({ kind: 'run', step: 'ship', phrase: null })
    core.ends(1)
    expect(core.need()).toMatchObject({ kind: 'decide', recovery: 'phase-1' })
    expect(core.say({ kind: 'rollback', flow: 'phase-1', phrase: 'yes', reason: 'broken' }).ok).toBe(false)
    expect(core.say({ kind: 'rollback', flow: 'phase-1', phrase: 'v1.2.3', reason: 'broken' }).ok).toBe(true)
    core.say({ kind: 'run', step: 'undo', phrase: null })
    expect(core.orders.at(-1)).toMatchObject({ order: { session: 'recovery-phase-1' } })
    core.ends(0)
    expect(core.need()).toEqual({ kind: 'finished', result: 'rolled-back' })
    expect(kinds(core)).toContain('rollback.end')
  })
})

test('what is on record of an end before a kill is not recorded once more', () => {
  const core = testCore(runbookOf([wanted({ id: 'build', kind: 'task', script: 'make\n', risk: 'safe' })]))
  core.say({ kind: 'run', step: 'build', phrase: null })
  const end: EventOf<'output.end'> = { kind: 'output.end', step: 'build', attempt: 1, streams: [] }
  const state = evolve(core.state(), { seq: core.state().lastSeq + 1, atMs: core.nowMs, event: end })
  const live = { heldSecrets: new Set<string>(), rejected: new Map() }
  const report = { kind: 'ended' as const, end, outcome: 'exited' as const, exit: 0, signal: null, ms: 5 }
  const { events } = decide(core.context, state, live, { kind: 'report', step: 'build', attempt: 1, report, shown: '' })
  expect(events.map(({ kind }) => kind)).toEqual(['step.end'])
})
