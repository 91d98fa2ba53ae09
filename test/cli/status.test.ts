import { spawn } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasCommand, makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

const RUNBOOK = `# Release

## Phase 1: Build

1. Build it:
   \`\`\`bash
   echo built
   \`\`\`

2. Tell support

3. Tell sales
`
let world: World
beforeEach(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK } })
}, 60_000)
afterEach(() => world.remove())

const STOPS = `version: 1
by: kim@example.com
answers:
  - { step: "1.2", answer: n/a, note: "nobody is there" }
  - { step: "1.3", answer: no, note: "not yet" }
`
const stopped = async (release: string): Promise<void> => {
  const answers = world.file('stops.yaml', STOPS)
  expect((await world.signoff(['run', 'release.md', '--release', release, '--answers', answers])).exitCode).toBe(1)
}

/** Every file below a folder, with what changes when one is written. */
const snapshot = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map(name => `${name} ${statSync(join(folder, name)).size} ${statSync(join(folder, name)).mtimeMs}`)

test('status says what is done, what is needed and of whom, and what deviates; nothing is written', async () => {
  await stopped('v1')
  const before = snapshot(world.repository.clone)
  const told = await world.signoff(['status'])
  expect(told, told.stderr).toMatchObject({ exitCode: 0, stderr: '' })
  expect(told.stdout).toContain('operated by operator@localhost. Paused at')
  expect(told.stdout).toContain('Done: 2 of 3')
  expect(told.stdout).toContain('    1.1 Build it: passed')
  expect(told.stdout).toContain('Needed: 1.3 Tell sales: a decision: declined; of operator@localhost.')
  expect(told.stdout).toMatch(/Deviations: 1\.\n {2}1\.2 Tell support: said to be not applicable: nobody is there\n/)
  const { run } = world.transcript('v1')
  const data = await world.signoff(['status', run.slice(0, 9), '--json'])
  expect(JSON.parse(data.stdout)).toMatchObject({
    schema: 'signoff.status/1',
    run,
    standing: 'paused',
    holder: null,
    running: null,
    needed: { position: '1.3', kind: 'decide', of: ['operator@localhost'] },
    steps: { passed: 1, failed: 1, skipped: 1, open: 0 },
  })
  expect(snapshot(world.repository.clone)).toEqual(before)
}, 60_000)

test('list has a row for every run, newest first, and one that cannot be read hides no other', async () => {
  await stopped('v1')
  const yes = STOPS.replace('answer: no, note: "not yet"', 'answer: yes')
  const done = world.file('done.yaml', yes)
  expect((await world.signoff(['run', 'release.md', '--release', 'v2', '--answers', done])).exitCode).toBe(0)
  const listed = await world.signoff(['list'])
  expect(listed.exitCode).toBe(0)
  const [newest = '', oldest = ''] = listed.stdout.trimEnd().split('\n')
  expect(newest).toMatch(/ v2 +passed +sealed +operator@localhost +\d{4}-/)
  // The day of its end only where that is another one.
  const [, from, to] = /(\S+ \d\d:\d\d) to (.+)$/.exec(newest) ?? []
  const day = from?.slice(0, 10)
  expect(to).toMatch(to?.includes(' ') === true ? new RegExp(`^(?!${day})`) : /^\d\d:\d\d$/)
  expect(oldest).toMatch(/ v1 +paused +not sealed +operator@localhost /)
  const journal = join(world.transcript('v1').folder, 'journal.jsonl')
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('Tell sales', 'Tell Sales'))
  const { runs } = JSON.parse((await world.signoff(['list', '--json'])).stdout)
  expect(runs).toMatchObject([
    { release: 'v2', state: 'passed', sealed: true },
    { release: 'v1', state: 'unreadable', problem: expect.stringContaining('line ') },
  ])
  expect((await world.signoff(['status', world.transcript('v1').run])).exitCode).toBe(65)
  const both = await world.signoff(['status', '0'])
  expect(both).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('"0" fits 2 runs') })
  expect((await world.signoff(['status', ''])).exitCode).toBe(2)
  expect((await world.signoff(['status', 'ffff'])).stderr).toContain('no run "ffff"')
}, 60_000)

