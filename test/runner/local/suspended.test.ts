import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScriptOrder, ScriptReport } from '../../../src/runner/ports.ts'
import { bytesOf, openSession, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

/** A script that goes on when `go` is there, run by a process of its own. */
interface Running {
  readonly signoff: ChildProcess
  readonly supervisor: number
  readonly block: number
  go(): void
  reports(): ScriptReport[]
}

async function running(order: ScriptOrder): Promise<Running> {
  const file = join(session.folder, 'reports')
  const program = join(import.meta.dirname, 'drives-one-script.ts')
  const env = { PATH: process.env.PATH, HOME: session.folder }
  const args = [program, session.stateDir, file, JSON.stringify(order)]
  const signoff = spawn(process.execPath, args, { env, stdio: 'inherit' })
  const reports = (): ScriptReport[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .slice(0, -1)
          .map(line => JSON.parse(line))
      : []
  await expect.poll(() => bytesOf(reports(), 'out').toString(), { timeout: 10_000 }).toBe('one\n')
  const [claim = ''] = readdirSync(join(session.stateDir, 'claims'))
  const read = (name: string): string => readFileSync(join(session.stateDir, 'claims', claim, name), 'utf8')
  return {
    signoff,
    supervisor: Number(read('started').split('\n')[0]),
    block: Number(/^block (\d+)/m.exec(read('status'))?.[1]),
    go: () => writeFileSync(join(session.folder, 'go'), ''),
    reports,
  }
}

const SCRIPT = 'echo one; until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.02; done; echo two; touch done; exit 3'
const hasEnded = () => existsSync(join(session.folder, 'done'))

/** What must stand in the end, whoever was suspended on the way. */
async function expectTrueEnd({ signoff, reports }: Running): Promise<void> {
  if (signoff.exitCode === null) await once(signoff, 'exit')
  expect(bytesOf(reports(), 'out').toString()).toBe('one\ntwo\n')
  expect(reports().at(-1)).toMatchObject({ kind: 'ended', outcome: 'exited', exit: 3, signal: null })
}

/** Seconds of a processor that a process has used. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(words[11]) + Number(words[12])) / 100
}

describe('suspended and woken again', () => {
  test('Signoff finds what a script did meanwhile', async () => {
    const script = await running(session.order(SCRIPT))
    script.signoff.kill('SIGSTOP')
    script.go()
    await expect.poll(hasEnded).toBe(true)
    expect(script.reports().some(({ kind }) => kind === 'ended')).toBe(false)
    script.signoff.kill('SIGCONT')
    await expectTrueEnd(script)
  })

  test('a supervisor tells the end of its script when it is awake, and until then nothing is said of it', async () => {
    const script = await running(session.order(SCRIPT))
    process.kill(script.supervisor, 'SIGSTOP')
    script.go()
    await expect.poll(hasEnded).toBe(true)
    // Longer than a dead supervisor would stay unnoticed.
    await new Promise(resolve => setTimeout(resolve, 600))
    expect(script.reports().some(({ kind }) => kind === 'ended')).toBe(false)
    process.kill(script.supervisor, 'SIGCONT')
    await expectTrueEnd(script)
  })

  test('a script goes on, and its supervisor does not work meanwhile', async () => {
    const script = await running(session.order(SCRIPT))
    process.kill(-script.block, 'SIGSTOP')
    const before = cpuOf(script.supervisor)
    await new Promise(resolve => setTimeout(resolve, 1000))
    expect(cpuOf(script.supervisor) - before).toBeLessThan(0.1)
    script.go()
    process.kill(-script.block, 'SIGCONT')
    await expectTrueEnd(script)
  })

  test('all of them go on', async () => {
    const script = await running(session.order(SCRIPT))
    script.signoff.kill('SIGSTOP')
    process.kill(script.supervisor, 'SIGSTOP')
    process.kill(-script.block, 'SIGSTOP')
    script.go()
    process.kill(-script.block, 'SIGCONT')
    await expect.poll(hasEnded).toBe(true)
    script.signoff.kill('SIGCONT')
    process.kill(script.supervisor, 'SIGCONT')
    await expectTrueEnd(script)
  })

  test('a time limit that passed meanwhile ends the script at once', async () => {
    const script = await running(session.order('echo one; sleep 600', { timeoutMs: 1500 }))
    script.signoff.kill('SIGSTOP')
    process.kill(script.supervisor, 'SIGSTOP')
    await new Promise(resolve => setTimeout(resolve, 1600))
    script.signoff.kill('SIGCONT')
    process.kill(script.supervisor, 'SIGCONT')
    await once(script.signoff, 'exit')
    expect(script.reports().at(-1)).toMatchObject({ kind: 'ended', outcome: 'timed-out' })
  })
})
