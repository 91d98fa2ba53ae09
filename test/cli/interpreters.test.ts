import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { demandedPlan } from '../../src/cli/verifying/demanded-plan.ts'
import { hasCommand, makeWorld, type World } from '../helpers/world/index.ts'

const RUNBOOK = `# Migrate

## Phase 1: Data

1. Say where:
   \`\`\`bash
   export TARGET=staging
   \`\`\`
2. Count the rows:
   \`\`\`python
   import os
   print(f"{os.environ['TARGET']}: {6 * 7} rows")
   open("did.txt", "a").write("x")
   \`\`\`
`

let world: World
let config: string
beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK } })
  config = join(world.repository.clone, '.signoff', 'config.yaml')
  mkdirSync(dirname(config), { recursive: true })
}, 30_000)
afterAll(() => world.remove())

const steps = async (): Promise<{ kind: string; risk: string; language: string | null }[]> => {
  const { stdout } = await world.signoff(['plan', 'release.md', '--json'])
  const plan = JSON.parse(stdout) as { phases: { steps: { kind: string; risk: string; language: string | null }[] }[] }
  return plan.phases.flatMap(phase => phase.steps)
}

describe('a block of another language', () => {
  test('is no task without a configuration, and one where it names an interpreter; run and record say which', async () => {
    writeFileSync(config, 'version: 1\n')
    expect((await steps()).filter(({ kind }) => kind === 'task')).toHaveLength(1)
    writeFileSync(config, 'version: 1\ninterpreters: { python: [python3, -u] }\n')
    expect(await steps()).toContainEqual(expect.objectContaining({ kind: 'task', risk: 'change', language: 'python' }))
    if (!hasCommand('python3')) return
    const result = await world.signoff(['run', 'release.md', '--release', 'v1'])
    expect(result.exitCode, result.stderr).toBe(0)
    expect(result.stderr).toContain('staging: 42 rows')
    const started = world.transcript('v1').ofKind('step.start')
    expect(started.map(({ shell }) => shell)).toEqual(['bash', 'python3 -u'])
  }, 30_000)

  test.each([
    ['a shell', 'interpreters: { bash: [bash] }'],
    ['a path that depends on where one stands', 'interpreters: { python: [bin/python] }'],
    ['no command', 'interpreters: { python: [] }'],
    ['no time', 'silence: soon'],
  ])('is refused with its place where the configuration says %s', async (_, line) => {
    writeFileSync(config, `version: 1\n${line}\n`)
    const result = await world.signoff(['plan', 'release.md'])
    expect(result.exitCode).toBe(65)
    expect(result.stderr).toContain('config.yaml:2:')
  })
})

/** The block stands alone: without an interpreter it is a text, and no step at all. */
const ALONE = `# Migrate

## Phase 1: Data

1. Say where:
   \`\`\`bash
   [ -e go ]
   \`\`\`

## Phase 2: Rows

\`\`\`python
echo "rows by $0"
\`\`\`

## Phase 3: Tell

1. Tell support
`

