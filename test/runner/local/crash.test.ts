import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScriptOrder, ScriptReport } from '../../../src/runner/ports.ts'
import { bytesOf, collect, openSession, type SessionOfScripts } from './session-of-scripts.ts'

const PROGRAMS = join(import.meta.dirname, '../../fixtures/programs')

let session: SessionOfScripts
let reportsFile: string
beforeEach(() => {
  session = openSession()
  session.executor.keepSecret('TOKEN', 'hunter2-hunter2')
  reportsFile = join(session.folder, 'reports')
})
afterEach(() => session.end())

/** Starts another process that runs the order. */
function drive(order: ScriptOrder): ChildProcess {
  const program = join(import.meta.dirname, 'drives-one-script.ts')
  const env = { PATH: process.env.PATH, HOME: session.folder }
  return spawn(process.execPath, [program, session.stateDir, reportsFile, JSON.stringify(order)], {
    env,
    stdio: 'inherit',
  })
}

function recordedReports(): ScriptReport[] {
  if (!existsSync(reportsFile)) return []
  // The last line may be torn: the process was killed.
  const lines = readFileSync(reportsFile, 'utf8').split('\n').slice(0, -1)
  return lines.map(line => JSON.parse(line))
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10)
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** What was recorded before the kill and after it, put together: offsets are checked on the way. */
async function resume(order: ScriptOrder) {
  const before = recordedReports()
  const recorded = { out: bytesOf(before, 'out').length, err: bytesOf(before, 'err').length }
  const after = await collect(report => session.executor.attach(order, recorded, report), recorded)
  const whole = (fd: 'out' | 'err'): string => bytesOf([...before, ...after.reports], fd).toString()
  return { after, out: whole('out'), err: whole('err') }
}

