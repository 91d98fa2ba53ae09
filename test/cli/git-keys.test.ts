import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const RUNBOOK = '# Release\n\n## Phase 1: Build\n\n```bash\necho built >> "$HOME/built"\n```\n'

let world: World
let agent: ReturnType<typeof spawn>
/** Of the operator's agent, which holds their key. */
let socket: string
let count = 0
beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK } })
  socket = join(world.root, 'agent.sock')
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  await vi.waitUntil(() => existsSync(socket), { timeout: 20_000 })
  execFileSync('ssh-add', ['-q', world.operator.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
  // From here on the private half is in the agent alone.
  mkdirSync(join(world.root, 'away'))
  renameSync(world.operator.keyFile, join(world.root, 'away', 'id_ed25519'))
})
afterAll(async () => {
  agent.kill()
  await world.remove()
})
beforeEach(() => {
  writeFileSync(gitConfigPath(), '')
  git('gpg.format', 'ssh')
})
afterEach(() => rmSync(at('.signoff/revoked_keys'), { force: true }))

const at = (path: string) => join(world.repository.clone, path)
const gitConfigPath = () => join(world.env.HOME ?? '', '.gitconfig')
/** Sets a value in the operator's own configuration. */
const git = (key: string, value: string) => execFileSync('git', ['config', '--file', gitConfigPath(), key, value])
const publicKey = () => world.operator.publicKey
const publicFile = () => `${world.operator.keyFile}.pub`
const built = () => existsSync(join(world.env.HOME ?? '', 'built'))
const WITH_AGENT = () => ({ SIGNOFF_KEY: '', SSH_AUTH_SOCK: socket })

async function walk(env: Record<string, string> = WITH_AGENT(), flags: readonly string[] = []) {
  const release = `v${++count}`
  return { release, ...(await world.signoff(['run', 'release.md', '--release', release, ...flags], env)) }
}

async function isWalkedAndVerified(env?: Record<string, string>, flags?: readonly string[]): Promise<void> {
  const walked = await walk(env, flags)
  expect(walked, walked.stderr).toMatchObject({ exitCode: 0 })
  const verified = await world.signoff(['verify', world.transcript(walked.release).folder])
  expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
}

async function isRefused(words: string, env?: Record<string, string>): Promise<void> {
  const transcripts = () => (existsSync(at('.signoff/transcripts')) ? readdirSync(at('.signoff/transcripts')) : [])
  const before = transcripts()
  rmSync(join(world.env.HOME ?? '', 'built'), { force: true })
  const refused = await walk(env)
  expect(refused, refused.stderr).toMatchObject({ exitCode: 20 })
  expect(refused.stderr).toContain(words)
  expect(transcripts()).toEqual(before)
  expect(built()).toBe(false)
}

