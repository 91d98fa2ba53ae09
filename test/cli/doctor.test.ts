import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DoctorReport, DoctorReportSchema } from '../../src/cli/preflight/finding.ts'
import { makeWorld, type Person, type World } from '../helpers/world/index.ts'
import { makePerson } from '../helpers/world/keys.ts'

const RUNBOOK = `# Release

## Phase 1: Build

1. Build it:
   \`\`\`bash
   no-such-builder --all
   echo built | no-such-filter
   \`\`\`

2. Publish it:
   \`\`\`bash
   deploy() { no-such-builder publish; }
   deploy "$REGION"
   if command -v no-such-extra; then no-such-extra; fi
   ./scripts/notify.sh
   \`\`\`

**Rollback Plan**

\`\`\`bash
no-such-undo now
\`\`\`
`

const GATED = `# Release

## Phase 1: Decide

**Approvers**: Release Manager + Platform Lead

- [ ] Tests are green

**Decision**: GO / NO-GO

## Phase 2: Deploy

1. Deploy it:
   \`\`\`bash
   echo deployed
   \`\`\`
`

let world: World
const at = (name: string): string => join(world.repository.clone, name)
const write = (name: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(at(name)), { recursive: true })
  writeFileSync(at(name), text)
  chmodSync(at(name), mode)
}

/** The programs that Signoff and its tests need, and nothing else: what is missing is missing on every machine. */
function barePath(...without: string[]): string {
  const folder = join(world.root, `bin-${without.join('-')}`)
  mkdirSync(folder)
  for (const name of ['bash', 'git', 'ssh', 'ssh-keygen', 'cat', 'mkdir', 'rm', 'head', 'env'].filter(
    n => !without.includes(n),
  ))
    for (const place of ['/usr/bin', '/bin'])
      try {
        symlinkSync(join(place, name), join(folder, name))
      } catch {
        // It was found in the place before.
      }
  return folder
}

async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const result = await world.signoff(['doctor', ...args, '--json'], { PATH: barePath(), ...env })
  rmSync(join(world.root, 'bin-'), { recursive: true, force: true })
  expect(result.stdout, result.stderr).not.toBe('')
  const report: DoctorReport = DoctorReportSchema.parse(JSON.parse(result.stdout))
  const found = (check: string) => report.findings.filter(finding => finding.check === check)
  return { ...result, report, found, checks: report.findings.map(({ check }) => check) }
}

const signersOf = (...lines: (readonly [Person, string])[]): string =>
  lines.map(([{ principal, publicKey }, options]) => `${principal} ${options} ${publicKey}\n`).join('')
const SEALS = 'namespaces="signoff-seal-v1,signoff-addendum-v1"'
const APPROVES = 'namespaces="signoff-approval-v1"'

beforeEach(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK, '.signoff/transcripts/.gitattributes': '* -text\n' } })
}, 30_000)
afterEach(() => world.remove())

