import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDesk } from '../../src/cli/desk.ts'
import type { Io } from '../../src/cli/io.ts'
import { readRun } from '../../src/cli/runs/recorded-run.ts'
import { filesIn } from '../../src/cli/runs/transcript-files.ts'
import { makeWorld, type World } from '../helpers/world/index.ts'

const TWO_STEPS =
  '# Release\n\n## Phase 1: Build\n\n1. Build it:\n   ```bash\n   echo built\n   ```\n\n2. Tell support\n'
const FAILS_FIRST = TWO_STEPS.replace('echo built', 'exit 3')
const SLEEPS = TWO_STEPS.replace('echo built', 'sleep 60')

let world: World
const at = (name: string): string => join(world.repository.clone, name)

beforeEach(async () => {
  world = await makeWorld({ files: { 'two.md': TWO_STEPS, 'fails.md': FAILS_FIRST, 'sleeps.md': SLEEPS } })
}, 30_000)
afterEach(() => world.remove())

const answers = (): string =>
  world.file('answers.yaml', 'version: 1\nby: kim@example.com\nanswers:\n  - { step: "1.2", answer: yes }\n')
const release = (file: string, ...more: string[]) =>
  world.signoff(['run', file, '--release', 'v1', '--answers', answers(), ...more])
const journal = (): string => join(world.transcript('v1').folder, 'journal.jsonl')

describe('a run that a crash cut short', () => {
  test('a first line that is not whole keeps no later run from starting', async () => {
    const run = '0197c400-0000-7000-8000-000000000001'
    mkdirSync(at(`.signoff/transcripts/v0/${run}`), { recursive: true })
    writeFileSync(at(`.signoff/transcripts/v0/${run}/journal.jsonl`), '{"seq":0,"prev":"0000')
    const result = await release('two.md')
    expect(result, result.stderr).toMatchObject({ exitCode: 0 })
    expect(world.transcript('v1').ofKind('run.start')[0]).toMatchObject({ parents: [] })
    const resumed = await world.signoff(['resume', run])
    expect(resumed.exitCode).toBe(65)
    expect(resumed.stderr).toContain('help: start a new run')
  })

  test('one that has no plan yet walks every step of it, and does not pass by having none', async () => {
    expect((await release('fails.md')).exitCode).toBe(1)
    const [first = ''] = readFileSync(journal(), 'utf8').split('\n')
    writeFileSync(journal(), `${first}\n`)
    expect((await world.signoff(['resume', '--answers', answers()])).exitCode).toBe(1)
    expect(
      world
        .transcript('v1')
        .lines()
        .map(({ kind }) => kind),
    ).toContain('step.start')
  })

  test('a torn tail is cut only when what was cut is recorded', async () => {
    expect((await release('fails.md')).exitCode).toBe(1)
    const torn = '{"seq":99,"prev":"ab'
    appendFileSync(journal(), torn)
    // Refused before it goes on: an answer is missing.
    expect((await world.signoff(['resume'])).exitCode).toBe(20)
    expect(readFileSync(journal(), 'utf8').endsWith(torn)).toBe(true)
    const result = await world.signoff([
      'resume',
      '--answers',
      answers(),
      '--resolve',
      '1.1=passed',
      '--reason',
      'seen',
    ])
    expect(result, result.stderr).toMatchObject({ exitCode: 0 })
    expect(world.transcript('v1').ofKind('run.resume')).toMatchObject([{ tornBytes: torn.length }])
    expect((await world.signoff(['verify', world.transcript('v1').run])).exitCode).toBe(0)
  })

  test('lines that another process wrote since the journal was read are never cut', async () => {
    expect((await release('fails.md')).exitCode).toBe(1)
    const io: Io = {
      environment: { ...world.env, SIGNOFF_KEY: world.operator.keyFile },
      cwd: world.repository.clone,
      write: () => undefined,
      pour: async () => undefined,
      say: () => undefined,
      interactive: false,
      ask: async () => '',
      confirm: async () => false,
      nowMs: Date.now,
    }
    const desk = await openDesk(world.repository.clone, null, io)
    const recorded = await readRun(filesIn(world.transcript('v1').folder), desk, io)
    const other = '{"seq":9,"kind":"note"}\n'
    appendFileSync(journal(), other)
    await expect(recorded.open(null)).rejects.toMatchObject({ code: 'LOCKED' })
    expect(readFileSync(journal(), 'utf8').endsWith(other)).toBe(true)
    expect(existsSync(join(world.env.XDG_STATE_HOME ?? '', 'signoff', world.transcript('v1').run, 'lock'))).toBe(false)
  })
})

