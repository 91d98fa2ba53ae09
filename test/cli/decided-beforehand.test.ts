import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import type { PlainTerminal } from '../helpers/world/plain-terminal.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 })

const RUNBOOK = `# Release

## Phase 1: Build

1. Log in:
   \`\`\`bash
   read -rs -p "Password: " password
   \`\`\`

2. Build it:
   \`\`\`bash
   echo x >> tries.log
   [ "$(wc -l < tries.log)" -gt "\${TRIES_THAT_FAIL:-0}" ]
   \`\`\`

## Phase 2: Production

1. Deploy it:
   \`\`\`bash
   kubectl -n production apply -f app.yaml
   \`\`\`

2. Look at it:
   \`\`\`bash
   kubectl -n production get pods
   \`\`\`
`
const GATED = '# Release\n\n## Phase 1: Decide\n\n**Decision**: GO / NO-GO\n\n**Approvers**: Lead\n\n1. Tell support\n'
const PHRASE = 'production v1'
const LATER = ['--reason', 'was done by the night shift']

let world: World
let terminal: PlainTerminal | null = null
beforeEach(async () => {
  world = await makeWorld({
    files: { 'release.md': RUNBOOK, 'gated.md': GATED, 'app.yaml': 'a: 1\n' },
    roles: ['Lead'],
  })
})
afterEach(async () => {
  terminal?.close()
  terminal = null
  expect(await world.processesLeft()).toEqual([])
  await world.remove()
})

const run = (...flags: string[]) => world.signoff(['run', 'release.md', '--release', 'v1', ...flags])
const kinds = (kind: string) => world.transcript('v1').ofKind(kind)
const tries = () => readFileSync(join(world.repository.clone, 'tries.log'), 'utf8').split('\n').length - 1
const noRun = () => existsSync(join(world.repository.clone, '.signoff', 'transcripts', 'v1')) === false
const script = (name: string, text: string) => world.file(name, text)
const DEPLOYS = ['--confirm', `2.1=${PHRASE}`]

describe('a first run that nobody attends', () => {
  test('skips a step that asks at a terminal, with the reason and the name in the record; without it the flags are named', async () => {
    const without = await run(...DEPLOYS)
    expect(without.exitCode).toBe(20)
    expect(without.stderr).toMatch(
      /release\.md:\d+:1 1\.1 Log in: it asks at a terminal, and there is none here: walk it at a terminal, or --skip 1\.1 or --resolve 1\.1=passed, with --reason TEXT/,
    )
    expect(noRun()).toBe(true)
    const done = await run(...DEPLOYS, '--skip', '1.1', ...LATER)
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('step.skip')).toMatchObject([
      { step: 'build-log-in', why: 'person', reason: 'was done by the night shift', by: 'operator@localhost' },
    ])
    const verified = await world.signoff(['verify', world.transcript('v1').run])
    expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
  })

  test('takes a step for done by hand; in production, like a skip, only with the phrase, which is asked beforehand', async () => {
    const flags = ['--resolve', '1.1=passed', '--resolve', '2.1=passed', '--skip', '2.2', ...LATER]
    const without = await run(...flags)
    expect(without.exitCode).toBe(20)
    for (const step of ['2.1', '2.2'])
      expect(without.stderr).toContain(`the phrase "${PHRASE}" to pass it over: --confirm ${step}='${PHRASE}'`)
    expect(noRun()).toBe(true)
    const done = await run(...flags, ...DEPLOYS, '--confirm', `2.2=${PHRASE}`)
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('step.decide')).toMatchObject([
      { step: 'build-log-in', choice: 'by-hand', by: 'operator@localhost' },
      { step: 'production-deploy-it', choice: 'by-hand' },
    ])
    expect(kinds('step.start').map(({ step }) => step)).toEqual(['build-build-it'])
    expect(world.programs.commandLines()).toEqual([])
  })

  test('runs once more what fails, and asks when it fails again', async () => {
    const flags = ['--until', '1.2', '--skip', '1.1', '--retry', '1.2', ...LATER]
    const fails = (times: string) =>
      world.signoff(['run', 'release.md', '--release', 'v1', ...flags], { TRIES_THAT_FAIL: times })
    const once = await fails('1')
    expect(once, once.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('step.decide')).toMatchObject([{ choice: 'rerun', state: 'failed', reason: LATER[1] }])
    expect(tries()).toBe(2)
    writeFileSync(join(world.repository.clone, 'tries.log'), '')
    const twice = await world.signoff(['run', 'release.md', '--release', 'v2', ...flags], { TRIES_THAT_FAIL: '2' })
    expect(twice.exitCode).toBe(1)
    expect(tries()).toBe(2)
    expect(
      world
        .transcript('v2')
        .ofKind('step.end')
        .map(({ result }) => result),
    ).toEqual(['failed', 'failed'])
  })

  test('runs another text for a step, with the difference in the record, and one level stronger', async () => {
    const flags = ['--from', '2', '--edit', `2.2=${script('look.sh', 'kubectl -n production get nodes\n')}`, ...LATER]
    const without = await run(...flags, ...DEPLOYS)
    expect(without.exitCode).toBe(20)
    expect(without.stderr).toContain(`--confirm 2.2='${PHRASE}'`)
    expect(noRun()).toBe(true)
    const done = await run(...flags, ...DEPLOYS, '--confirm', `2.2=${PHRASE}`)
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(world.programs.commandLines().at(-1)).toBe('kubectl -n production get nodes')
    expect(kinds('step.edit')).toMatchObject([
      {
        step: 'production-look-at-it',
        was: 'kubectl -n production get pods',
        script: 'kubectl -n production get nodes',
        reason: LATER[1],
        by: 'operator@localhost',
      },
    ])
    const { exitCode, stdout } = await world.signoff(['export', world.transcript('v1').run, '--format', 'md'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('-kubectl -n production get pods')
    expect(stdout).toContain('+kubectl -n production get nodes')
  })

  test('is told beforehand of an edit that changes nothing, and stopped by one that bash cannot read before it runs', async () => {
    const skips = ['--skip', '1.1', '--until', '1.2', '--confirm', '1.2=v1', ...LATER]
    const same = script('same.sh', 'echo x >> tries.log\n[ "$(wc -l < tries.log)" -gt "${TRIES_THAT_FAIL:-0}" ]\n')
    const unchanged = await run(...skips, '--edit', `1.2=${same}`)
    expect(unchanged.exitCode).toBe(20)
    expect(unchanged.stderr).toContain('1.2: nothing was changed: --edit 1.2=FILE')
    expect(noRun()).toBe(true)
    const broken = await run(...skips, '--edit', `1.2=${script('broken.sh', 'if true; fi\n')}`)
    expect(broken.exitCode, broken.stderr).toBe(65)
    expect(kinds('step.start')).toEqual([])
    const mended = await world.signoff([
      'resume',
      '--edit',
      `1.2=${script('mended.sh', 'true\n')}`,
      '--confirm',
      '1.2=v1',
      ...LATER,
    ])
    expect(mended, mended.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('step.start').map(line => line.script)).toEqual(['true'])
  })

  test.each([
    [['--skip', '1.1'], '--skip 1.1 needs --reason TEXT'],
    [['--skip', '7.7', ...LATER], '"7.7" is no step of release.md'],
    [['--resolve', '1.1=failed', ...LATER], '--resolve 1.1=failed: 1.1 has not run: it has no outcome yet'],
    [['--resolve', '1.1=maybe', ...LATER], 'expected passed, failed or rerun'],
    [['--skip', '2.1', '--until', '1.2', ...LATER], '--skip 2.1: 2.1 is not in the flow that is walked'],
    [['--skip', '1.1', '--retry', '1.1', ...LATER], '1.1 was decided by another flag'],
    [['--edit', '1.2=nowhere.sh', ...LATER], '--edit 1.2=nowhere.sh nowhere.sh: no such file'],
  ])('refuses what cannot be meant: %s', async (flags, why) => {
    const refused = await run(...flags)
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(why) })
    expect(noRun()).toBe(true)
  })

  test('a gate is decided by no flag', async () => {
    const gated = ['run', 'gated.md', '--release', 'v1']
    const plan = JSON.parse((await world.signoff(['plan', 'gated.md', '--json'])).stdout)
    const gate = plan.phases[0].steps.find((step: { kind: string }) => step.kind === 'gate').position
    for (const flag of [
      ['--skip', gate],
      ['--resolve', `${gate}=passed`],
    ]) {
      const refused = await world.signoff([...gated, ...flag, ...LATER])
      expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('only signed approvals decide it') })
    }
    expect(noRun()).toBe(true)
  })
})

