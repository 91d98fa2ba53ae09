import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { canBeOthers, makeSharedWorld, type SharedWorld, type Started } from '../helpers/two-accounts.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const SCRIPT = `# Release

## Phase 1: Build

\`\`\`bash
touch began
until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.1; done
\`\`\`
`
const SOAK = `# Release

## Phase 1: Soak

1. Soak for 1 hour

2. Tell support
`
const GATED = `# Release

## Phase 1: Decide

**Decision**: GO / NO-GO

**Approvers**: Release Manager

## Phase 2: Deploy

\`\`\`bash
echo flipped
\`\`\`
`
const ROLES = 'roles: { Release Manager: [second@localhost] }\n'
const ANSWERS = `version: 1
by: second@localhost
waits: { "1.1": { end: early, reason: "it was long enough" } }
answers:
  - { step: "1.2", answer: yes }
`
const REASON = ['--reason', 'first is on leave']

// Threat 21 of the transcript format: two writers, one of them another user of the same machine.
describe.skipIf(!canBeOthers())('the lock between two accounts (as root alone: only root can be both)', () => {
  let world: SharedWorld
  beforeEach(async () => {
    const files = { 'script.md': SCRIPT, 'soak.md': SOAK, 'gated.md': GATED, 'answers.yaml': ANSWERS }
    world = await makeSharedWorld({ ...files, '.signoff/config.yaml': ROLES })
  })
  afterEach(() => world.remove())

  const lockOf = (release: string) => join(world.folderOf(release), '.lock')
  const journalOf = (release: string) => readFileSync(join(world.folderOf(release), 'journal.jsonl'), 'utf8')
  const holder = () => `first@localhost \\(process \\d+ on ${hostname()}\\)`

  /** The first account walks the hour of a soak, with nothing running; it lets its group read and write the run. */
  async function soaking(): Promise<Started> {
    const walk = world.first.start([
      'run',
      'soak.md',
      '--release',
      'v1',
      '--answers',
      answersOfTicks(),
      '--wait-limit',
      '2h',
    ])
    await vi.waitUntil(() => walk.text().includes('Run ') && isWaiting(), { timeout: 30_000, interval: 50 })
    openToGroup('v1')
    return walk
  }
  const isWaiting = () => {
    const folder = world.at('.signoff/transcripts/v1')
    return existsSync(folder) && readdirSync(folder).length === 1 && journalOf('v1').includes('"kind":"wait.start"')
  }
  const openToGroup = (release: string) => chmodSync(join(world.folderOf(release), 'journal.jsonl'), 0o660)
  function answersOfTicks(): string {
    const path = world.at('ticks.yaml')
    writeFileSync(path, 'version: 1\nby: first@localhost\nanswers:\n  - { step: "1.2", answer: yes }\n')
    chmodSync(path, 0o644)
    return path
  }
  /** Older than the instant in which a lock is being written: from then on only its holder protects it. */
  const untilItIsOld = (release: string) =>
    vi.waitUntil(() => Date.now() - statSync(lockOf(release)).mtimeMs > 2100, { timeout: 10_000, interval: 50 })

  test('is seen by the other, who changes nothing by looking or asking, and takes the run for a reason alone', async () => {
    const walk = await soaking()
    await untilItIsOld('v1')
    const before = readFileSync(lockOf('v1'), 'utf8')
    const run = JSON.parse(journalOf('v1').split('\n')[0] ?? '').run as string
    const status = await world.second.signoff(['status', run])
    expect(status, status.stderr).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Held by first@localhost, process '),
    })
    expect(await world.second.signoff(['verify', run])).toMatchObject({ exitCode: 3 })
    const asked = await world.second.signoff(['resume', run, '--answers', 'answers.yaml'])
    expect(asked).toMatchObject({ exitCode: 24 })
    const silent = await world.second.signoff(['resume', run, '--take-over', '--answers', 'answers.yaml'])
    expect(silent).toMatchObject({ exitCode: 2 })
    expect(readFileSync(lockOf('v1'), 'utf8')).toBe(before)

    const taken = await world.second.signoff(['resume', run, '--take-over', ...REASON, '--answers', 'answers.yaml'])
    expect(taken, taken.stderr).toMatchObject({ exitCode: 0 })
    expect(await walk.exited).toBe(24)
    // Where the other was done before the first looked, its lock is gone, and its journal is closed to the first.
    expect(walk.text()).toMatch(
      /(second@localhost.* has taken this run over: first is on leave|somebody has taken this run over)\n/,
    )
    const changed = journalOf('v1')
      .split('\n')
      .filter(line => line.includes('"kind":"writer.changed"'))
    expect(changed).toHaveLength(1)
    const verified = await world.second.signoff(['verify', run])
    expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
  })

  test('of the same person is no less a lock: nobody writes beside themselves', async () => {
    await soaking()
    await untilItIsOld('v1')
    const own = join(world.second.home, 'key')
    writeFileSync(own, readFileSync(world.first.person.keyFile))
    chmodSync(own, 0o644)
    const args = ['resume', '--answers', 'answers.yaml', '--key', own]
    const refused = await world.second.signoff(args)
    expect(refused.stderr).toMatch(new RegExp(`held by ${holder()} since `))
    expect(refused.exitCode).toBe(24)
    expect(journalOf('v1')).not.toContain('run.resume')
  })

  test('that may not be read, such as an older one, is held all the same, and never broken', async () => {
    const walk = await soaking()
    chmodSync(lockOf('v1'), 0o600)
    await untilItIsOld('v1')
    const before = readFileSync(lockOf('v1'), 'utf8')
    const status = await world.second.signoff(['status'])
    expect(status.stdout).toContain(`Held by the account uid ${world.first.uid}, whose lock may not be read here.`)
    const own = join(world.second.home, 'key')
    writeFileSync(own, readFileSync(world.first.person.keyFile))
    chmodSync(own, 0o644)
    const refused = await world.second.signoff(['resume', '--answers', 'answers.yaml', '--key', own])
    expect(refused.stderr).toContain(
      `held by the account uid ${world.first.uid}, whose lock may not be read here since `,
    )
    expect(refused.exitCode).toBe(24)
    expect(await world.second.signoff(['verify', world.folderOf('v1')])).toMatchObject({ exitCode: 3 })
    expect(readFileSync(lockOf('v1'), 'utf8')).toBe(before)
    expect(readdirSync(world.folderOf('v1')).filter(name => name.startsWith('.lock'))).toEqual(['.lock'])
    // A person may take it all the same, for a reason.
    const taken = await world.second.signoff(['resume', '--take-over', ...REASON, '--answers', 'answers.yaml'])
    expect(taken, taken.stderr).toMatchObject({ exitCode: 0 })
    expect(await walk.exited).toBe(24)
  })

  test('holds where /proc hides the processes of others: a process that cannot be seen is not gone', async context => {
    await soaking()
    await untilItIsOld('v1')
    const hiding = [
      'unshare',
      '--mount',
      'sh',
      '-c',
      'mount -t proc -o hidepid=2 proc /proc || exit 99; exec "$@"',
      'sh',
    ]
    const status = await world.second.signoff(['status'], hiding)
    if (status.exitCode === 99 || status.stderr.startsWith('unshare')) return context.skip()
    expect(status.stdout).toContain('Held by first@localhost')
    const taken = await world.second.signoff(['resume', '--answers', 'answers.yaml'], hiding)
    expect(taken).toMatchObject({ exitCode: 24 })
    expect(existsSync(lockOf('v1'))).toBe(true)
  })

  test('and the journal: as long as its owner does not open it, the other is told whose it is, and approves all the same', async () => {
    const paused = await world.first.signoff(['run', 'gated.md', '--release', 'v2'])
    expect(paused, paused.stderr).toMatchObject({ exitCode: 20 })
    const folder = world.folderOf('v2')
    const run = folder.slice(folder.lastIndexOf('/') + 1)
    const closed = await world.second.signoff(['status', run])
    expect(closed).toMatchObject({ exitCode: 8, stderr: expect.stringContaining('for its owner alone') })
    const refused = await world.second.signoff(['resume', run, '--take-over', ...REASON])
    expect(refused.stderr).toContain(`belongs to the account uid ${world.first.uid} while the run lasts`)
    expect(refused.exitCode).toBe(24)
    const approved = await world.second.signoff(['approve', run, '--go'])
    expect(approved, approved.stderr).toMatchObject({ exitCode: 0 })
    const done = await world.first.signoff(['resume', run])
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(await world.first.signoff(['verify', run, '--require-approvals', '1'])).toMatchObject({ exitCode: 0 })
  })

  test('whose holder is gone is broken by the other, and the journal becomes that of the account which goes on', async () => {
    const walk = await soaking()
    walk.kill()
    await walk.exited
    const before = journalOf('v1')
    const taken = await world.second.signoff(['resume', '--take-over', ...REASON, '--answers', 'answers.yaml'])
    expect(taken, taken.stderr).toMatchObject({ exitCode: 0 })
    const { uid, mode } = statSync(join(world.folderOf('v1'), 'journal.jsonl'))
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: world.second.uid, mode: 0o400 })
    expect(journalOf('v1').startsWith(before)).toBe(true)
    expect(readdirSync(world.folderOf('v1')).sort()).toEqual(['journal.jsonl', 'transcript.intoto.jsonl'])
    expect(await world.second.signoff(['verify', world.folderOf('v1')])).toMatchObject({ exitCode: 0 })
  })

  test('while a script runs: the other asks, and gets neither the run nor its script', async () => {
    const walk = world.first.start(['run', 'script.md', '--release', 'v3'])
    await vi.waitUntil(() => existsSync(world.at('began')), { timeout: 30_000, interval: 50 })
    openToGroup('v3')
    await untilItIsOld('v3')
    for (const args of [['resume'], ['resume', '--take-over', ...REASON], ['stop']]) {
      const asked = await world.second.signoff(args)
      if (args[0] === 'resume') expect(asked, asked.stderr).toMatchObject({ exitCode: 24 })
      else expect(asked.stderr).toContain(`runs under the account uid ${world.first.uid}`)
    }
    writeFileSync(world.at('go'), '')
    expect(await walk.exited, walk.text()).toBe(0)
    expect(await world.first.signoff(['verify', world.folderOf('v3')])).toMatchObject({ exitCode: 0 })
  })
})
