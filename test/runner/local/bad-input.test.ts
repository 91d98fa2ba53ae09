import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeClaim } from '../../../src/runner/local/claims/claim.ts'
import { readProcessStart } from '../../../src/runner/local/claims/process-identity.ts'
import { createLocalExecutor } from '../../../src/runner/local/index.ts'
import type { ScriptOrder, ScriptReport } from '../../../src/runner/ports.ts'
import { collect, openSession, processesWith, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

function claimOf(order: ScriptOrder): string {
  const name = readdirSync(join(session.stateDir, 'claims')).find(entry => entry.startsWith(order.step))
  return join(session.stateDir, 'claims', name ?? 'none')
}

/** The claim of a script that is running now, and the promise of its end. */
async function running(script: string, change: Partial<ScriptOrder> = {}) {
  const order = session.order(`touch started; ${script}`, change)
  const reports: ScriptReport[] = []
  const end = session.executor.run(order, async report => void reports.push(report))
  await expect.poll(() => existsSync(join(session.folder, 'started'))).toBe(true)
  return { order, reports, end, claim: claimOf(order) }
}

describe('a claim that a kill left half made', () => {
  test.each([
    ['an empty folder', []],
    ['without its script', ['out', 'err', 'status']],
    ['with a torn record', ['order.json']],
  ])('%s was never started, so that the order is started now, once', async (_, files) => {
    const order = session.order('echo x >>ran; echo done', { step: 'half' })
    const probe = await collect(report => session.executor.run({ ...order, script: 'true' }, report))
    expect(probe.exit).toBe(0)
    const claim = claimOf(order)
    rmSync(claim, { recursive: true })
    mkdirSync(claim)
    for (const file of files) writeFileSync(join(claim, file), file === 'order.json' ? '{"vers' : '')
    expect(await session.executor.find(order)).toBe('absent')
    expect(await collect(report => session.executor.run(order, report))).toMatchObject({ out: 'done\n', exit: 0 })
    expect(readFileSync(join(session.folder, 'ran'), 'utf8')).toBe('x\n')
  })

  test('that a supervisor took before it could say who it is, is lost in the end: nothing is started again', async () => {
    const { order, claim, end } = await running('sleep 600')
    await session.executor.stop(order.id, 'SIGKILL', null)
    await end
    // As a full disk leaves them: the file is there, and nothing could be written into it.
    writeFileSync(join(claim, 'started'), '')
    writeFileSync(join(claim, 'status'), ' '.repeat(64))
    expect(await session.executor.find(order)).toBe('running')
    const record = JSON.parse(readFileSync(join(claim, 'order.json'), 'utf8'))
    writeFileSync(join(claim, 'order.json'), JSON.stringify({ ...record, bootId: 'before' }))
    expect(await session.executor.find(order)).toBe('lost')
  })
})

describe('a status', () => {
  test('whose last line is half written says what the whole lines say', async () => {
    const { order, claim, end, reports } = await running('exit 4')
    await end
    expect(reports.at(-1)).toMatchObject({ exit: 4 })
    const [pid] = readFileSync(join(claim, 'started'), 'utf8').split('\n')
    // It would take the next order else.
    session.executor.dispose()
    await expect.poll(() => readProcessStart(Number(pid))).toBeNull()
    const whole = readFileSync(join(claim, 'status'), 'utf8')
    const at = whole.indexOf('ended ')
    for (let cut = at; cut < whole.indexOf('\n', at); cut++) {
      writeFileSync(join(claim, 'status'), whole.slice(0, cut))
      expect(await session.executor.find(order)).toBe('lost')
    }
    writeFileSync(join(claim, 'status'), whole.slice(0, whole.indexOf('\n', at) + 1))
    expect(await session.executor.find(order)).toBe('ended')
  })
})

test('a process id that another process has now is not taken for the supervisor, nor for the script', async () => {
  const { order, claim, end } = await running('sleep 600')
  const started = readFileSync(join(claim, 'started'), 'utf8')
  const [pid = ''] = started.split('\n')
  // The same id with another start time: what a machine that has gone round its ids would show.
  const other = started.replace(/(\) \S+(?: \S+){18}) \d+/, '$1 1')
  expect(other).not.toBe(started)
  writeFileSync(join(claim, 'started'), other)
  expect(await session.executor.find(order)).toBe('lost')
  writeFileSync(join(claim, 'started'), started)
  const status = readFileSync(join(claim, 'status'), 'utf8')
  writeFileSync(join(claim, 'status'), status.replace(/(block \d+ .*?\) \S+(?: \S+){18}) \d+/, '$1 1'))
  await session.executor.stop(order.id, 'SIGKILL', null)
  expect(existsSync(`/proc/${pid}`)).toBe(true)
  expect(processesWith(session.folder).length).toBeGreaterThan(0)
  writeFileSync(join(claim, 'status'), status)
  await session.executor.stop(order.id, 'SIGKILL', null)
  await end
})

