import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import type { PlainTerminal } from '../helpers/world/plain-terminal.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 })

const step = (title: string, script: string): string => `1. ${title}:\n   \`\`\`bash\n   ${script}\n   \`\`\`\n\n`
const RUNBOOK = [
  '# Release\n\n## Phase 1: Stage on staging\n\n',
  step('Stage it', 'kubectl -n staging apply -f app.yaml'),
  '## Phase 2: Deploy to production\n\n',
  step('Deploy it', 'kubectl -n production apply -f app.yaml'),
  step('Check it', 'kubectl -n production get pods').replace('1.', '2.'),
  '### Rollback\n\n',
  step('Undo the deploy', 'kubectl -n production rollout undo deploy/app'),
].join('')
/** Two ways back: one for each phase. */
const TWICE = RUNBOOK.replace(
  '## Phase 2',
  `### Rollback of staging\n\n${step('Undo staging', 'kubectl -n staging rollout undo deploy/app')}## Phase 2`,
)
const UNDO = 'kubectl -n production rollout undo deploy/app'
const PHRASE = 'production v1'
const ENTRY = ['--confirm', `rollback=${PHRASE}`]
const RELEASED = ['--confirm', `2.1=${PHRASE}`]
const UNDONE = ['--confirm', `2.3.1=${PHRASE}`]

let world: World
const terminals: PlainTerminal[] = []
beforeEach(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK, 'twice.md': TWICE, 'app.yaml': 'a: 1\n' } })
})
afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.close()
  expect(await world.processesLeft()).toEqual([])
  await world.remove()
})