describe('without a file', () => {
  test('a workspace in order has nothing in the way, and nothing is written to find out', async () => {
    const before = readdirSync(world.root, { recursive: true }).length
    const result = await world.signoff(['doctor'])
    expect(result).toMatchObject({ exitCode: 0, stdout: `${at('.signoff')}: nothing is in the way\n` })
    const cache = readdirSync(join(world.env.XDG_CACHE_HOME ?? ''), { recursive: true }).length + 1
    expect(readdirSync(world.root, { recursive: true })).toHaveLength(before + cache)
  })

  test('a missing key is an error that names signoff init', async () => {
    const { exitCode, found } = await doctor([], { SIGNOFF_KEY: '' })
    expect(exitCode).toBe(1)
    expect(found('key-missing')).toMatchObject([{ level: 'error', help: expect.stringContaining('signoff init') }])
  })

  test('a configuration that cannot be read is an error with its place', async () => {
    write('.signoff/config.yaml', 'roles: {}\nrolls: {}\n')
    const { exitCode, found } = await doctor([])
    expect(exitCode).toBe(1)
    expect(found('config-invalid')).toMatchObject([
      { message: expect.stringContaining('config.yaml:2:1: unknown key') },
    ])
  })

  test('lines of the signers file that may do everything, or count for nothing, are warnings with their line', async () => {
    write('.signoff/allowed_signers', `# who\n${signersOf([world.operator, ''])}broken line\n`)
    const { exitCode, found } = await doctor([])
    expect(exitCode).toBe(0)
    const path = at('.signoff/allowed_signers')
    expect(found('signers-line-may-do-everything')).toMatchObject([{ path, line: 2, level: 'warning' }])
    expect(found('signers-line-broken')).toMatchObject([{ path, line: 3 }])
  })

  test('a time with Z is a warning only where ssh is too old to read it', async () => {
    write('.signoff/allowed_signers', signersOf([world.operator, `${SEALS},valid-after="20250101Z"`]))
    expect((await doctor([])).checks).not.toContain('signers-time-needs-openssh')
    const old = join(world.root, 'old')
    mkdirSync(old)
    writeFileSync(join(old, 'ssh'), '#!/bin/bash\necho "OpenSSH_8.9p1 Ubuntu-3, OpenSSL 3.0.2" >&2\n')
    chmodSync(join(old, 'ssh'), 0o755)
    const { found } = await doctor([], { PATH: `${old}:${barePath('ssh')}` })
    expect(found('signers-time-needs-openssh')).toMatchObject([{ line: 1, message: expect.stringContaining('8.9') }])
  })

  test('a revoked key, and a list of revoked keys that cannot be read, are errors', async () => {
    write('.signoff/revoked_keys', `${world.operator.publicKey}\n`)
    expect((await doctor([])).found('key-revoked')).toMatchObject([{ level: 'error' }])
    write('.signoff/revoked_keys', 'what is this\n')
    expect((await doctor([])).found('revoked-keys-unreadable')).toMatchObject([{ level: 'error' }])
  })

  test('a work tree in which git may convert line ends is a warning', async () => {
    await world.repository.git('rm', '--quiet', '.signoff/transcripts/.gitattributes')
    expect((await doctor([])).found('line-ends-converted')).toMatchObject([{ level: 'warning' }])
  })

  test('a state folder that is no folder is an error, and a run stops before step 1 with 74', async () => {
    const blocked = join(world.root, 'blocked')
    writeFileSync(blocked, '')
    const env = { XDG_STATE_HOME: join(blocked, 'state') }
    const { exitCode, found } = await doctor([], env)
    expect(exitCode).toBe(1)
    expect(found('folder-not-writable')).toMatchObject([{ help: expect.stringContaining('XDG_STATE_HOME') }])
    const run = await world.signoff(['run', 'release.md', '--release', 'v1', '--set', 'REGION=eu'], env)
    expect(run, run.stderr).toMatchObject({ exitCode: 74 })
    expect(run.stderr).toContain('nothing was run')
    expect(() => world.transcript('v1')).toThrow()
  })
})

