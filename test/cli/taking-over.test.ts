import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Person } from '../helpers/world/index.ts'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { letAllOperate } from '../helpers/world/several-operators.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

const TICKS = '# Release\n\n## Phase 1: Tell\n\n1. Tell support\n\n2. Tell sales\n'
/** It says so, and goes on until the test lets it. */
const WAITS = `# Release

## Phase 1: Build

1. Build it:
   \`\`\`bash
   echo began >> began.log
   until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.1; done
   echo built
   \`\`\`

2. Tell support
`

let world: World
let next: Person
const at = (name: string): string => join(world.repository.clone, name)
beforeEach(async () => {
  world = await makeWorld({ files: { 'ticks.md': TICKS, 'waits.md': WAITS }, roles: ['Next'] })
  const [a] = letAllOperate(world)
  if (a === undefined) throw new Error('a second person is needed')
  next = a
}, 60_000)
afterEach(() => world.remove())

const answers = (): string =>
  world.file('answers.yaml', 'version: 1\nby: kim@example.com\nanswers:\n  - { step: "1.2", answer: yes }\n')

async function appears(path: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; !existsSync(path); await sleep(50))
    if (Date.now() > deadline) throw new Error(`waited for ${path}`)
}

test('the second is told who holds a run, and takes it over with a reason alone; the first notices at its question', async context => {
  const walk = await world.signoffAtTerminal(['run', 'ticks.md', '--release', 'v1'])
  if (walk === null) return context.skip()
  try {
    await walk.answer(/type "tick"/, 'tick')
    await walk.answer(/1\.2[\s\S]*type "tick"/, 'show')
    const { run } = world.transcript('v1')
    // Another account: a home, and so a state folder, of its own.
    const second = await world.signoffAs(world.operator, ['resume', run, '--answers', answers()])
    expect(second.exitCode).toBe(24)
    expect(second.stderr).toContain(`held by operator@localhost (process `)
    expect(second.stderr).toContain('signoff status RUN --watch')
    expect((await world.signoff(['resume', run, '--answers', answers()])).exitCode).toBe(24)
    // What is missing is nothing to ask for of somebody who cannot have the run.
    const lacking = await world.signoff(['resume', run])
    expect(lacking).toMatchObject({ exitCode: 24, stderr: expect.not.stringContaining('missing') })
    const silent = await world.signoffAs(next, ['resume', run, '--take-over', '--answers', answers()])
    expect(silent).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--take-over needs --reason') })

    const flags = ['--take-over', '--reason', 'the first terminal is lost', '--answers', answers()]
    const taken = await world.signoffAs(next, ['resume', run, ...flags])
    expect(taken, taken.stderr).toMatchObject({ exitCode: 0 })
    expect(await walk.exited).toBe(24)
    expect(walk.text()).toContain('has taken this run over: the first terminal is lost')
    expect(world.transcript('v1').ofKind('writer.changed')).toMatchObject([
      {
        from: { principal: world.operator.principal, host: hostname() },
        to: { principal: next.principal, host: hostname() },
        reason: 'the first terminal is lost',
      },
    ])
    const verified = await world.signoff(['verify', run])
    expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
  } finally {
    walk.close()
  }
}, 110_000)