describe('what is wrong is said before anything begins', () => {
  const nothingBegun = (): void => {
    expect(existsSync(at('.signoff/transcripts'))).toBe(false)
    expect(existsSync(join(world.env.XDG_STATE_HOME ?? '', 'signoff'))).toBe(false)
  }

  test.each([
    [['--wait-limit', 'soon'], '"soon" is no time'],
    [['--approval', 'nowhere.json'], '--approval nowhere.json: no such file'],
  ])('%j', async (flags, why) => {
    const result = await release('two.md', ...flags)
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain(why)
    nothingBegun()
  })

  test('an approval that names a folder is told so', async () => {
    const result = await world.signoff(['approve', '.', '--go'])
    expect(result.exitCode).toBe(2)
    expect(result.stderr).not.toContain('our bug')
  })
})

test('a release of letters beyond ASCII is verified under its own name', async () => {
  const result = await world.signoff(['run', 'two.md', '--release', 'café', '--answers', answers()])
  expect(result, result.stderr).toMatchObject({ exitCode: 0 })
  const [folder = ''] = readdirSync(at('.signoff/transcripts')).filter(name => name.startsWith('caf'))
  const [run = ''] = readdirSync(at(`.signoff/transcripts/${folder}`))
  const verified = await world.signoff(['verify', run, '--release', 'café'])
  expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
})

/** The folder of a run is there before its journal is. */
function hasStarted(): boolean {
  const folder = at('.signoff/transcripts/v1')
  if (!existsSync(folder)) return false
  const [run] = readdirSync(folder)
  if (run === undefined || !existsSync(join(folder, run, 'journal.jsonl'))) return false
  return readFileSync(join(folder, run, 'journal.jsonl'), 'utf8').includes('"kind":"step.start"')
}

test('a signal where nobody attends stops the script, records one pause, and is the exit code', async () => {
  const { signoffFile } = await import('../helpers/world/signoff.ts')
  const child = spawn(
    process.execPath,
    [signoffFile(), 'run', 'sleeps.md', '--release', 'v1', '--answers', answers()],
    {
      cwd: world.repository.clone,
      env: { ...world.env, SIGNOFF_KEY: world.operator.keyFile },
      stdio: 'ignore',
    },
  )
  const exited = new Promise<number | null>(resolve => child.on('exit', code => resolve(code)))
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20)) if (hasStarted()) break
  child.kill('SIGTERM')
  expect(await exited).toBe(143)
  expect(world.transcript('v1').ofKind('run.pause')).toMatchObject([{ reason: 'SIGTERM' }])
  expect(world.transcript('v1').ofKind('step.end')).toMatchObject([{ outcome: 'cancelled' }])
  expect(await world.processesLeft()).toEqual([])
}, 30_000)

test('nobody else can read the journal or the state of a run, whatever the umask is', async () => {
  const before = process.umask(0)
  try {
    expect((await release('fails.md')).exitCode).toBe(1)
  } finally {
    process.umask(before)
  }
  const { statSync } = await import('node:fs')
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
  const { folder, run } = world.transcript('v1')
  expect(mode(journal())).toBe('600')
  expect(mode(join(world.env.XDG_STATE_HOME ?? '', 'signoff', run))).toBe('700')
  for (const each of [folder, join(folder, '..'), at('.signoff/transcripts')])
    expect(statSync(each).mode & 0o002, each).toBe(0)
})

test('no name from outside acts on the terminal', async () => {
  const name = 'a\u001b]0;owned\u0007\u009b2J\u202e.md'
  writeFileSync(at(name), FAILS_FIRST)
  for (const args of [[name, '--answers', answers()], [name], [`missing-${name}`], ['two.md', '--wait-limit', name]]) {
    const { stderr } = await world.signoff(['run', ...args, '--release', 'v1'])
    expect(stderr).toContain('owned')
    expect(stderr).not.toMatch(/[\u001b\u0007\u009b\u202e]/)
  }
})

test('a secret lies in no file of a run, by whatever variable it came and whichever step needs it', async () => {
  const runbook = `---\nsignoff:\n  values:\n    TOKEN: {secret: true}\n---\n${TWO_STEPS.replace('echo built', 'printenv THE_SAME')}
3. Use it:
   \`\`\`bash
   echo "got $(printenv THE_SAME)"
   test -n "$TOKEN"
   exit 3
   \`\`\`
`
  writeFileSync(at('secret.md'), runbook)
  const args = ['run', 'secret.md', '--release', 'v1', '--answers', answers(), '--secret-env', 'TOKEN=TOKEN_OF_MINE']
  const result = await world.signoff(args, { TOKEN_OF_MINE: 's3cr3t-xyz-123', THE_SAME: 's3cr3t-xyz-123' })
  expect(result.exitCode, result.stderr).toBe(1)
  expect(world.transcript('v1').ofKind('step.end').at(-1)).toMatchObject({ step: expect.any(String), exit: 3 })
  expect(result.stderr).toContain('got ***')
  const files = readdirSync(world.root, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const holding = files
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => readFileSync(path).includes('s3cr3t-xyz-123'))
  expect(holding).toEqual([])
})
