import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasCommand } from './has-command.ts'
import { makeWorld, type World } from './index.ts'

let world: World

beforeAll(async () => {
  const hosts = hasCommand('curl') && hasCommand('openssl') ? ['api.example.com', 'app.example.com'] : undefined
  world = await makeWorld({
    files: { 'README.md': '# A repository\n' },
    roles: ['Release Manager'],
    watched: ['APP_ENV', 'EMPTY', 'UNSET'],
    ...(hosts === undefined ? {} : { hosts }),
  })
})

afterAll(() => world.remove())

const run = (command: string, env: Readonly<Record<string, string>> = {}) =>
  execa('bash', ['-c', command], {
    cwd: world.repository.clone,
    env: { ...world.env, ...env },
    extendEnv: false,
    reject: false,
  })

test('a recording program keeps every argument as it was, and the watched variables', async () => {
  const before = world.programs.calls().length
  await run(`pnpm say 'two words' '"quoted" \\ back' $'a\\nline\\tand tab' ''`, { APP_ENV: 'production', EMPTY: '' })
  expect(world.programs.calls().slice(before)).toEqual([
    {
      program: 'pnpm',
      argv: ['say', 'two words', '"quoted" \\ back', 'a\nline\tand tab', ''],
      cwd: world.repository.clone,
      env: { APP_ENV: 'production', EMPTY: '' },
    },
  ])
})

test('a recording program answers what it was told to for one command line only', async () => {
  world.programs.reply('pnpm db:migrate', { stdout: "it's\n", stderr: 'no\n', exit: 7 })
  expect(await run('pnpm db:migrate')).toMatchObject({ exitCode: 7, stdout: "it's", stderr: 'no' })
  expect(await run('pnpm db:migrate --now')).toMatchObject({ exitCode: 0, stdout: '' })
  world.programs.reply('pnpm db:migrate', {})
  expect(await run('pnpm db:migrate')).toMatchObject({ exitCode: 0, stdout: '' })
})

test('node is recorded for scripts of the repository and real for everything else', async () => {
  const before = world.programs.calls().length
  expect(await run('node -p process.version')).toMatchObject({ exitCode: 0, stdout: process.version })
  await run('node scripts/preflight.mjs')
  expect(world.programs.commandLines().slice(before)).toEqual(['node scripts/preflight.mjs'])
})

test('the repository has its commit at origin, and git needs nobody else’s configuration', async () => {
  expect(await world.repository.originGit('rev-parse', 'main')).toBe(await world.repository.git('rev-parse', 'HEAD'))
  expect(await world.repository.git('show', 'main:.signoff/config.yaml')).toContain('Release Manager: [approver-1@')
})

test.skipIf(!hasCommand('curl') || !hasCommand('openssl'))(
  'a real curl reaches the site by the https addresses of any of its hosts',
  async () => {
    const got = await run('curl --fail --silent --show-error "https://api.example.com/metrics?orgId=acme"')
    expect(got).toMatchObject({ exitCode: 0, stdout: '{"status":"ok"}' })
    expect(await run('curl -sSI https://app.example.com')).toMatchObject({ exitCode: 0 })
    expect(await run('curl -sS https://other.example.com')).not.toMatchObject({ exitCode: 0 })
    expect(world.site?.requests()).toEqual([
      'GET https://api.example.com/metrics?orgId=acme',
      'HEAD https://app.example.com/',
    ])
  },
)

test('a process that was left behind is found, and the folder goes when the world does', async () => {
  const child = spawn('sleep', ['60'], { env: world.env, stdio: 'ignore' })
  try {
    expect(await world.processesLeft()).toEqual([{ pid: child.pid, command: 'sleep 60' }])
  } finally {
    child.kill('SIGKILL')
  }
  expect(await world.processesLeft()).toEqual([])
  const other = await makeWorld({ files: { 'README.md': '# Another\n' } })
  await other.remove()
  expect(existsSync(other.root)).toBe(false)
})
