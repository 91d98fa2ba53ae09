import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runningProcess } from '../../../src/runner/local/index.ts'
import type { ScriptOrder, ScriptReport } from '../../../src/runner/ports.ts'
import { openSession, processesWith, type SessionOfScripts } from './session-of-scripts.ts'

const PROGRAMS = join(import.meta.dirname, '../../fixtures/programs')

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

/** Runs a script and acts once it has said `ready`. */
async function runUntilReady(order: ScriptOrder, act: () => Promise<void>) {
  const reports: ScriptReport[] = []
  let acted: Promise<void> | null = null
  await session.executor.run(order, async report => {
    reports.push(report)
    if (report.kind === 'output' && report.event.text?.includes('ready')) acted ??= act()
  })
  await acted
  const ended = reports.at(-1)
  if (ended?.kind !== 'ended') throw new Error('no end')
  const stops = reports.flatMap(report => (report.kind === 'stopping' ? [report.event] : []))
  return { ended, stops, signals: stops.map(({ signal }) => signal) }
}

describe('stopping', () => {
  test('one signal reaches the whole group, is told before it is sent, and the state is kept', async () => {
    const order = session.order('a=1; echo ready; while ((SECONDS < 100)); do :; done')
    const { ended, stops } = await runUntilReady(order, () =>
      session.executor.stop(order.id, 'SIGINT', 'op@example.com'),
    )
    expect(stops).toEqual([
      { kind: 'step.stop', step: 'step-1', attempt: 1, signal: 'SIGINT', why: 'person', by: 'op@example.com' },
    ])
    expect(ended).toMatchObject({ outcome: 'cancelled', exit: null, signal: 'SIGINT' })
    expect((await session.run('echo "$a"')).out).toBe('1\n')
  })

  test('escalates to SIGKILL, each after a grace, and leaves nobody of the group', async () => {
    const order = session.order(`exec ${PROGRAMS}/ignores-sigterm`)
    const { ended, signals } = await runUntilReady(order, () => session.executor.stop(order.id, 'escalate', null))
    expect(signals).toEqual(['SIGINT', 'SIGTERM', 'SIGKILL'])
    expect(ended).toMatchObject({ outcome: 'cancelled', signal: 'SIGKILL' })
    await expect.poll(() => processesWith(session.folder)).toEqual([])
  })

  test('while it runs its process and the number of its children can be told; afterwards nothing runs', async () => {
    const order = session.order('sleep 60 & sleep 60 & echo ready; wait')
    let seen: ReturnType<typeof runningProcess> = null
    await runUntilReady(order, async () => {
      await expect.poll(() => runningProcess(session.stateDir), { timeout: 10_000 }).toMatchObject({ children: 2 })
      seen = runningProcess(session.stateDir)
      await session.executor.stop(order.id, 'escalate', null)
    })
    expect(seen).toEqual({ pid: expect.any(Number), children: 2 })
    expect(runningProcess(session.stateDir)).toBeNull()
  })

  test('goes on until the children are gone that outlive the script', async () => {
    const order = session.order(
      "(trap '' INT TERM; exec sleep 600) & sleep 0.1; echo ready; while ((SECONDS < 100)); do :; done",
    )
    const { signals } = await runUntilReady(order, () => session.executor.stop(order.id, 'escalate', null))
    expect(signals).toEqual(['SIGINT', 'SIGTERM', 'SIGKILL'])
    await expect.poll(() => processesWith(session.folder)).toEqual([])
  })

  test('stops as soon as the first signal has worked', async () => {
    const order = session.order('echo ready; sleep 600')
    const { signals } = await runUntilReady(order, () => session.executor.stop(order.id, 'escalate', null))
    expect(signals).toEqual(['SIGINT'])
  })

  test('wakes a script that somebody has suspended, so that it can take the signal', async () => {
    const script =
      "trap 'echo caught; exit 4' INT; echo ready; kill -STOP $$; while ((SECONDS < 100)); do sleep 0.02; done"
    const order = session.order(script)
    const { ended, signals } = await runUntilReady(order, async () => {
      const block = (): string => readFileSync(`/proc/${processesWith(session.folder)[0]}/stat`, 'latin1')
      await expect.poll(block).toMatch(/\) T /)
      await session.executor.stop(order.id, 'escalate', null)
    })
    expect(signals).toEqual(['SIGINT'])
    expect(ended).toMatchObject({ outcome: 'cancelled', exit: 4 })
  })

  test('a script that has ended is left alone', async () => {
    const order = session.order('true')
    await session.executor.run(order, async () => undefined)
    await session.executor.stop(order.id, 'escalate', null)
  })

  test('a signal is sent even if nobody can record it', async () => {
    const order = session.order('echo ready; sleep 600')
    const broken = session.executor.run(order, async report => {
      if (report.kind === 'output') throw new Error('journal gone')
    })
    await expect(broken).rejects.toThrow('journal gone')
    await session.executor.stop(order.id, 'escalate', null)
    await expect.poll(() => processesWith(session.folder)).toEqual([])
  })
})

describe('a time limit', () => {
  test('ends a silent script with a grandchild in the stated time', async () => {
    const order = session.order('bash -c "sleep 600 & wait"', { timeoutMs: 500 })
    const before = performance.now()
    const { ended, stops } = await runUntilReady(order, async () => undefined)
    // Without the limit it sleeps for ten minutes; a busy machine takes its time to see it end.
    expect(performance.now() - before).toBeLessThan(10_000)
    expect(ended).toMatchObject({ outcome: 'timed-out' })
    expect(stops[0]).toMatchObject({ signal: 'SIGINT', why: 'time-limit', by: null })
    await expect.poll(() => processesWith(session.folder)).toEqual([])
  })

  test('says nothing about a script that keeps to it', async () => {
    const { ended, stops } = await runUntilReady(session.order('true', { timeoutMs: 60_000 }), async () => undefined)
    expect(ended).toMatchObject({ outcome: 'exited', exit: 0 })
    expect(stops).toEqual([])
  })
})