describe('a run whose interpreters change meanwhile', () => {
  let own: World
  const at = (name: string): string => join(own.repository.clone, name)
  const interpreters = (text: string): void =>
    writeFileSync(at('.signoff/config.yaml'), text === '' ? 'version: 1\n' : `version: 1\ninterpreters: { ${text} }\n`)
  const answers = () =>
    own.file('answers.yaml', 'version: 1\nby: kim@example.com\nanswers:\n  - { step: "3.1", answer: yes }\n')
  const resume = (...flags: string[]) => own.signoff(['resume', '--answers', answers(), ...flags])
  const RETRY = ['--retry', '1.1', '--reason', 'it may go']
  const kinds = (kind: string) => own.transcript('v1').ofKind(kind)
  const verified = async () => {
    const result = await own.signoff(['verify', own.transcript('v1').run])
    return [result.exitCode, result.stdout] as const
  }
  beforeEach(async () => {
    own = await makeWorld({ files: { 'release.md': ALONE } })
    mkdirSync(at('.signoff'), { recursive: true })
    interpreters('python: [bash]')
    const run = await own.signoff(['run', 'release.md', '--release', 'v1', '--answers', answers()])
    expect(run, run.stderr).toMatchObject({ exitCode: 1 })
  }, 30_000)
  afterEach(() => own.remove())

  test('is told, on record, that one is gone, and asked at its step, which stays in the plan', async () => {
    interpreters('')
    writeFileSync(at('go'), '')
    const lost = await resume(...RETRY)
    expect(lost, lost.stderr).toMatchObject({ exitCode: 20 })
    expect(lost.stderr).toContain('names other interpreters than before: python by nothing any more, was "bash"')
    expect(lost.stderr).toMatch(
      /release\.md:\d+:1 2\.1 \S.*: it is written for python, and \.signoff\/config\.yaml names no interpreter for that any more: --skip 2\.1 or --resolve 2\.1=passed, with --reason TEXT/,
    )
    const done = await resume(...RETRY, '--resolve', '2.1=passed')
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('step.decide')).toMatchObject([{ choice: 'rerun' }, { choice: 'by-hand' }])
    expect(kinds('run.interpreters')).toMatchObject([
      { interpreters: [{ tag: 'python', command: ['bash'] }], was: null, by: 'operator@localhost' },
      { interpreters: [], was: [{ tag: 'python', command: ['bash'] }] },
    ])
    expect(await verified()).toMatchObject([0, expect.anything()])
    const { stdout } = await own.signoff(['export', own.transcript('v1').run, '--format', 'md'])
    expect(stdout.slice(stdout.indexOf('## Deviations'))).toContain('python by nothing any more')
  }, 60_000)

  test('is told, on record, that another runs its blocks from now on', async () => {
    interpreters('python: [sh]')
    writeFileSync(at('go'), '')
    const done = await resume(...RETRY)
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(done.stderr).toContain('python by "sh", was "bash"')
    expect(kinds('step.start').map(({ shell }) => shell)).toEqual(['bash', 'bash', 'sh'])
    expect(await verified()).toMatchObject([0, expect.anything()])
  }, 60_000)

  test('keeps by hand what came to have an interpreter after it began, and status reads it from the journal alone', async () => {
    interpreters('python: [bash], ruby: [ruby]')
    const status = await own.signoff(['status', '--json'])
    expect(JSON.parse(status.stdout).steps).toMatchObject({ open: 2 })
    interpreters('')
    expect(JSON.parse((await own.signoff(['status', '--json'])).stdout).steps).toMatchObject({ open: 2 })
    interpreters('python: [bash], ruby: [ruby]')
    writeFileSync(at('go'), '')
    expect((await resume(...RETRY)).exitCode).toBe(0)
    expect(kinds('run.interpreters')).toHaveLength(1)
  }, 60_000)

  test('begins with them as they are where it was cut off before they were on record', async () => {
    const { folder } = own.transcript('v1')
    const lines = readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n')
    writeFileSync(join(folder, 'journal.jsonl'), `${lines.slice(0, 2).join('\n')}\n`)
    writeFileSync(at('go'), '')
    const done = await resume()
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('step.start')).toHaveLength(2)
    expect(kinds('run.interpreters')).toMatchObject([{ was: null }])
    expect(await verified()).toMatchObject([0, expect.anything()])
  }, 60_000)
})

test('the plan that a verifier demands is read with the interpreters of the run: its steps are those that were walked', async () => {
  const path = join(world.repository.clone, 'alone.md')
  writeFileSync(path, ALONE)
  const planned = async (interpreters: Record<string, string[]>) =>
    (await demandedPlan(ALONE, 'alone.md', interpreters)).steps.map(({ id, kind }) => [id.split('-')[0], kind])
  expect(await planned({ python: ['python3'] })).toEqual([
    ['data', 'task'],
    ['rows', 'task'],
    ['tell', 'manual'],
  ])
  expect(await planned({})).toEqual([
    ['data', 'task'],
    ['tell', 'manual'],
  ])
})
