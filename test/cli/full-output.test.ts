import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

/** Many starts of the command in one test: on a busy machine they take their time. */
vi.setConfig({ testTimeout: 120_000 })

const RUNBOOK = '# Release\n\n```bash\necho hello\n```\n'

/** The command with its output sent to a device that is always full. */
describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld({ files: { 'release.md': RUNBOOK } })
    expect(await world.signoff(['run', 'release.md', '--release', 'v1'])).toMatchObject({ exitCode: 0 })
  }, 60_000)
  afterAll(() => world.remove())

  function full(what: '>' | '2>', ...args: string[]) {
    const command = `exec "$0" "$@" ${what} /dev/full`
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, signoffFile(), ...args], {
      cwd: world.repository.clone,
      env: { ...world.env, SIGNOFF_KEY: world.operator.keyFile },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return { exitCode: status, stdout, stderr }
  }

  test('behind standard output is said in one line and is 74, never 0: whoever reads nothing was told nothing', () => {
    const { folder } = world.transcript('v1')
    for (const args of [
      ['verify', folder],
      ['verify', folder, '--json'],
      ['verify', '--all'],
      ['show', folder],
      ['list'],
      ['plan', 'release.md'],
      ['--version'],
    ]) {
      const { exitCode, stderr } = full('>', ...args)
      expect(exitCode, args.join(' ')).toBe(74)
      expect(stderr, args.join(' ')).toMatch(/^signoff: standard output could not be written: ENOSPC.*\n$/)
    }
  })

  test('behind standard output hides no other verdict', () => {
    expect(full('>', 'verify', world.transcript('v1').folder, '--release', 'v2').exitCode).toBe(7)
  })

  test('behind standard error ends no run and changes no exit code', async () => {
    expect(full('2>', 'run', 'release.md', '--release', 'v2')).toMatchObject({ exitCode: 0 })
    expect(await world.signoff(['verify', world.transcript('v2').folder])).toMatchObject({ exitCode: 0 })
    expect(full('2>', 'verify', 'nowhere').exitCode).toBe(2)
  })
})