test('a script that runs is followed by whoever took the run over, and was started once', async () => {
  const env = { ...world.env, SIGNOFF_KEY: world.operator.keyFile }
  const args = [signoffFile(), 'run', 'waits.md', '--release', 'v1', '--answers', answers()]
  const first = spawn(process.execPath, args, { cwd: world.repository.clone, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  first.stderr.on('data', chunk => {
    said += chunk
  })
  const ended = new Promise<number | null>(resolve => first.on('close', resolve))
  try {
    await appears(at('began.log'))
    const { run } = world.transcript('v1')
    const taking = world.signoff(['resume', run, '--take-over', '--reason', 'it hangs', '--answers', answers()])
    // It goes on in the old process's place before the script has ended.
    expect(await ended, said).toBe(24)
    expect(said).toContain('has taken this run over: it hangs')
    writeFileSync(at('go'), '')
    const taken = await taking
    expect(taken, taken.stderr).toMatchObject({ exitCode: 0 })
    expect(readFileSync(at('began.log'), 'utf8')).toBe('began\n')
    const transcript = world.transcript('v1')
    expect(transcript.ofKind('run.resume')).toMatchObject([{ attached: [expect.stringContaining(run)], unknown: [] }])
    expect(transcript.ofKind('step.end')).toMatchObject([{ outcome: 'exited', exit: 0 }])
    expect(transcript.ofKind('step.stop')).toEqual([])
    expect(
      transcript
        .ofKind('output')
        .map(line => line.text)
        .join(''),
    ).toBe('built\n')
    const verified = await world.signoff(['verify', run])
    expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
  } finally {
    writeFileSync(at('go'), '')
    first.kill('SIGKILL')
  }
}, 110_000)

test('a paused run is gone on with by its operator, and by somebody else only with a reason', async () => {
  expect((await world.signoff(['run', 'waits.md', '--release', 'v1', '--until', '1.2'])).exitCode).toBe(20)
  writeFileSync(at('go'), '')
  const stops = world.file(
    'no.yaml',
    'version: 1\nby: k@example.com\nanswers:\n  - { step: "1.2", answer: no, note: "x" }\n',
  )
  expect((await world.signoff(['run', 'waits.md', '--release', 'v1', '--answers', stops])).exitCode).toBe(1)
  const { run } = world.transcript('v1')
  const goesOn = ['--retry', '1.2', '--reason', 'on leave', '--answers', answers()]
  const other = await world.signoffAs(next, ['resume', run, ...goesOn])
  expect(other.exitCode).toBe(24)
  expect(other.stderr).toContain(`operated by operator@localhost; you are ${next.principal}`)
  const taken = await world.signoffAs(next, ['resume', run, '--take-over', ...goesOn])
  expect(taken, taken.stderr).toMatchObject({ exitCode: 0 })
  expect(world.transcript('v1').ofKind('writer.changed')).toMatchObject([{ reason: 'on leave' }])
  expect((await world.signoff(['verify', run])).exitCode).toBe(0)
}, 110_000)

test('a lock that names another host is believed, and taken over with a reason alone', async () => {
  writeFileSync(at('go'), '')
  const stops = world.file(
    'no.yaml',
    'version: 1\nby: k@example.com\nanswers:\n  - { step: "1.2", answer: no, note: "x" }\n',
  )
  expect((await world.signoff(['run', 'waits.md', '--release', 'v1', '--answers', stops])).exitCode).toBe(1)
  const { run, folder } = world.transcript('v1')
  const holder = { pid: 1, host: 'elsewhere.example.com', bootId: 'b', procStart: '1', principal: 'operator@localhost' }
  writeFileSync(join(folder, '.lock'), JSON.stringify(holder))
  const goesOn = ['--retry', '1.2', '--reason', 'that host is gone', '--answers', answers()]
  const held = await world.signoff(['resume', run, ...goesOn])
  expect(held).toMatchObject({ exitCode: 24, stderr: expect.stringContaining('elsewhere.example.com') })
  const taken = await world.signoff(['resume', run, '--take-over', ...goesOn])
  expect(taken, taken.stderr).toMatchObject({ exitCode: 0 })
  expect(world.transcript('v1').ofKind('writer.changed')).toMatchObject([{ from: { host: 'elsewhere.example.com' } }])
  expect((await world.signoff(['verify', run])).exitCode).toBe(0)
  expect(existsSync(join(folder, '.lock'))).toBe(false)
}, 110_000)

test('of several who take one run over at the same moment one goes on; the others are told, and the chain holds', async () => {
  const env = { ...world.env, SIGNOFF_KEY: world.operator.keyFile }
  const args = [signoffFile(), 'run', 'waits.md', '--release', 'v1', '--answers', answers()]
  const first = spawn(process.execPath, args, { cwd: world.repository.clone, env, stdio: 'ignore' })
  const ended = new Promise<number | null>(resolve => first.on('close', resolve))
  try {
    await appears(at('began.log'))
    const { run, folder } = world.transcript('v1')
    const flags = ['--take-over', '--reason', 'all at once', '--answers', answers()]
    const people = [world.operator, next, world.operator]
    let over = 0
    const taking = people.map(person =>
      world.signoff(['resume', run, ...flags], { SIGNOFF_KEY: person.keyFile }).finally(() => {
        over++
      }),
    )
    // All but one have been told: by the lock, or by whoever took the run from them.
    for (const deadline = Date.now() + 60_000; over < people.length - 1; await sleep(50))
      if (Date.now() > deadline) throw new Error(`${over} of ${people.length} have ended`)
    writeFileSync(at('go'), '')
    const codes = (await Promise.all(taking)).map(({ exitCode }) => exitCode)
    expect([await ended, ...codes].sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual([0, 24, 24, 24])
    expect(readFileSync(at('began.log'), 'utf8')).toBe('began\n')
    const verified = await world.signoff(['verify', run])
    expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
    expect(existsSync(join(folder, 'journal.jsonl.taken'))).toBe(false)
  } finally {
    writeFileSync(at('go'), '')
    first.kill('SIGKILL')
  }
}, 110_000)
