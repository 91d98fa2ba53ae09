import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EventOf } from '../../../src/model/index.ts'
import type { ScriptOrder, ScriptReport } from '../../../src/runner/ports.ts'
import { openSession, processesWith, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

/** The one `step.left` among what was reported; null where there is none. */
function leftOf(reports: readonly ScriptReport[]): EventOf<'step.left'> | null {
  const found = reports.flatMap(report => (report.kind === 'left' ? [report.event] : []))
  expect(found.length).toBeLessThanOrEqual(1)
  return found[0] ?? null
}

/** Runs an order to its end; reports that come later are in the same list. */
async function runToEnd(from: SessionOfScripts, order: ScriptOrder): Promise<ScriptReport[]> {
  const reports: ScriptReport[] = []
  await from.executor.run(order, async report => {
    reports.push(report)
  })
  return reports
}

const lateText = (reports: readonly ScriptReport[], fd: 'out' | 'err' = 'out'): string =>
  reports
    .flatMap(report => (report.kind === 'late' && report.event.kind === 'output.late' ? [report.event] : []))
    .filter(event => event.fd === fd)
    .map(event => event.text)
    .join('')

const lateEnd = (reports: readonly ScriptReport[]): EventOf<'output.late.end'> | undefined =>
  reports
    .flatMap(report => (report.kind === 'late' && report.event.kind === 'output.late.end' ? [report.event] : []))
    .at(-1)

/** A file that a script waits for, so that a test says when it goes on. */
function gate(name: string): { readonly open: () => void; readonly wait: string } {
  const path = join(session.folder, name)
  return { open: () => writeFileSync(path, ''), wait: `until [[ -e ${path} || SECONDS -gt 100 ]]; do sleep 0.02; done` }
}

describe('what a script leaves behind', () => {
  test('is nothing, and nothing is said, for a script that ends whole', async () => {
    expect(leftOf((await session.run('a=1; (sleep 0.01) & wait')).reports)).toBeNull()
  })

  test.each([
    ['exec', 'a=2; exec true'],
    ['KILL', 'a=2; kill -KILL $$'],
    [
      'a dump that could not be written',
      'a=2; rm "${BASH_SOURCE%/*}/left/state"; mkdir "${BASH_SOURCE%/*}/left/state"',
    ],
  ])('is no state after %s: the one before the block holds, and it is said', async (_, block) => {
    await session.run('a=1')
    expect(leftOf((await session.run(block)).reports)).toMatchObject({ state: 'before', jobs: [], open: [] })
    expect((await session.run('echo "$a"')).out).toBe('1\n')
  })

  test('is said of jobs and descriptors, that the next block does not have', async () => {
    const { reports } = await session.run('exec 5>file 7<&0; sleep 600 >/dev/null 2>&1 & echo $!')
    const left = leftOf(reports)
    expect(left).toMatchObject({ state: 'kept', descriptors: [5, 7], open: [] })
    expect(left?.jobs).toHaveLength(1)
    expect(left?.processes).toEqual([{ pid: left?.jobs[0], name: 'sleep', command: 'sleep 600', escaped: false }])
    const next = await session.run('echo x >&5')
    expect(next).toMatchObject({ exit: 1 })
  })

  test('a child that left by setsid is found by name, and is not stopped', async () => {
    const { reports } = await session.run('setsid sleep 601 >/dev/null 2>&1 & sleep 0.05; exit 0')
    const left = leftOf(reports)
    expect(left?.processes).toEqual([expect.objectContaining({ name: 'sleep', command: 'sleep 601', escaped: true })])
    expect(processesWith(session.folder)).toEqual([left?.processes[0]?.pid])
  })

  test('a process of many threads is named once', async () => {
    const program = 'require("fs").writeFileSync("there", ""); setTimeout(() => {}, 100_000)'
    const block = `'${process.execPath}' -e '${program}' >/dev/null 2>&1 & echo $!; until [[ -e there || SECONDS -gt 100 ]]; do sleep 0.02; done`
    const { out, reports } = await session.run(block)
    expect(leftOf(reports)?.processes).toMatchObject([{ pid: Number(out) }])
  })

  test('a child that left by setsid is found after a stop too', async () => {
    const order = session.order('setsid sleep 602 >/dev/null 2>&1 & echo ready; sleep 600')
    const reports: ScriptReport[] = []
    let stopped: Promise<void> | undefined
    await session.executor.run(order, async report => {
      reports.push(report)
      if (report.kind === 'output') stopped = session.executor.stop(order.id, 'escalate', null)
    })
    await stopped
    expect(leftOf(reports)?.processes).toMatchObject([{ name: 'sleep', escaped: true }])
  })

  test('of an attempt is not taken for that of another', async () => {
    const first = await session.run('sleep 603 >/dev/null 2>&1 &', { step: 'again', attempt: 1 })
    expect(leftOf(first.reports)?.processes).toHaveLength(1)
    expect(leftOf((await session.run('true', { step: 'again', attempt: 2 })).reports)).toBeNull()
  })

  test('holds no secret, be it in a command line', async () => {
    session.executor.keepSecret('TOKEN', 'hunter2-hunter2')
    const { reports } = await session.run('bash -c "exec -a $TOKEN sleep 604" >/dev/null 2>&1 & sleep 0.1', {
      secrets: ['TOKEN'],
    })
    expect(leftOf(reports)?.processes).toHaveLength(1)
    expect(JSON.stringify(reports)).not.toContain('hunter2')
  })

  test('shells that leave no state by their nature are not said to have lost one', async () => {
    expect(leftOf((await session.run('exit 0', { shell: 'sh' })).reports)).toBeNull()
    const left = leftOf((await session.run('sleep 605 >/dev/null 2>&1 &', { shell: 'sh' })).reports)
    expect(left).toMatchObject({ state: 'none', processes: [{ name: 'sleep' }] })
  })
})

describe('late output', () => {
  test('of a child is recorded as that of its block, for which nobody waits', async () => {
    const go = gate('go')
    const order = session.order(`echo own; (${go.wait}; echo late; echo oops >&2) & exit 0`)
    const reports = await runToEnd(session, order)
    expect(reports.at(-1)).toMatchObject({ kind: 'ended', exit: 0, end: { streams: [{ bytes: 4 }, { bytes: 0 }] } })
    expect(leftOf(reports)?.open).toEqual(['out', 'err'])
    await session.executor.forget(order.id)
    go.open()
    await expect.poll(() => lateEnd(reports)).toMatchObject({ why: 'closed' })
    expect(lateText(reports)).toBe('late\n')
    expect(lateText(reports, 'err')).toBe('oops\n')
    expect(lateEnd(reports)?.streams).toMatchObject([
      { fd: 'out', bytes: 5, kept: 5, lost: 0 },
      { fd: 'err', bytes: 5, kept: 5, lost: 0 },
    ])
    expect(readdirSync(join(session.stateDir, 'claims'))).toEqual([])
  })

  test('goes on at the offset where the own output ended, and secrets are masked across that border', async () => {
    session.executor.keepSecret('TOKEN', 'hunter2-hunter2')
    const go = gate('go')
    const order = session.order(`printf "own \${TOKEN:0:8}"; (${go.wait}; printf "\${TOKEN:8} late") & exit 0`, {
      secrets: ['TOKEN'],
    })
    const reports = await runToEnd(session, order)
    go.open()
    await expect.poll(() => lateEnd(reports)).toBeDefined()
    expect(lateText(reports)).toBe('*** late')
    expect(JSON.stringify(reports)).not.toContain('hunter2')
    const first = reports.find(report => report.kind === 'late')
    expect(first).toMatchObject({ event: { at: 4 } })
  })

  test('ends when the run leaves it: who writes goes on, and what it says is thrown away', async () => {
    const go = gate('go')
    const order = session.order(`(echo early; ${go.wait}; echo more; sleep 0.05; touch survived) & sleep 0.05; exit 0`)
    const reports = await runToEnd(session, order)
    await session.executor.forget(order.id)
    const rest = await session.executor.leave()
    expect(rest.at(-1)).toMatchObject({ kind: 'output.late.end', why: 'left' })
    expect(readdirSync(join(session.stateDir, 'claims'))).toEqual([])
    go.open()
    await expect.poll(() => existsSync(join(session.folder, 'survived'))).toBe(true)
    expect(lateText(reports)).toBe('')
  })

  test('beyond its budget is counted, not kept, and takes no room on the disk', async () => {
    const small = openSession({ lateBytes: 10_000 })
    try {
      const script = '(until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.02; done; head -c 3000000 /dev/zero) & exit 0'
      const order = small.order(script)
      const reports = await runToEnd(small, order)
      writeFileSync(join(small.folder, 'go'), '')
      await expect.poll(() => lateEnd(reports), { timeout: 5000 }).toMatchObject({ why: 'closed' })
      const out = lateEnd(reports)?.streams[0]
      // The copier may be ended with a block of it in hand.
      const counted = (out?.bytes ?? 0) + (out?.lost ?? 0)
      expect(counted).toBeGreaterThanOrEqual(3_000_000 - 131_072)
      expect(counted).toBeLessThanOrEqual(3_000_000)
      expect(out?.bytes).toBeLessThan(1_500_000)
    } finally {
      small.end()
    }
  })

  test('is taken up again by a later process, with no gap and no duplicate', async () => {
    const go = gate('go')
    const order = session.order(
      `echo own; (echo one; ${gate('first').wait}; echo two; ${go.wait}; echo three) & exit 0`,
    )
    const reports = await runToEnd(session, order)
    const own = reports.flatMap(report => (report.kind === 'ended' ? report.end.streams : []))
    gate('first').open()
    await expect.poll(() => lateText(reports)).toBe('two\n')
    session.executor.dispose()
    const later = session.again()
    const from = own[0]?.bytes ?? 0
    const after: ScriptReport[] = []
    const recorded = { out: { from, masked: 0, at: from + 4 }, err: { from: 0, masked: 0, at: 0 } }
    expect(later.executor.attachLate(order, recorded, async report => void after.push(report))).toBe(true)
    go.open()
    await expect.poll(() => lateEnd(after)).toMatchObject({ why: 'closed' })
    expect(lateText(after)).toBe('three\n')
    expect(lateEnd(after)?.streams[0]).toMatchObject({ bytes: 10, kept: 10 })
    expect(later.executor.attachLate(order, recorded, async () => undefined)).toBe(false)
    later.end()
  })
})

test('the descriptors and the environment of a script are its own: nothing of Signoff leaks into it', async () => {
  const { out } = await session.run('ls /proc/self/fd | tr "\\n" " "; ls -l /proc/$$/fd | grep -c socket || true')
  // 3 is the folder that ls reads; bash itself holds 255, the script.
  expect(out).toBe('0 1 2 3 0\n')
  expect(readFileSync('/proc/self/environ', 'utf8')).not.toContain('SIGNOFF_STEP')
})

test("names of a person's own variables cannot meet those of the supervisor", async () => {
  const names = ['claim', 'limit', 'grace', 'spool', 'mask', 'env', 'out', 'err', 'start', 'block', 'code', 'how', 'up']
  const environment = { PATH: process.env.PATH ?? '', ...Object.fromEntries(names.map(name => [name, `own ${name}`])) }
  const other = openSession({ environment })
  try {
    const { out } = await other.run(`printf '%s\\n' ${names.map(name => `"$${name}"`).join(' ')}`, {
      timeoutMs: 60_000,
    })
    expect(out).toBe(names.map(name => `own ${name}\n`).join(''))
  } finally {
    other.end()
  }
})