describe('of a runbook', () => {
  test('commands that this machine lacks are warnings, each once, with every step that calls it', async () => {
    const { exitCode, found } = await doctor(['release.md', '--set', 'REGION=eu'])
    expect(exitCode).toBe(0)
    const missing = found('command-missing')
    expect(missing.map(({ message, line, steps }) => [message.split(' ')[0], line, steps])).toEqual([
      ['no-such-builder', 7, ['1.1', '1.2']],
      ['no-such-filter', 8, ['1.1']],
      ['./scripts/notify.sh', 16, ['1.2']],
      ['no-such-undo', 22, ['1r.1']],
    ])
    expect(missing.at(-1)?.message).toContain('on the way back')
  })

  test('of the steps that the flags leave, and of no other', async () => {
    const { found } = await doctor(['release.md', '--from', '1.2', '--set', 'REGION=eu'])
    expect(found('command-missing').map(({ steps }) => steps)).toEqual([['1.2'], ['1.2'], ['1r.1']])
  })

  test('and of none that are there: on the PATH, or where the script is called', async () => {
    write('scripts/notify.sh', '#!/bin/bash\n', 0o755)
    const folder = barePath('own')
    for (const name of ['no-such-builder', 'no-such-filter', 'no-such-undo']) {
      writeFileSync(join(folder, name), '#!/bin/bash\n')
      chmodSync(join(folder, name), name === 'no-such-undo' ? 0o644 : 0o755)
    }
    const { found } = await doctor(['release.md', '--set', 'REGION=eu'], { PATH: folder })
    expect(found('command-missing').map(({ message }) => message.split(' ')[0])).toEqual(['no-such-undo'])
  })

  test('what an earlier step defines, or may bring, is said with it', async () => {
    write('defines.md', RUNBOOK.replace('no-such-builder --all', '. ./env.sh').replace(/\n {3}echo built.*/, ''))
    write('env.sh', 'deploy() { :; }\n')
    const { found } = await doctor(['defines.md'])
    expect(found('command-missing')[0]?.message).toContain('1.1 sources a file or changes the PATH, and may bring it')
  })

  test('a shell that a step is written for and is not there is an error', async () => {
    write('zsh.md', RUNBOOK.replace('```bash', '```zsh'))
    const { exitCode, found } = await doctor(['zsh.md', '--set', 'REGION=eu'])
    expect(exitCode).toBe(1)
    expect(found('shell-missing')).toMatchObject([{ steps: ['1.1'], message: expect.stringContaining('zsh') }])
  })

  test('a variable that is not set is a warning with its place and the flag that gives it', async () => {
    const { found } = await doctor(['release.md'])
    expect(found('value-missing')).toMatchObject([
      { line: 14, steps: ['1.2'], help: expect.stringContaining('--set REGION=VALUE') },
    ])
    expect((await doctor(['release.md'], { REGION: 'eu' })).found('value-missing')).toEqual([])
  })

  test('an answer for a step that other answers rule out is a warning', async () => {
    write(
      'choice.md',
      '# Deploy\n\n## Phase 1: Build\n\n1. Build it\n\n## Phase 2: Deploy\n\n### Option 1: Vercel\n\n1. Push it\n\n### Option 2: Docker\n\n1. Load it\n',
    )
    const answers = world.file(
      'answers.yaml',
      'version: 1\nby: kim\nchoices: { "2.1": Vercel }\nanswers:\n  - { step: "2.1a.1", answer: yes }\n  - { step: "2.1b.1", answer: yes }\n',
    )
    const { found } = await doctor(['choice.md', '--answers', answers])
    expect(found('step-unreachable')).toMatchObject([
      { steps: ['2.1b.1'], message: expect.stringContaining('"Vercel" was chosen') },
    ])
  })

  test('errors of its text are errors here, and a file that is not there is 65', async () => {
    write('broken.md', '# R\n\n## Phase 1: A\n\n1. Do it:\n   ```bash\n   echo "open\n   ```\n')
    const { exitCode, found } = await doctor(['broken.md'])
    expect(exitCode).toBe(1)
    expect(found('runbook-invalid')[0]?.message).toContain('does-not-parse')
    expect((await world.signoff(['doctor', 'nowhere.md'])).exitCode).toBe(65)
  })
})

describe('gates', () => {
  const config = (...people: Person[]): string =>
    `roles: { Release Manager: [${people.map(({ principal }) => principal).join(', ')}], Platform Lead: [${people.at(-1)?.principal}] }\n`

  test('that nobody but the operator could sign keep a run from starting, with 20', async () => {
    write('gated.md', GATED)
    const { exitCode, found } = await doctor(['gated.md'])
    expect(exitCode).toBe(1)
    expect(found('gate-cannot-open')).toMatchObject([
      { level: 'error', message: expect.stringContaining('nobody but the operator') },
    ])
    expect(found('role-not-mapped')).toMatchObject([
      { message: expect.stringContaining('"Release Manager" and "Platform Lead"') },
    ])
    const run = await world.signoff(['run', 'gated.md', '--release', 'v1'])
    expect(run, run.stderr).toMatchObject({ exitCode: 20 })
    expect(run.stderr).toContain('[gate-cannot-open]')
    expect(() => world.transcript('v1')).toThrow()
    // A part of the runbook that does not come to it may be walked.
    expect((await world.signoff(['run', 'gated.md', '--release', 'v1', '--from', '2'])).exitCode).toBe(0)
  })

  test('count people and keys: one person for two roles, or one key with two names, opens none', async () => {
    write('gated.md', GATED)
    const ann = await makePerson(join(world.root, 'keys'), 'ann@localhost')
    const bob = await makePerson(join(world.root, 'keys'), 'bob@localhost')
    const signers = (...more: (readonly [Person, string])[]) => signersOf([world.operator, SEALS], ...more)
    const opens = async (): Promise<boolean> => (await doctor(['gated.md'])).found('gate-cannot-open').length === 0
    write('.signoff/config.yaml', config(ann))
    write('.signoff/allowed_signers', signers([ann, APPROVES], [bob, APPROVES]))
    expect(await opens()).toBe(false)
    write('.signoff/config.yaml', config(ann, bob))
    expect(await opens()).toBe(true)
    write('.signoff/allowed_signers', signers([ann, APPROVES], [{ ...ann, principal: 'bob@localhost' }, APPROVES]))
    expect(await opens()).toBe(false)
    write('.signoff/allowed_signers', signers([ann, APPROVES], [bob, SEALS]))
    const { found } = await doctor(['gated.md'])
    expect(found('approver-cannot-sign')).toMatchObject([{ message: expect.stringContaining('bob@localhost') }])
    expect(found('gate-cannot-open')).toHaveLength(1)
    write('.signoff/allowed_signers', signers([ann, APPROVES], [bob, `${APPROVES},valid-before="20200101"`]))
    expect(await opens()).toBe(false)
  })
})