test('a wall clock that jumps moves neither how long a script took nor its time limit', async () => {
  const { claim, end, reports } = await running('sleep 0.5; exit 0', { timeoutMs: 20_000 })
  // As if the clock had been set back by a day since the claim was made, or forward.
  for (const shift of [86_400, -86_400]) {
    const at = Date.now() / 1000 + shift
    utimesSync(join(claim, 'order.json'), at, at)
  }
  await end
  const ended = reports.at(-1)
  expect(ended).toMatchObject({ kind: 'ended', outcome: 'exited', exit: 0 })
  expect(ended?.kind === 'ended' && ended.ms).toBeLessThan(10_000)
})

test('a working directory that vanished is named, and nothing of the block runs', async () => {
  const gone = join(session.folder, 'gone')
  const result = await session.run('touch ran', { cwd: gone })
  expect(result).toMatchObject({ exit: 1 })
  expect(result.err).toContain(gone)
  expect(existsSync(join(session.folder, 'ran'))).toBe(false)
  // One that vanishes under the block is the block's own affair: its state is kept as far as it goes.
  mkdirSync(gone)
  expect(await session.run('cd gone; a=1; rmdir ../gone')).toMatchObject({ exit: 0 })
  expect((await session.run('echo never')).err).toContain('gone')
})

test('a bash that goes missing after the start of Signoff is said, and the order stays open', async () => {
  const folder = join(session.folder, 'bin')
  mkdirSync(folder)
  writeFileSync(join(folder, 'bash'), '#!/no/such/interpreter\n', { mode: 0o755 })
  const other = openSession({ environment: { PATH: folder } })
  try {
    const order = other.order('true')
    await expect(other.executor.run(order, async () => undefined)).rejects.toMatchObject({ code: 'SHELL_MISSING' })
    expect(await other.executor.find(order)).toBe('absent')
  } finally {
    other.end()
  }
})

describe('a supervisor that is killed between two scripts', () => {
  /** The bash that this executor started, which is free for the next order once this one has ended. */
  async function freeSupervisor(): Promise<number> {
    const { out } = await session.run('echo "$PPID"')
    return Number(out)
  }

  test('costs nothing: the next order gets another one', async () => {
    const pid = await freeSupervisor()
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => readProcessStart(pid)).toBeNull()
    expect(await session.run('echo again; exit 3')).toMatchObject({ out: 'again\n', exit: 3 })
    expect(await session.executor.check(session.order('fi', { line: 7 }))).toContain('line 7')
  })

  test('just before an order: it is started once, or not at all and then said', async () => {
    for (let round = 0; round < 5; round++) {
      process.kill(await freeSupervisor(), 'SIGKILL')
      const order = session.order(`echo x >>ran-${round}; echo done`)
      expect(await collect(report => session.executor.run(order, report))).toMatchObject({ out: 'done\n', exit: 0 })
      expect(readFileSync(join(session.folder, `ran-${round}`), 'utf8')).toBe('x\n')
    }
  }, 20_000)
})

test.skipIf(process.getuid?.() === 0)(
  'a state folder that may not be written is said before anything starts',
  async () => {
    chmodSync(join(session.stateDir, 'claims'), 0o500)
    try {
      const order = session.order('touch ran')
      await expect(session.executor.run(order, async () => undefined)).rejects.toMatchObject({
        code: 'STATE_UNWRITABLE',
      })
      expect(existsSync(join(session.folder, 'ran'))).toBe(false)
    } finally {
      chmodSync(join(session.stateDir, 'claims'), 0o700)
    }
  },
)

/** Folders of any kind by mount: only for root, and gone with the test. */
const canMount = (() => {
  if (process.getuid?.() !== 0) return false
  const folder = '/tmp/signoff-mount-probe'
  mkdirSync(folder, { recursive: true })
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0
  if (made) execFileSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return made
})()

