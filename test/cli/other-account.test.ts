import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { hasCommand, makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const WAITS = `# Release

## Phase 1: Build

1. Build it:
   \`\`\`bash
   touch began
   until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.1; done
   echo built
   \`\`\`

2. Say it:
   \`\`\`bash
   echo said
   \`\`\`
`
/** Two accounts can be had by root alone. */
const IS_ROOT = process.getuid?.() === 0 && hasCommand('useradd') && hasCommand('setpriv')

let world: World
const at = (name: string): string => join(world.repository.clone, name)
const REASON = ['--reason', 'kim is on leave']

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 30_000; !holds(); await sleep(50))
    if (Date.now() > deadline) throw new Error(`waited for ${what}`)
}

beforeEach(async () => {
  world = await makeWorld({ files: { 'waits.md': WAITS } })
})
afterEach(() => world.remove())

describe('the same account under another home', () => {
  test('follows the script that runs: its end is recorded as it was', async () => {
    const env = { ...world.env, SIGNOFF_KEY: world.operator.keyFile }
    const first = spawn(process.execPath, [signoffFile(), 'run', 'waits.md', '--release', 'v1'], {
      cwd: world.repository.clone,
      env,
      stdio: 'ignore',
    })
    const ended = new Promise(resolve => first.on('close', resolve))
    try {
      await until('the script', () => existsSync(at('began')))
      first.kill('SIGKILL')
      await ended
      setTimeout(() => writeFileSync(at('go'), ''), 1500)
      const resumed = await world.signoffAs(world.operator, ['resume'])
      expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
    } finally {
      writeFileSync(at('go'), '')
      first.kill('SIGKILL')
    }
    expect(world.transcript('v1').ofKind('step.end')).toMatchObject([{ outcome: 'exited', exit: 0 }, { exit: 0 }])
    expect(world.transcript('v1').ofKind('run.resume')).toMatchObject([{ unknown: [] }])
    expect(await world.processesLeft()).toEqual([])
  })
})

test('a folder that a lock names is taken for the state of a run by its name, its owner and its mode alone', async () => {
  const stops = world.file(
    'no.yaml',
    'version: 1\nby: k@example.com\nanswers:\n  - { step: "1.1", answer: no, note: "x" }\n',
  )
  writeFileSync(at('tick.md'), '# Release\n\n## Phase 1: Tell\n\n1. Tell support\n')
  for (const release of ['v1', 'v2']) {
    expect((await world.signoff(['run', 'tick.md', '--release', release, '--answers', stops])).exitCode).toBe(1)
    const { run, folder } = world.transcript(release)
    rmSync(join(world.env.XDG_STATE_HOME ?? '', 'signoff', run), { recursive: true })
    // Not of its name; of its name, and open to everybody.
    const stateDir = release === 'v1' ? join(world.root, 'precious') : join(world.root, 'signoff', run)
    mkdirSync(stateDir, { recursive: true })
    chmodSync(stateDir, release === 'v1' ? 0o700 : 0o777)
    writeFileSync(join(stateDir, 'mine'), 'kept')
    const dead = {
      pid: 1,
      host: hostname(),
      bootId: 'b',
      procStart: '1',
      principal: 'x@localhost',
      user: 'x',
      stateDir,
    }
    writeFileSync(join(folder, '.lock'), JSON.stringify(dead))
    const done = await world.signoff(['resume', run, '--resolve', '1.1=passed', ...REASON])
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(readdirSync(stateDir)).toEqual(['mine'])
  }
})