const folder = (): string => join(world.repository.clone, '.signoff/transcripts/v1')
/** Ids of the runs of the release, oldest first. */
const runs = (): string[] => (existsSync(folder()) ? readdirSync(folder()).sort() : [])
const linesOf = (run = ''): Record<string, unknown>[] =>
  readFileSync(join(folder(), run, 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
const ofKind = (run: string | undefined, kind: string) => linesOf(run).filter(line => line.kind === kind)

async function release(file = 'release.md', fails = false): Promise<string> {
  world.programs.reply('kubectl -n production get pods', { exit: fails ? 1 : 0 })
  const result = await world.signoff(['run', file, '--release', 'v1', ...RELEASED])
  expect(result, result.stderr).toMatchObject({ exitCode: fails ? 1 : 0 })
  return runs().at(-1) ?? ''
}

describe('of a run that is not sealed', () => {
  test('nobody enters it alone: reason and phrase are asked by their flags, with what it does not undo', async () => {
    const run = await release('release.md', true)
    const before = linesOf(run).length
    const result = await world.signoff(['rollback', run])
    expect(result.exitCode).toBe(20)
    expect(result.stderr).toContain('--reason TEXT')
    expect(result.stderr).toContain(`--confirm rollback='${PHRASE}'`)
    expect(result.stderr).toContain('NO WAY BACK for 1.1 Stage it')
    const wrong = await world.signoff(['rollback', run, '--reason', 'r', '--confirm', 'rollback=production v0'])
    expect(wrong.exitCode).toBe(20)
    // Its own dangerous step is asked for beforehand as well.
    const half = await world.signoff(['rollback', run, '--reason', 'r', ...ENTRY])
    expect(half.exitCode).toBe(20)
    expect(half.stderr).toContain(`--confirm 2.3.1='${PHRASE}'`)
    expect(linesOf(run)).toHaveLength(before)
    expect(world.programs.commandLines()).not.toContain(UNDO)
  })

  test('it is walked as a branch of the run, which ends rolled back', async () => {
    const run = await release('release.md', true)
    const result = await world.signoff(['rollback', run, '--reason', 'pods crash', ...ENTRY, ...UNDONE])
    expect(result, result.stderr).toMatchObject({ exitCode: 22 })
    expect(ofKind(run, 'rollback.start')).toMatchObject([
      { for: 'deploy-to-production', of: null, without: ['stage-on-staging-stage-it'], reason: 'pods crash' },
    ])
    expect(ofKind(run, 'rollback.end')).toMatchObject([
      { result: 'complete', without: ['stage-on-staging-stage-it'], failed: [] },
    ])
    expect(world.programs.commandLines().at(-1)).toBe(UNDO)
    expect((await world.signoff(['verify', run])).exitCode).toBe(0)
  })

  test('a step of it that is skipped leaves it incomplete', async () => {
    const run = await release('release.md', true)
    world.programs.reply(UNDO, { exit: 1 })
    const failed = await world.signoff(['rollback', run, '--reason', 'r', ...ENTRY, ...UNDONE])
    expect(failed, failed.stderr).toMatchObject({ exitCode: 1 })
    const skip = ['resume', run, '--skip', '2.3.1', '--reason', 'nothing to undo']
    expect((await world.signoff(skip)).exitCode).toBe(20)
    const over = await world.signoff([...skip, ...UNDONE])
    expect(over, over.stderr).toMatchObject({ exitCode: 23 })
    expect((await world.signoff(['verify', run])).exitCode).toBe(0)
  })

  test('where nobody attends, its steps are skipped, done by hand or run once more by flag, each with its exit code', async () => {
    const flags = ['--reason', 'pods crash', ...ENTRY, ...UNDONE]
    const skipped = await release('release.md', true)
    const refused = await world.signoff(['rollback', skipped, ...flags, '--skip', '1.1'])
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('1.1 is not in the flow') })
    const over = await world.signoff(['rollback', skipped, ...flags, '--skip', '2.3.1'])
    expect(over, over.stderr).toMatchObject({ exitCode: 23 })
    expect(ofKind(skipped, 'rollback.end')).toMatchObject([{ result: 'incomplete', failed: [expect.any(String)] }])
    const byHand = await release('release.md', true)
    const done = await world.signoff(['rollback', byHand, ...flags, '--resolve', '2.3.1=passed'])
    expect(done, done.stderr).toMatchObject({ exitCode: 22 })
    expect(world.programs.commandLines()).not.toContain(UNDO)
    world.programs.reply(UNDO, { exit: 1 })
    const again = await release('release.md', true)
    const failed = await world.signoff(['rollback', again, ...flags, '--retry', '2.3.1'])
    expect(failed, failed.stderr).toMatchObject({ exitCode: 1 })
    expect(world.programs.commandLines().filter(line => line === UNDO)).toHaveLength(2)
    for (const id of [skipped, byHand]) expect((await world.signoff(['verify', id])).exitCode).toBe(0)
  })

  test('it is offered where a step of its phase fails, by the command that enters it', async () => {
    world.programs.reply('kubectl -n production get pods', { exit: 1 })
    const one = await world.signoff(['run', 'release.md', '--release', 'v1', ...RELEASED])
    expect(one.stderr).toContain(`Way back: Rollback, 1 step: signoff rollback ${runs().at(-1)}\n`)
    const twice = await world.signoff(['run', 'twice.md', '--release', 'v1', ...RELEASED])
    expect(twice.stderr).toMatch(
      new RegExp(`Way back: Rollback, 1 step: signoff rollback ${runs().at(-1)} --for 2\\.2\n`),
    )
    const entered = await world.signoff([
      'rollback',
      runs().at(-1) ?? '',
      '--for',
      '2.2',
      '--reason',
      'r',
      ...ENTRY,
      ...UNDONE,
    ])
    expect(entered, entered.stderr).toMatchObject({ exitCode: 22 })
  })

  test('a person is told what it undoes and what not, and gives a reason and the phrase; without them nothing is recorded', async () => {
    const run = await release('release.md', true)
    const before = linesOf(run).length
    const talks = [
      [[/NO WAY BACK for 1\.1[\s\S]*Reason\?/, '']],
      [
        [/Reason\?/, 'pods crash'],
        [/Type {2}production v1/, 'production v2'],
      ],
    ] as const
    for (const talk of talks) {
      const terminal = await world.signoffAtTerminal(['rollback', run])
      if (terminal === null) return
      terminals.push(terminal)
      for (const [question, line] of talk) await terminal.answer(question, line)
      expect(await terminal.exited, terminal.text()).toBe(20)
    }
    expect(linesOf(run)).toHaveLength(before)
    const terminal = await world.signoffAtTerminal(['rollback', run])
    if (terminal === null) return
    terminals.push(terminal)
    await terminal.answer(/Reason\?/, 'pods crash')
    await terminal.answer(/Type {2}production v1/, PHRASE)
    await terminal.answer(/Undo the deploy[\s\S]*Type "production v1" to run it/, PHRASE)
    expect(await terminal.exited, terminal.text()).toBe(22)
  })

  test('one that another process holds is left alone', async () => {
    const run = await release('release.md', true)
    const terminal = await world.signoffAtTerminal(['resume', run])
    if (terminal === null) return
    terminals.push(terminal)
    await terminal.answer(/It has failed/, 'status')
    expect((await world.signoff(['rollback', run, '--reason', 'r', ...ENTRY, ...UNDONE])).exitCode).toBe(24)
    await terminal.answer(/needs you/, 'pause')
    await terminal.answer(/Leave this run/, '2')
    await terminal.exited
  })
})