test('whoever watches sees each line as it comes, and the watch ends with the run', async context => {
  const walk = await world.signoffAtTerminal(['run', 'release.md', '--release', 'v1'])
  if (walk === null) return context.skip()
  let seen = ''
  let watch: ReturnType<typeof spawn> | null = null
  try {
    await walk.answer(/An empty line runs it|Type "run"|empty line/, 'show')
    const args = [signoffFile(), 'status', '--watch']
    watch = spawn(process.execPath, args, {
      cwd: world.repository.clone,
      env: world.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    watch.stdout?.on('data', chunk => {
      seen += chunk
    })
    const ended = new Promise(resolve => watch?.on('close', resolve))
    const shows = async (pattern: RegExp): Promise<void> => {
      for (const deadline = Date.now() + 20_000; !pattern.test(seen); await sleep(30))
        if (Date.now() > deadline) throw new Error(`waited for ${String(pattern)}; seen was:\n${seen}`)
    }
    await shows(/Held by operator@localhost, process \d+[\s\S]*Needed: 1\.1 Build it: to be run; of operator@localhost/)
    await walk.answer(/1\.1/, 'run')
    await shows(/Step 1\.1, Build it, started[\s\S]*built\n[\s\S]*Step 1\.1 passed[\s\S]*Needed: 1\.2 Tell support/)
    await walk.answer(/1\.2[\s\S]*type "tick"/, 'tick')
    await walk.answer(/1\.3[\s\S]*type "tick"/, 'tick')
    expect(await ended).toBe(0)
    expect(seen).toMatch(/Run ended, passed: 3 passed/)
    expect(await walk.exited).toBe(0)
  } finally {
    watch?.kill('SIGKILL')
    walk.close()
  }
}, 110_000)

test('a journal of another user is said to be theirs, and can be looked at once they let it be read', async context => {
  if (process.getuid?.() !== 0 || !hasCommand('setpriv')) return context.skip()
  await stopped('v1')
  const { run, folder } = world.transcript('v1')
  for (let at = folder; at.startsWith(world.root); at = dirname(at)) chmodSync(at, 0o755)
  const asNobody = async (...args: string[]) => {
    const all = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, signoffFile(), ...args]
    const env = { ...world.env, HOME: '/nonexistent', XDG_STATE_HOME: '/nonexistent', XDG_CACHE_HOME: '/nonexistent' }
    const child = spawn('setpriv', all, { cwd: world.repository.clone, env })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => {
        text += chunk
      })
    const code = await new Promise(resolve => child.on('close', resolve))
    return { code, text }
  }
  const denied = await asNobody('status', run)
  expect(denied.code, denied.text).toBe(8)
  expect(denied.text).toContain('it may not be read by this user')
  expect((await asNobody('list')).text).toMatch(/v1 +unreadable/)
  chmodSync(join(folder, 'journal.jsonl'), 0o644)
  const told = await asNobody('status', run)
  expect(told, told.text).toMatchObject({ code: 0, text: expect.stringContaining('Needed: 1.3 Tell sales') })
}, 60_000)

test('steps of a way back count by themselves, and only once it is walked', async () => {
  const back = `# Release\n\n## Phase 1: Build\n\n1. Build it:\n   \`\`\`bash\n   echo built\n   \`\`\`\n\n2. Tell support\n\n**Rollback Plan**\n\n1. Undo it:\n   \`\`\`bash\n   echo undone\n   \`\`\`\n2. Tell everybody\n`
  writeFileSync(join(world.repository.clone, 'back.md'), back)
  const answers = world.file(
    'no.yaml',
    'version: 1\nby: k@example.com\nanswers:\n  - { step: "1.2", answer: no, note: "x" }\n',
  )
  expect((await world.signoff(['run', 'back.md', '--release', 'v1', '--answers', answers])).exitCode).toBe(1)
  const forward = await world.signoff(['status'])
  expect(forward.stdout).toContain('Done: 1 of 2')
  expect(forward.stdout).toContain('  1 Build: 1 of 2 done\n')
  expect(forward.stdout).not.toContain('way back:')
  const { run } = world.transcript('v1')
  const flags = ['--reason', 'it is broken', '--confirm', 'rollback=v1']
  const entered = await world.signoff(['rollback', run, ...flags, '--answers', answers])
  expect(entered.exitCode, entered.stderr).toBe(20)
  const told = world.file(
    'told.yaml',
    'version: 1\nby: k@example.com\nanswers:\n  - { step: "1r.2", answer: no, note: "x" }\n',
  )
  const walked = await world.signoff(['rollback', run, ...flags, '--answers', told])
  expect(walked.exitCode, walked.stderr).toBe(1)
  const backward = await world.signoff(['status'])
  expect(backward.stdout).toContain('  1 Build: 1 of 2 done\n  1 Build, way back: 1 of 2 done\n')
  expect(backward.stdout).toMatch(/ {4}1r\.1 Undo it: passed\n/)
})