describe('a run that goes on', () => {
  test('skips a step that failed, and refuses a decision on one that has ended', async () => {
    const flags = ['--skip', '1.1', ...LATER, ...DEPLOYS]
    const stopped = await world.signoff(['run', 'release.md', '--release', 'v1', ...flags], { TRIES_THAT_FAIL: '9' })
    expect(stopped.exitCode, stopped.stderr).toBe(1)
    const ended = await world.signoff(['resume', '--skip', '1.1', ...LATER])
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--skip 1.1: 1.1 has ended: skipped') })
    const done = await world.signoff(['resume', '--skip', '1.2', ...LATER, ...DEPLOYS])
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('step.decide')).toMatchObject([{ step: 'build-build-it', choice: 'skip' }])
  })

  test('skips a step that cannot run here', async () => {
    terminal = await world.signoffAtTerminal(['run', 'release.md', '--release', 'v1', '--until', '1.2'])
    if (terminal === null) return
    await terminal.answer(/Type "run" to run it/, 'pause')
    await terminal.answer(/Leave this run/, '2')
    expect(await terminal.exited).toBe(20)
    const done = await world.signoff(['resume', '--skip', '1.1', ...LATER])
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('step.skip')).toMatchObject([{ step: 'build-log-in', why: 'person', reason: LATER[1] }])
  })

  test('at a terminal says what was decided about the failure, and tells of the rest that it will be asked', async () => {
    const failed = await world.signoff(
      ['run', 'release.md', '--release', 'v1', '--skip', '1.1', ...LATER, ...DEPLOYS],
      {
        TRIES_THAT_FAIL: '1',
      },
    )
    expect(failed.exitCode).toBe(1)
    terminal = await world.signoffAtTerminal(['resume', '--retry', '1.2', '--skip', '2.2', ...LATER])
    if (terminal === null) return
    await terminal.answer(/here you are asked when they come: 2\.2[\s\S]*1\.2[\s\S]*Type "run" to run it/, 'pause')
    await terminal.answer(/Leave this run/, '2')
    expect(await terminal.exited).toBe(20)
    expect(kinds('step.decide')).toMatchObject([{ step: 'build-build-it', choice: 'rerun' }])
  })
})
