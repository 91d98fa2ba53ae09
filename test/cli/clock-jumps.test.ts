import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

vi.setConfig({ testTimeout: 100_000, hookTimeout: 30_000 })

const HOUR_MS = 3_600_000
const RUNBOOK = `# Release

## Phase 1: Build

<!-- signoff timeout=10m -->

\`\`\`bash
touch began
until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.1; done
sleep 1
echo built
\`\`\`

## Phase 2: Soak

1. Wait for 1 hour
`
/** The wall clock of this process is set by whoever writes into a file; the steady clock goes on as it does. */
const SET_CLOCK = `--import=data:text/javascript,${encodeURIComponent(`
  import { readFileSync } from 'node:fs'
  const now = Date.now.bind(Date)
  const offset = () => { try { return Number(readFileSync(process.env.TEST_CLOCK, 'utf8')) } catch { return 0 } }
  Date.now = () => now() + offset()
  globalThis.Date = new Proxy(Date, { construct: (Real, args) => (args.length === 0 ? new Real(Date.now()) : new Real(...args)) })
`)}`

let world: World
let first: ChildProcess | null = null
const at = (name: string): string => join(world.repository.clone, name)
const clock = (): string => join(world.root, 'clock')
const setClock = (ms: number): void => writeFileSync(clock(), String(ms))
const env = () => ({ NODE_OPTIONS: SET_CLOCK, TEST_CLOCK: clock() })
const lines = () => {
  try {
    return world.transcript('v1').lines()
  } catch {
    return []
  }
}
beforeEach(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK, '.signoff/transcripts/.gitattributes': '* -text\n' } })
  setClock(0)
})
afterEach(async () => {
  writeFileSync(at('go'), '')
  first?.kill('SIGKILL')
  first = null
  expect(await world.processesLeft()).toEqual([])
  await world.remove()
})

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 40_000; !holds(); await sleep(50))
    if (Date.now() > deadline) throw new Error(`waited for ${what}`)
}
const run = (...flags: string[]) => world.signoff(['run', 'release.md', '--release', 'v1', ...flags], env())
const verify = async (...flags: string[]) => {
  const { exitCode, stdout } = await world.signoff(['verify', world.transcript('v1').run, '--json', ...flags])
  const { findings } = JSON.parse(stdout) as { findings: { check: string; message: string }[] }
  return { exitCode, clock: findings.filter(({ check }) => check === 'clock').map(({ message }) => message) }
}

test('a clock that is set back during a step changes nothing of how long it took, and is a finding', async () => {
  const running = run('--until', '1')
  await until('the script', () => existsSync(at('began')))
  setClock(-24 * HOUR_MS)
  writeFileSync(at('go'), '')
  const done = await running
  expect(done, done.stderr).toMatchObject({ exitCode: 0 })
  const [end] = world.transcript('v1').ofKind('step.end')
  expect(end).toMatchObject({ outcome: 'exited', exit: 0 })
  expect(Number(end?.ms)).toBeGreaterThanOrEqual(0)
  expect(Number(end?.ms)).toBeLessThan(40_000)
  const verified = await verify()
  expect(verified.exitCode).toBe(0)
  expect(verified.clock.join('\n')).toContain('the time goes back')
  expect((await verify('--strict-time')).exitCode).toBe(6)
})

test('a wait ends by the wall clock: set forward it is over, and the steady clock tells', async () => {
  writeFileSync(at('go'), '')
  const running = run('--wait-limit', '9h')
  await until('the wait', () => lines().some(({ kind }) => kind === 'wait.start'))
  setClock(2 * HOUR_MS)
  const done = await running
  expect(done, done.stderr).toMatchObject({ exitCode: 0 })
  const [started] = world.transcript('v1').ofKind('wait.start')
  const [ended] = world.transcript('v1').ofKind('wait.end')
  expect(ended).toMatchObject({ how: 'elapsed', leftMs: 0 })
  expect(Number(ended?.mono) - Number(started?.mono)).toBeLessThan(60_000)
  expect(Date.parse(String(ended?.t)) - Date.parse(String(started?.t))).toBeGreaterThanOrEqual(HOUR_MS)
  const verified = await verify()
  expect(verified).toMatchObject({ exitCode: 0 })
  expect(verified.clock.join('\n')).toContain('the time and the steady clock part')
})

/** A run whose Signoff is killed while its script runs. */
async function killed(): Promise<void> {
  first = spawn(process.execPath, [signoffFile(), 'run', 'release.md', '--release', 'v1', '--until', '1'], {
    cwd: world.repository.clone,
    env: { ...world.env, ...env(), SIGNOFF_KEY: world.operator.keyFile },
    stdio: 'ignore',
  })
  const ended = new Promise(resolve => first?.on('close', resolve))
  await until('the script', () => existsSync(at('began')))
  first.kill('SIGKILL')
  await ended
}

test.each([
  ['forward, beyond the limit of the script', 2 * HOUR_MS],
  ['back', -24 * HOUR_MS],
])('a clock that was set %s before a resume stops no script that runs', async (_, ms) => {
  await killed()
  setClock(ms)
  const resuming = world.signoff(['resume'], env())
  await until('it to be attached', () => lines().some(({ kind }) => kind === 'run.resume'))
  writeFileSync(at('go'), '')
  const done = await resuming
  expect(done, done.stderr).toMatchObject({ exitCode: 0 })
  const transcript = world.transcript('v1')
  expect(transcript.ofKind('step.stop')).toEqual([])
  const [end] = transcript.ofKind('step.end')
  expect(end).toMatchObject({ outcome: 'exited', exit: 0 })
  expect(Number(end?.ms)).toBeLessThan(60_000)
  expect(Number(transcript.ofKind('run.resume')[0]?.gapMs)).toBeGreaterThanOrEqual(0)
  expect((await verify()).exitCode).toBe(0)
})
