import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSession, type SessionOfScripts } from './session-of-scripts.ts'

/** 5,000 lines a second, each of them written by itself. */
const LINE_BY_LINE = `DRAIN_SECONDS=2 ${join(import.meta.dirname, '../../fixtures/programs/drain')}`

let session: SessionOfScripts
let child: ChildProcess | null
beforeEach(() => {
  session = openSession()
  child = null
})
afterEach(() => {
  child?.kill('SIGKILL')
  session.end()
})

test.runIf(existsSync('/proc/self/status'))(
  'whoever follows a script is not woken for each of its lines',
  async () => {
    const reports = join(session.folder, 'reports')
    const program = join(import.meta.dirname, 'drives-one-script.ts')
    const order = JSON.stringify(session.order(LINE_BY_LINE))
    const env = { PATH: process.env.PATH, HOME: session.folder }
    child = spawn(process.execPath, [program, session.stateDir, reports, order], { env, stdio: 'inherit' })
    const { pid = 0 } = child
    const saysAtLeast = (count: number): boolean =>
      existsSync(reports) && readFileSync(reports, 'utf8').split('\n').length > count

    await expect.poll(() => saysAtLeast(1), { timeout: 20_000 }).toBe(true)
    const from = { wakes: wakesOf(pid), atMs: performance.now() }
    await expect.poll(() => saysAtLeast(20), { timeout: 20_000 }).toBe(true)
    const seconds = (performance.now() - from.atMs) / 1000
    // The spool is looked at 50 times a second; a wake for each write would be a thousand.
    expect((wakesOf(pid) - from.wakes) / seconds).toBeLessThan(200)
    await once(child, 'exit')
    expect(readFileSync(reports, 'utf8')).toContain('drained message 9999')
  },
  40_000,
)

/** How often its main thread went to sleep. */
function wakesOf(pid: number): number {
  return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