const counting = (fd: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${fd} ${index + 1}\n`).join('')

describe('Signoff killed with -9 while a script runs', () => {
  test('is followed by one that records its whole output and true exit code; the script was started once', async () => {
    const order = session.order(`${PROGRAMS}/counts-slowly started 12 7; echo never`, { secrets: ['TOKEN'] })
    const child = drive(order)
    await until(() => bytesOf(recordedReports(), 'out').length > 10)
    await kill(child)
    expect(await session.executor.find(order)).toBe('running')
    const { after, out, err } = await resume(order)
    expect(after).toMatchObject({ outcome: 'exited', exit: 7 })
    expect(out).toBe(counting('out', 12))
    expect(err).toBe(counting('err', 12))
    expect(readFileSync(join(session.folder, 'started'), 'utf8')).toBe('started\n')
  })

  test('finds one that ended meanwhile', async () => {
    const order = session.order('touch started; sleep 0.3; echo "[$TOKEN]"; exit 5', { secrets: ['TOKEN'] })
    const child = drive(order)
    await until(() => existsSync(join(session.folder, 'started')))
    await kill(child)
    await until(() => ended(order))
    expect(await session.executor.find(order)).toBe('ended')
    const { after, out } = await resume(order)
    expect(after).toMatchObject({ outcome: 'exited', exit: 5 })
    expect(out).toBe('[***]\n')
  })

  test('leaves the state of the block to the next one', async () => {
    const order = session.order('a=1; touch started; sleep 0.3')
    const child = drive(order)
    await until(() => existsSync(join(session.folder, 'started')))
    await kill(child)
    await resume(order)
    expect((await session.run('echo "$a"', { step: 'next' })).out).toBe('1\n')
  })

  test('leaves it too where it was killed in the middle of taking it over', async () => {
    await session.run('a=1')
    const order = session.order('a=2')
    await collect(report => session.executor.run(order, report))
    const sessions = join(session.stateDir, 'sessions')
    // What lay there went first, and the state of this block is still in its claim.
    renameSync(join(sessions, readdirSync(sessions)[0] ?? '', 'state'), join(claimOf(order), 'left', 'state'))
    const later = session.again()
    await collect(report => later.executor.attach(order, { out: 0, err: 0 }, report))
    expect((await later.run('echo "$a"', { step: 'next' })).out).toBe('2\n')
    later.executor.dispose()
  })

  test('still leaves the time limit in force', async () => {
    const order = session.order('touch started; bash -c "sleep 600 & wait"', { timeoutMs: 700 })
    const child = drive(order)
    await until(() => existsSync(join(session.folder, 'started')))
    await kill(child)
    await until(() => ended(order))
    const { after } = await resume(order)
    expect(after.outcome).toBe('timed-out')
    const stops = after.reports.flatMap(report => (report.kind === 'stopping' ? [report.event] : []))
    expect(stops[0]).toMatchObject({ signal: 'SIGINT', why: 'time-limit', by: null })
  })

  test('goes on at the recorded place within masked output', async () => {
    const order = session.order('for i in {1..30}; do printf "%s-$TOKEN-é\\n" $i; sleep 0.02; done', {
      secrets: ['TOKEN'],
    })
    const child = drive(order)
    await until(() => bytesOf(recordedReports(), 'out').length > 30)
    await kill(child)
    const { out, after } = await resume(order)
    expect(out).toBe(Array.from({ length: 30 }, (_, index) => `${index + 1}-***-é\n`).join(''))
    expect(after.ended.end.streams[0]).toMatchObject({ bytes: Buffer.byteLength(out), masked: 30 })
  })

  test('at any moment: the script was started at most once, and a later run starts what never was', async () => {
    for (const [round, ms] of [20, 45, 70, 95, 120, 150, 200].entries()) {
      const order = session.order(`echo x >>started-${round}; echo done`, { step: `round-${round}` })
      const child = drive(order)
      await sleep(60 + ms)
      if (child.exitCode === null) await kill(child)
      const found = await session.executor.find(order)
      expect(['absent', 'running', 'ended']).toContain(found)
      const result = await collect(report => session.executor.run(order, report))
      expect(result).toMatchObject({ out: 'done\n', exit: 0 })
      expect(readFileSync(join(session.folder, `started-${round}`), 'utf8')).toBe('x\n')
    }
  }, 20_000)
})

function claimOf(order: ScriptOrder): string {
  const name = readdirSync(join(session.stateDir, 'claims')).find(entry => entry.startsWith(order.step))
  return join(session.stateDir, 'claims', name ?? 'none')
}

function ended(order: ScriptOrder): boolean {
  return readFileSync(join(claimOf(order), 'status'), 'utf8').includes('ended ')
}

describe('the supervisor killed as well', () => {
  test('means lost, and the outcome is unknown with the output so far', async () => {
    const order = session.order('echo first; touch started; sleep 600')
    const child = drive(order)
    await until(() => existsSync(join(session.folder, 'started')))
    await until(() => bytesOf(recordedReports(), 'out').length > 0)
    await kill(child)
    const [pid] = readFileSync(join(claimOf(order), 'started'), 'utf8').split('\n')
    process.kill(Number(pid), 'SIGKILL')
    await until(() => !existsSync(`/proc/${pid}`))
    expect(await session.executor.find(order)).toBe('lost')
    const { after, out } = await resume(order)
    expect(after).toMatchObject({ outcome: 'unknown', exit: null, signal: null })
    expect(out).toBe('first\n')
    // What is left of it can still be stopped.
    await session.executor.stop(order.id, 'escalate', null)
  })

  test('is noticed by the Signoff that is following', async () => {
    const order = session.order('echo first; sleep 600')
    const reports: ScriptReport[] = []
    await session.executor.run(order, async report => {
      reports.push(report)
      if (report.kind !== 'output') return
      const [pid] = readFileSync(join(claimOf(order), 'started'), 'utf8').split('\n')
      process.kill(Number(pid), 'SIGKILL')
    })
    expect(reports.at(-1)).toMatchObject({ kind: 'ended', outcome: 'unknown', exit: null })
    await session.executor.stop(order.id, 'SIGKILL', null)
  })

  test('an order of another boot or machine that has no ending is lost', async () => {
    const order = session.order('touch started; sleep 600')
    const child = drive(order)
    await until(() => existsSync(join(session.folder, 'started')))
    await kill(child)
    const file = join(claimOf(order), 'order.json')
    const record = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...record, bootId: 'another' }))
    expect(await session.executor.find(order)).toBe('lost')
    writeFileSync(file, JSON.stringify({ ...record, machineId: 'another' }))
    expect(await session.executor.find(order)).toBe('lost')
    writeFileSync(file, JSON.stringify(record))
    expect(await session.executor.find(order)).toBe('running')
    await session.executor.stop(order.id, 'escalate', null)
  })
})

test('a claim that no supervisor ever took is absent, and cannot be taken afterwards', async () => {
  const order = session.order('echo hi')
  await collect(report => session.executor.run(order, report))
  const claim = claimOf(order)
  rmSync(join(claim, 'started'))
  expect(await session.executor.find(order)).toBe('absent')
  expect(existsSync(claim)).toBe(false)
})