describe.skipIf(!IS_ROOT)('a script of another account (as root alone: it takes two accounts)', () => {
  const user = `signoff-${process.pid}`
  let home = ''
  let first: ChildProcess | null = null

  /** Kim walks the run from an account of her own; Signoff is killed while her script runs. */
  async function left(): Promise<void> {
    const uid = execFileSync('id', ['-u', user], { encoding: 'utf8' }).trim()
    const args = ['--reuid', uid, '--regid', uid, '--clear-groups', process.execPath, signoffFile()]
    first = spawn('setpriv', [...args, 'run', 'waits.md', '--release', 'v1'], {
      cwd: world.repository.clone,
      env: {
        ...world.env,
        HOME: home,
        XDG_STATE_HOME: '',
        XDG_CONFIG_HOME: '',
        XDG_CACHE_HOME: '',
        SIGNOFF_KEY: join(home, 'key'),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    first.stderr?.on('data', chunk => {
      said += chunk
    })
    const ended = new Promise(resolve => first?.on('close', resolve))
    await until('the script', () => {
      if (first?.exitCode != null) throw new Error(said)
      return existsSync(at('began'))
    })
    first.kill('SIGKILL')
    await ended
  }

  beforeEach(() => {
    execFileSync('useradd', ['--no-create-home', user])
    home = mkdtempSync('/tmp/signoff-home-')
    execFileSync('chmod', ['755', world.root])
    writeFileSync(join(home, 'key'), readFileSync(world.operator.keyFile), { mode: 0o600 })
    writeFileSync(join(home, 'key.pub'), readFileSync(`${world.operator.keyFile}.pub`))
    execFileSync('chown', ['-R', `${user}:`, home])
    execFileSync('chown', ['-R', `${user}:`, world.repository.clone])
    mkdirSync(world.temporary, { recursive: true })
    chmodSync(world.temporary, 0o777)
  })
  afterEach(async () => {
    writeFileSync(at('go'), '')
    first?.kill('SIGKILL')
    const statesLeft = () => processesOf(user)
    await until('the scripts of the account to end', () => statesLeft().length === 0)
    execFileSync('userdel', [user], { stdio: 'ignore' })
    rmSync(home, { recursive: true, force: true })
  })

  test('is named with its account, process and folder, and the run does not go past it, whoever takes it over', async () => {
    await left()
    const { run, folder } = world.transcript('v1')
    const journal = () => readFileSync(join(folder, 'journal.jsonl'), 'utf8')
    const before = journal()
    for (const args of [
      ['resume', run],
      ['resume', run, '--take-over', ...REASON],
    ]) {
      const refused = await world.signoff(args)
      expect(refused, refused.stderr).toMatchObject({ exitCode: 24 })
      expect(refused.stderr).toMatch(
        new RegExp(
          `1\\.1, attempt 1, is running under the account ${user} on ${hostname()}: process \\d+.*, claimed in ${home}/\\.local/state/signoff/${run};`,
        ),
      )
      expect(refused.stderr).toContain(`as ${user}: signoff resume ${run} follows it`)
    }
    const stopped = await world.signoff(['stop', run])
    expect(stopped.stderr).toContain(`its script runs under the account ${user}`)
    expect(journal()).toBe(before)
    expect(existsSync(at('go'))).toBe(false)
  })

  test('is told whose the journal is that it may not read, and that is no bug of ours', async () => {
    await left()
    const { run } = world.transcript('v1')
    const key = join(world.temporary, 'key')
    writeFileSync(key, readFileSync(world.operator.keyFile), { mode: 0o600 })
    writeFileSync(`${key}.pub`, readFileSync(`${world.operator.keyFile}.pub`))
    execFileSync('chown', ['65534', key])
    const args = ['--reuid', '65534', '--clear-groups', process.execPath, signoffFile(), 'resume', run]
    const env = {
      ...world.env,
      HOME: join(world.temporary, 'home'),
      XDG_STATE_HOME: '',
      XDG_CONFIG_HOME: '',
      SIGNOFF_KEY: key,
    }
    const refused = spawnSync('setpriv', [...args, '--take-over', ...REASON], {
      cwd: world.repository.clone,
      env,
      encoding: 'utf8',
    })
    expect(refused.stderr).toContain(`belongs to the account ${user} while the run lasts`)
    expect(refused.status).toBe(24)
  })

  test('that is gone has an outcome that nobody knows, on record with where it was; a person decides', async () => {
    await left()
    const { run } = world.transcript('v1')
    writeFileSync(at('go'), '')
    await until('its end', () => processesOf(user).length === 0)
    const taken = await world.signoff(['resume', run, '--take-over', ...REASON])
    expect(taken, taken.stderr).toMatchObject({ exitCode: 20 })
    const where = `attempt 1 was started by the account ${user} on ${hostname()}, claimed in ${home}/.local/state/signoff/${run}; no process of it is seen on this machine`
    expect(taken.stderr).toContain(where)
    expect(taken.stderr).toContain('1.1: outcome unknown')
    const transcript = world.transcript('v1')
    expect(transcript.ofKind('note')).toMatchObject([{ text: expect.stringContaining(where) }])
    expect(transcript.ofKind('step.start')).toHaveLength(1)
    const done = await world.signoff(['resume', run, '--resolve', '1.1=passed', ...REASON])
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(transcript.ofKind('step.start')).toHaveLength(2)
    const verified = await world.signoff(['verify', run])
    expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
  })
})

/** Processes of an account that are not zombies. */
function processesOf(user: string): string[] {
  const uid = execFileSync('id', ['-u', user], { encoding: 'utf8' }).trim()
  return readdirSync('/proc').filter(name => {
    if (!/^\d+$/.test(name)) return false
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8')
      return new RegExp(`^Uid:\\s+${uid}\\b`, 'm').test(status) && !/^State:\s+Z/m.test(status)
    } catch {
      return false
    }
  })
}