describe.skipIf(!canMount)('a state folder on a disk of its own', () => {
  let small: string
  beforeEach(() => {
    small = join(session.folder, 'small')
    mkdirSync(small)
  })
  afterEach(() => {
    spawnSync('umount', ['-l', small])
  })
  const mount = (options: string): void => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', small])
  }

  test('that is read-only is said when it is opened, and before a script starts', async () => {
    mount('size=1m')
    const executor = createLocalExecutor({ stateDir: small, environment: { PATH: process.env.PATH ?? '' } })
    execFileSync('mount', ['-o', 'remount,ro', small])
    expect(() => createLocalExecutor({ stateDir: join(small, 'x'), environment: {} })).toThrow(
      expect.objectContaining({ code: 'STATE_UNWRITABLE' }),
    )
    const order = session.order('touch ran')
    await expect(executor.run(order, async () => undefined)).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' })
    expect(existsSync(join(session.folder, 'ran'))).toBe(false)
    executor.dispose()
  })

  test('that is full already is said before a script starts, and leaves no claim', async () => {
    mount('size=200k')
    const executor = createLocalExecutor({ stateDir: small, environment: { PATH: process.env.PATH ?? '' } })
    spawnSync('dd', ['if=/dev/zero', `of=${small}/filler`, 'bs=1k', 'status=none'])
    const order = session.order('touch ran')
    await expect(executor.run(order, async () => undefined)).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' })
    expect(await executor.find(order)).toBe('absent')
    rmSync(join(small, 'filler'))
    expect(await collect(report => executor.run(order, report))).toMatchObject({ exit: 0 })
    executor.dispose()
  })

  test('with room for a part of a claim has none: a script that is cut is another script', () => {
    mount('size=200k')
    const record = { version: 1, id: 'run:step:1', session: 'main', timeoutMs: null, carries: true, given: {} } as const
    const files = { 'step.sh': `rm -rf '${'x'.repeat(30_000)}'/old`, session: 'y'.repeat(30_000) }
    const claim = join(small, 'claim')
    const filler = join(small, 'filler')
    const made = Array.from({ length: 30 }, (_, pages) => {
      spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k', 'status=none'])
      truncateSync(filler, Math.max(0, statSync(filler).size - pages * 4096))
      let isMade = true
      try {
        makeClaim(claim, { ...record, bootId: '', machineId: '' }, files)
        for (const [name, text] of Object.entries(files)) expect(readFileSync(join(claim, name), 'utf8')).toBe(text)
      } catch (error) {
        expect(error).toMatchObject({ code: 'STATE_UNWRITABLE' })
        expect(existsSync(claim)).toBe(false)
        isMade = false
      }
      rmSync(claim, { recursive: true, force: true })
      return isMade
    })
    expect(new Set(made)).toEqual(new Set([true, false]))
  })

  test.each([
    [1, 0],
    [3000, 0],
    [50_000, 0],
    [50_000, 1],
    [200_000, 3],
  ])(
    'that is full when a script says %d bytes, but for %d pages: what is lost is counted to the byte',
    async (bytes, pages) => {
      mount('size=400k')
      const executor = createLocalExecutor({ stateDir: small, environment: { PATH: process.env.PATH ?? '' } })
      const fill = `dd if=/dev/zero of=${small}/filler bs=4k status=none 2>/dev/null || true; truncate -s -${pages * 4096} ${small}/filler`
      const order = session.order(`${fill}; head -c ${bytes} /dev/zero; exit 6`)
      const { exit, ended } = await collect(report => executor.run(order, report))
      expect(exit).toBe(6)
      const [out, err] = ended.end.streams
      expect([(out?.bytes ?? 0) + (out?.lost ?? 0), err?.lost]).toEqual([bytes, 0])
      // The script's own shell may have been quicker to take a page, for its state.
      expect(out?.bytes).toBeLessThanOrEqual(pages * 4096)
      executor.dispose()
    },
  )

  test('that fills up while a script runs costs output, which is counted, and never the exit code', async () => {
    mount('size=600k')
    const executor = createLocalExecutor({ stateDir: small, environment: { PATH: process.env.PATH ?? '' } })
    const order = session.order('head -c 3000000 /dev/zero; a=2; exit 6')
    const { outcome, exit, ended, reports } = await collect(report => executor.run(order, report))
    expect({ outcome, exit }).toEqual({ outcome: 'exited', exit: 6 })
    const [out] = ended.end.streams
    expect(out?.bytes).toBeLessThan(600 * 1024)
    // Also what the copier had in hand, and could not write.
    expect((out?.bytes ?? 0) + (out?.lost ?? 0)).toBe(3_000_000)
    // Neither could the state be written: the next block finds the one before, and it is said.
    expect(reports.find(report => report.kind === 'left')).toMatchObject({ event: { state: 'before' } })
    executor.dispose()
  })
})