describe('of a sealed run', () => {
  test('it is a new run that names it and walks nothing but the way back', async () => {
    const run = await release()
    const sealed = readFileSync(join(folder(), run, 'journal.jsonl'), 'utf8')
    const before = world.programs.commandLines().length
    const result = await world.signoff(['rollback', run, '--reason', 'errors rise', ...ENTRY, ...UNDONE])
    expect(result, result.stderr).toMatchObject({ exitCode: 22 })
    expect(world.programs.commandLines().slice(before)).toEqual([UNDO])
    const [, back] = runs()
    expect(ofKind(back, 'rollback.start')).toMatchObject([
      { of: run, without: ['stage-on-staging-stage-it'], reason: 'errors rise' },
    ])
    expect(ofKind(back, 'run.start')).toMatchObject([{ release: 'v1', parents: [{ run }] }])
    expect(ofKind(back, 'run.end')).toMatchObject([{ result: 'rolled-back', steps: { passed: 1, open: 0 } }])
    expect(readFileSync(join(folder(), run, 'journal.jsonl'), 'utf8')).toBe(sealed)
    for (const id of runs()) expect((await world.signoff(['verify', id])).exitCode).toBe(0)
  })

  test('one that was cut off before its recovery was recorded walks no step forward', async () => {
    const run = await release()
    await world.signoff(['rollback', run, '--reason', 'r', ...ENTRY, ...UNDONE])
    const [, back = ''] = runs()
    const before = world.programs.commandLines().length
    const cut = join(folder(), '0ffff000-0000-7000-8000-000000000000')
    const { mkdirSync } = await import('node:fs')
    mkdirSync(cut)
    const [start = '', plan = ''] = readFileSync(join(folder(), back, 'journal.jsonl'), 'utf8').split('\n')
    writeFileSync(join(cut, 'journal.jsonl'), `${start}\n${plan}\n`)
    const resumed = await world.signoff(['resume', cut, ...RELEASED])
    expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
    expect(resumed.stderr).toContain('partial')
    expect(world.programs.commandLines()).toHaveLength(before)
  })

  test('no flag of run puts a recovery into the way forward', async () => {
    const result = await world.signoff([
      'run',
      'release.md',
      '--release',
      'v1',
      '--only',
      'recovery:deploy-to-production',
    ])
    expect(result.exitCode).toBe(2)
    expect(runs()).toEqual([])
  })
})

test('where there are several ways back one is chosen by name; without a name they are listed', async () => {
  const run = await release('twice.md')
  const listed = await world.signoff(['rollback', run])
  expect(listed.exitCode).toBe(2)
  expect(listed.stderr).toMatch(/--for 1 .*Rollback of staging/)
  expect(listed.stderr).toMatch(/--for 2 .*Rollback/)
  const unknown = await world.signoff(['rollback', run, '--for', '9'])
  expect(unknown.exitCode).toBe(2)
  // By the step that it leads back from.
  const result = await world.signoff(['rollback', run, '--for', '2.1', '--reason', 'r', ...ENTRY, ...UNDONE])
  expect(result, result.stderr).toMatchObject({ exitCode: 22 })
  expect(world.programs.commandLines().at(-1)).toBe(UNDO)
})