describe('git names the signing key', () => {
  test.each([
    ['as a literal key, whose private half is in the agent', () => `key::${publicKey()}`],
    ['as a literal key with a comment', () => `key::${publicKey()} kim@laptop`],
    ['as a bare key, as older configurations have it', () => publicKey()],
    ['as the public file of a key that is in the agent', () => publicFile()],
    ['as a file below the home', () => `~/../../keys/operator/id_ed25519.pub`],
  ])('%s', async (_, value) => {
    git('user.signingKey', value())
    await isWalkedAndVerified()
  })

  test('and so may --key and SIGNOFF_KEY, which go before git', async () => {
    git('user.signingKey', '/nowhere')
    await isWalkedAndVerified({ ...WITH_AGENT(), SIGNOFF_KEY: `key::${publicKey()}` })
    await isWalkedAndVerified({ ...WITH_AGENT(), SIGNOFF_KEY: '/nowhere' }, ['--key', `key::${publicKey()}`])
  })

  test('by a command, where it names none itself: split into words, without a shell', async () => {
    const program = world.file(
      'a command',
      `#!/bin/sh\n[ "$1" = 'two words' ] && printf 'key::%s\\nmore\\n' '${publicKey()}'\n`,
    )
    execFileSync('chmod', ['+x', program])
    git('gpg.ssh.defaultKeyCommand', `'${program}' "two words"`)
    await isWalkedAndVerified()
    git('gpg.ssh.defaultKeyCommand', 'ssh-add -L')
    await isWalkedAndVerified()
    git('user.signingKey', '/nowhere')
    await isRefused('/nowhere: no such key file')
  })

  test.each([
    ['fails', "sh -c 'echo no card >&2; exit 3'", 'no card'],
    ['prints nothing', 'true', 'it printed no key'],
    ['prints no key', 'echo hello', 'printed no key: hello'],
    ['is not there', 'no-such-program', 'no-such-program'],
    ['leaves a quote open', "sh -c 'exit 0", 'a quote is not closed'],
  ])('and a command that %s starts nothing', async (_, command, words) => {
    git('gpg.ssh.defaultKeyCommand', command)
    await isRefused(words)
  })

  test('but a command that the repository itself names is never run', async () => {
    const marker = join(world.root, 'ran')
    await world.repository.git('config', 'gpg.ssh.defaultKeyCommand', `touch ${marker}`)
    try {
      await isRefused('names gpg.ssh.defaultKeyCommand, and is not believed')
      expect(existsSync(marker)).toBe(false)
      // Nor by a value that looks like a line of git's own answer.
      await world.repository.git('config', 'gpg.ssh.defaultKeyCommand', `x\nglobal\ttouch ${marker}`)
      await isRefused('names gpg.ssh.defaultKeyCommand, and is not believed')
      expect(existsSync(marker)).toBe(false)
      // The person's own one counts, whatever the repository says.
      git('gpg.ssh.defaultKeyCommand', 'ssh-add -L')
      await isWalkedAndVerified()
      expect(existsSync(marker)).toBe(false)
    } finally {
      await world.repository.git('config', '--unset', 'gpg.ssh.defaultKeyCommand')
    }
  })

  test('and init gives a literal key its line', async () => {
    git('user.signingKey', `key::${publicKey()}`)
    const before = readFileSync(at('.signoff/allowed_signers'), 'utf8')
    try {
      const made = await world.signoff(['init', '--principal', 'kim@example.com'], WITH_AGENT())
      expect(made, made.stderr).toMatchObject({ exitCode: 0 })
      const line = `kim@example.com namespaces="signoff-seal-v1,signoff-addendum-v1" ${publicKey()}`
      expect(readFileSync(at('.signoff/allowed_signers'), 'utf8').split('\n')).toContain(line)
    } finally {
      writeFileSync(at('.signoff/allowed_signers'), before)
    }
  })
})

describe('nothing starts that could not be sealed', () => {
  test('where no agent is there, or it does not hold the private half', async () => {
    git('user.signingKey', `key::${publicKey()}`)
    await isRefused('there is no agent to ask for its private half', { SIGNOFF_KEY: '' })
    const empty = join(world.root, 'empty.sock')
    const other = spawn('ssh-agent', ['-D', '-a', empty], { stdio: 'ignore' })
    try {
      await vi.waitUntil(() => existsSync(empty), { timeout: 20_000 })
      await isRefused('your agent does not hold its private half', { SIGNOFF_KEY: '', SSH_AUTH_SOCK: empty })
      git('user.signingKey', publicFile())
      await isRefused('your agent does not hold its private half', { SIGNOFF_KEY: '', SSH_AUTH_SOCK: empty })
    } finally {
      other.kill()
    }
  })

  test('where what is named is no key', async () => {
    git('user.signingKey', 'key::ssh-ed25519 AAAAC3Nz')
    await isRefused('"ssh-ed25519 AAAAC3Nz" is no public key')
  })
})

