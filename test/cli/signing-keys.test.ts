import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

vi.setConfig({ testTimeout: 90_000 })

const RUNBOOK = '# Release\n\n## Phase 1: Build\n\n1. Tell support\n'
const ANSWERS = 'version: 1\nby: operator@localhost\nanswers:\n  - { step: "1.1", answer: yes }\n'
const OPERATOR = 'operator@localhost'
/** A token in software, of Debian's openssh-tests: ssh-keygen signs with it as with a real one. */
const DUMMY = '/usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so'

let world: World
let answers: string
beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK } })
  answers = world.file('answers.yaml', ANSWERS)
}, 30_000)
afterAll(() => world.remove())

const keyAt = (name: string) => join(world.root, `key-${name}`)
const signersFile = () => join(world.repository.clone, '.signoff', 'allowed_signers')
function makeKey(name: string, args: readonly string[], passphrase = '', env: Record<string, string> = {}): string {
  execFileSync('ssh-keygen', ['-q', ...args, '-N', passphrase, '-C', '', '-f', keyAt(name)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return keyAt(name)
}
const publicText = (key: string) => readFileSync(`${key}.pub`, 'utf8').trim()
const trust = (...lines: string[]) => writeFileSync(signersFile(), lines.map(line => `${line}\n`).join(''))

/** Walks a release with a key and verifies it; gives both codes. */
async function releaseWith(key: string, release: string, env: Record<string, string> = {}) {
  const flags = ['--release', release, '--answers', answers, '--key', key]
  const walked = await world.signoff(['run', 'release.md', ...flags], { SIGNOFF_KEY: '', ...env })
  const folder = walked.exitCode === 0 ? world.transcript(release).folder : null
  const verified = folder === null ? null : await world.signoff(['verify', folder], env)
  return { walked, verified }
}

describe('a run is sealed, and verified, with', () => {
  test.each([
    ['ecdsa', ['-t', 'ecdsa', '-b', '384']],
    ['rsa', ['-t', 'rsa', '-b', '2048']],
  ])('%s, which ssh-keygen signs with', async (name, args) => {
    const key = makeKey(name, args)
    trust(`${OPERATOR} ${publicText(key)}`)
    const { walked, verified } = await releaseWith(key, name)
    expect(walked, walked.stderr).toMatchObject({ exitCode: 0 })
    expect(verified, verified?.stdout).toMatchObject({ exitCode: 0 })
  })

  test('a key with a passphrase that an agent holds, by its public half alone', async () => {
    const key = makeKey('agent', ['-t', 'ed25519'], 'secret words')
    const socket = join(world.root, 'agent.sock')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    try {
      const env = {
        SSH_AUTH_SOCK: socket,
        DISPLAY: ':0',
        SSH_ASKPASS_REQUIRE: 'force',
        SSH_ASKPASS: askpass('secret words'),
      }
      await until(() => existsSync(socket))
      execFileSync('ssh-add', ['-q', key], { env: { ...process.env, ...env }, stdio: 'ignore' })
      trust(`${OPERATOR} namespaces="signoff-seal-v1" ${publicText(key)}`)
      const { walked, verified } = await releaseWith(`${key}.pub`, 'agent', { SSH_AUTH_SOCK: socket })
      expect(walked, walked.stderr).toMatchObject({ exitCode: 0 })
      expect(verified, verified?.stdout).toMatchObject({ exitCode: 0 })
    } finally {
      agent.kill()
    }
  })

  test('a key with a passphrase, which ssh-keygen asks for at the terminal', async context => {
    const key = makeKey('passphrase', ['-t', 'ed25519'], 'secret words')
    trust(`${OPERATOR} namespaces="signoff-seal-v1" ${publicText(key)}`)
    const flags = ['--release', 'passphrase', '--key', key]
    const terminal = await world.signoffAtTerminal(['run', 'release.md', ...flags], { SIGNOFF_KEY: '' })
    if (terminal === null) return context.skip()
    try {
      await terminal.answer(/type "tick"/, 'tick')
      await terminal.answer(/passphrase/i, 'secret words')
      expect(await terminal.exited, terminal.text()).toBe(0)
      expect(terminal.text()).not.toContain('secret words')
    } finally {
      terminal.close()
    }
    expect((await world.signoff(['verify', world.transcript('passphrase').folder])).exitCode).toBe(0)
  })
})

describe.skipIf(!existsSync(DUMMY))('with a FIDO key', () => {
  const env = { SSH_SK_PROVIDER: DUMMY }
  test.each(['ed25519-sk', 'ecdsa-sk'])('%s a run is sealed and verified', async type => {
    const key = makeKey(type, ['-t', type], '', env)
    trust(`${OPERATOR} namespaces="signoff-seal-v1" ${publicText(key)}`)
    const { walked, verified } = await releaseWith(key, type, env)
    expect(walked, walked.stderr).toMatchObject({ exitCode: 0 })
    expect(verified, verified?.stdout).toMatchObject({ exitCode: 0 })
  })
})

function askpass(passphrase: string): string {
  const path = world.file('askpass', `#!/bin/sh\necho '${passphrase}'\n`)
  execFileSync('chmod', ['+x', path])
  return path
}

async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise(resolve => setTimeout(resolve, 20))
}
