import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

const RUNBOOK = `# Release

## Phase 1: Build

1. Build it:
   \`\`\`bash
   printf 'built\\n'
   \`\`\`

2. Tell support
`
const DONE = `version: 1
by: kim@example.com
answers:
  - { step: "1.2", answer: yes }
`
const PAUSED = `${DONE}`.replace('answer: yes', 'answer: no, note: "not yet"')

let world: World
let folder: string
beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK } })
  const walk = (release: string, answers: string) =>
    world.signoff(['run', 'release.md', '--release', release, '--answers', world.file(`${release}.yaml`, answers)])
  expect((await walk('v1', DONE)).exitCode).toBe(0)
  expect((await walk('v2', PAUSED)).exitCode).toBe(1)
  folder = world.transcript('v1').folder
}, 60_000)
afterAll(() => world.remove())

const outside = (name: string) => join(world.root, name)
const exported = (...args: string[]) => world.signoff(['export', ...args])

describe('signoff export', () => {
  test.each(['md', 'html', 'json', 'cast', 'junit', 'ctrf', 'tar', 'sigstore'])(
    '%s goes to standard output, and by --out to a file with the same bytes',
    async format => {
      const piped = await exported(folder, '--format', format)
      expect(piped, piped.stderr).toMatchObject({ exitCode: 0, stderr: '' })
      const file = outside(`release.${format}`)
      expect(await exported(folder, '--format', format, '--out', file)).toMatchObject({ exitCode: 0, stdout: '' })
      expect(readFileSync(file, 'utf8')).toBe(piped.stdout)
    },
  )

  test('nothing is written over: what is there stays as it is', async () => {
    const file = world.file('here.md', 'mine')
    expect(await exported(folder, '--format', 'md', '--out', file)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is there already'),
    })
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect(await exported(folder, '--format', 'audit', '--out', world.root)).toMatchObject({ exitCode: 2 })
    expect(existsSync(join(world.root, 'CHECK.txt'))).toBe(false)
    const nowhere = await exported(folder, '--format', 'md', '--out', outside('no/such/folder.md'))
    expect(nowhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('its folder is not there') })
  })

  test('the pack of an auditor needs a folder, and is found good by its own CHECK.txt', async () => {
    expect(await exported(folder, '--format', 'audit')).toMatchObject({ exitCode: 2, stdout: '' })
    const pack = outside('pack')
    expect((await exported(folder, '--format', 'audit', '--out', pack)).exitCode).toBe(0)
    expect(readdirSync(pack)).toContain('CHECK.txt')
    const signers = join(world.repository.clone, '.signoff', 'allowed_signers')
    const said = execFileSync('sh', ['CHECK.txt'], {
      cwd: pack,
      encoding: 'utf8',
      env: { ...world.env, SIGNERS: signers },
    })
    expect(said).toContain('All of it is good')
  })

  test('an unpacked tar is verified like the folder it was made of', async () => {
    const file = outside('run.tar')
    await exported(folder, '--format', 'tar', '--out', file)
    execFileSync('tar', ['-xf', file, '-C', world.root])
    expect((await world.signoff(['verify', outside(world.transcript('v1').run)])).exitCode).toBe(0)
  })

  test('a run without a seal is exported with that in its first line, apart from a seal for sigstore', async () => {
    const open = world.transcript('v2').folder
    const told = await exported(open, '--format', 'junit')
    expect(told).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('NOT SEALED') })
    expect(told.stdout.split('\n')[0]).toContain('NOT SEALED')
    expect(await exported(open, '--format', 'sigstore')).toMatchObject({ exitCode: 3, stdout: '' })
  })

  test('what is broken, untrusted or unreadable is refused with its code, and nothing is written', async () => {
    const pack = outside('refused')
    const nobody = world.file('nobody', '')
    expect(await exported(folder, '--format', 'md', '--signers', nobody)).toMatchObject({ exitCode: 5, stdout: '' })
    const journal = join(folder, 'journal.jsonl')
    const bytes = readFileSync(journal)
    chmodSync(journal, 0o600)
    try {
      writeFileSync(journal, bytes.toString().replace('Tell support', 'Tell Support'))
      const broken = await exported(folder, '--format', 'audit', '--out', pack)
      expect(broken).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('not exported') })
      writeFileSync(journal, 'no journal')
      expect((await exported(world.transcript('v1').folder, '--format', 'audit', '--out', pack)).exitCode).toBe(4)
    } finally {
      writeFileSync(journal, bytes)
    }
    expect(existsSync(pack)).toBe(false)
    expect((await exported(outside('nowhere'), '--format', 'md')).exitCode).toBe(2)
  })

  test('where there is no room for it, what there was of it is removed, and the code is 74', () => {
    const out = outside('no-room.json')
    const command = `ulimit -f 1; exec '${process.execPath}' '${signoffFile()}' export '${folder}' --format json --out '${out}'`
    const { status, stderr } = spawnSync('bash', ['-c', command], {
      cwd: world.repository.clone,
      env: world.env,
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(74)
    expect(stderr).toContain('could not be written')
    expect(existsSync(out)).toBe(false)
  })

  test('a full standard output is said, and is no bug of ours', () => {
    const command = `exec '${process.execPath}' '${signoffFile()}' export '${folder}' --format json > /dev/full`
    const { status, stderr } = spawnSync('bash', ['-c', command], {
      cwd: world.repository.clone,
      env: world.env,
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(74)
    expect(stderr).toMatch(/^signoff: standard output could not be written: .*ENOSPC/)
    expect(stderr.split('\n').length).toBeLessThan(4)
  })

  test('a bundle for sigstore is signed by the key of the seal alone', async () => {
    const other = outside('other')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other])
    expect(await exported(folder, '--format', 'sigstore', '--key', other)).toMatchObject({ exitCode: 20, stdout: '' })
  })
})