test('a repository names no program that would run when git looks at it', async () => {
  git('user.signingKey', `key::${publicKey()}`)
  const marker = join(world.root, 'watched')
  await world.repository.git('config', 'core.fsmonitor', `touch ${marker};:`)
  try {
    await isWalkedAndVerified()
    expect(existsSync(marker)).toBe(false)
  } finally {
    await world.repository.git('config', '--unset', 'core.fsmonitor')
    rmSync(marker, { force: true })
  }
})

describe('revoked keys', () => {
  const revocation = () => join(world.root, 'revoked')
  afterEach(() => rmSync(revocation(), { recursive: true, force: true }))

  test.each([
    ['a list', () => writeFileSync(revocation(), `# gone\n${publicKey()}\n`)],
    ['a KRL', () => execFileSync('ssh-keygen', ['-q', '-k', '-f', revocation(), publicFile()])],
  ])('of git, in %s, count beside those of the workspace: no run, and nothing verifies', async (_, make) => {
    git('user.signingKey', `key::${publicKey()}`)
    const walked = await walk()
    expect(walked.exitCode, walked.stderr).toBe(0)
    const { folder } = world.transcript(walked.release)
    make()
    git('gpg.ssh.revocationFile', revocation())
    // The workspace has a list too, and it does not know of this key.
    writeFileSync(at('.signoff/revoked_keys'), '# none\n')
    await isRefused('key-revoked')
    expect(await world.signoff(['verify', folder])).toMatchObject({ exitCode: 5 })
    // A repository that names another file, or none, takes nothing back.
    for (const other of ['', at('.signoff/revoked_keys')]) {
      await world.repository.git('config', 'gpg.ssh.revocationFile', other)
      expect(await world.signoff(['verify', folder])).toMatchObject({ exitCode: 5 })
    }
    await world.repository.git('config', '--unset', 'gpg.ssh.revocationFile')
    git('gpg.ssh.revocationFile', '')
    expect(await world.signoff(['verify', folder])).toMatchObject({ exitCode: 0 })
  })

  test.each([
    ['not there', () => undefined],
    ['a folder', () => mkdirSync(revocation())],
    ['no list', () => writeFileSync(revocation(), 'what is this\n')],
  ])('of git in a file that is %s revoke all of them', async (_, make) => {
    git('user.signingKey', `key::${publicKey()}`)
    const walked = await walk()
    make()
    git('gpg.ssh.revocationFile', revocation())
    await isRefused('revoked-keys-unreadable')
    expect(await world.signoff(['verify', world.transcript(walked.release).folder])).toMatchObject({ exitCode: 5 })
  })
})

describe('verify finds signers of git where the repository has none', () => {
  test.each([
    ['below the home', '~/signers', () => join(world.env.HOME ?? '', 'signers')],
    ['below the top of the work tree', 'trust/signers', () => at('trust/signers')],
  ])('%s', async (_, named, place) => {
    git('user.signingKey', `key::${publicKey()}`)
    const walked = await walk()
    const copy = join(world.root, `copy-${walked.release}`)
    execFileSync('cp', ['-r', world.transcript(walked.release).folder, copy])
    const ours = at('.signoff/allowed_signers')
    const text = readFileSync(ours, 'utf8')
    mkdirSync(join(place(), '..'), { recursive: true })
    mkdirSync(at('deep'), { recursive: true })
    writeFileSync(place(), text)
    git('gpg.ssh.allowedSignersFile', named)
    rmSync(ours)
    try {
      const verified = await world.signoffAs(world.operator, ['verify', copy], at('deep'))
      // Another home has no such configuration: nobody is trusted.
      expect(verified.exitCode).toBe(5)
      const own = await world.signoff(['verify', copy, '--json'])
      expect(JSON.parse(own.stdout), own.stdout).toMatchObject({ exitCode: 0, signers: { name: place() } })
      rmSync(place())
      expect(await world.signoff(['verify', copy])).toMatchObject({ exitCode: 2 })
    } finally {
      writeFileSync(ours, text)
    }
  })
})