test('at the start of a run warnings are said before step 1, once, and stop nothing', async () => {
  const env = { PATH: `${barePath('tools')}` }
  write(
    'release.md',
    RUNBOOK.replace('no-such-builder --all', 'no-such-builder --all || echo went on').replace(/ \| no-such-filter/, ''),
  )
  const run = await world.signoff(['run', 'release.md', '--release', 'v1', '--until', '1.1'], env)
  expect(run, run.stderr).toMatchObject({ exitCode: 0 })
  expect(run.stderr.match(/no-such-builder is not on the PATH/g)).toHaveLength(1)
  expect(run.stderr.indexOf('not on the PATH')).toBeLessThan(run.stderr.indexOf('Step 1.1'))
})

test('a disk that is full is an error, one that is nearly full a warning', { timeout: 60_000 }, async context => {
  const sized = async (size: string) => {
    const script = `mount -t tmpfs -o size=${size} tmpfs "$STATE" || exit 99; exec "$@"`
    const state = join(world.root, 'state')
    mkdirSync(state, { recursive: true })
    const command = [
      'unshare',
      '--mount',
      'bash',
      '-c',
      script,
      'bash',
      process.execPath,
      join(import.meta.dirname, '../../bin/signoff.js'),
    ]
    const [program = '', ...args] = command
    return execa(program, [...args, 'doctor', '--json'], {
      cwd: world.repository.clone,
      env: { ...world.env, SIGNOFF_KEY: world.operator.keyFile, STATE: state, XDG_STATE_HOME: state },
      extendEnv: false,
      reject: false,
    })
  }
  const full = await sized('256k')
  if (full.exitCode === 99 || full.exitCode === undefined || /unshare/.test(full.stderr)) return context.skip()
  expect(JSON.parse(full.stdout)).toMatchObject({ findings: [{ check: 'disk-full' }], counts: { error: 1 } })
  expect(JSON.parse((await sized('8m')).stdout)).toMatchObject({
    findings: [{ check: 'disk-low' }],
    counts: { error: 0 },
  })
})

test('at a terminal it names what mends one that a killed Signoff left broken, as help does', async context => {
  const pty = await import('@lydell/node-pty').catch(() => null)
  if (pty === null) return context.skip()
  const signoff = join(import.meta.dirname, '../../bin/signoff.js')
  const child = pty.spawn(process.execPath, [signoff, 'doctor'], {
    cwd: world.repository.clone,
    env: world.env,
    cols: 120,
  })
  let text = ''
  child.onData(data => {
    text += data
  })
  await new Promise(resolve => child.onExit(resolve))
  await vi.waitFor(() =>
    expect(text).toMatch(/A terminal that a killed Signoff left broken: type "reset" and press Enter\./),
  )
  const { stdout } = await world.signoff(['doctor'])
  expect(stdout).not.toContain('reset')
  expect((await world.signoff(['--help'])).stdout).toContain('is mended by "reset"; "signoff resume" goes on')
})
