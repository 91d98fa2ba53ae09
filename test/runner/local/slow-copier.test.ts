import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSession, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

/** The processes that copy what a script has begun to say into its spools, found by the session that the script tells of itself. */
function copiersOf(sessionId: string): number[] {
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return stat.includes('(dd)') && words[3] === sessionId ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

/** The one that is started at the first byte: a busy machine may take its time. */
async function copierOf(sessionId: string): Promise<number[]> {
  await expect.poll(() => copiersOf(sessionId), { timeout: 10_000 }).toHaveLength(1)
  return copiersOf(sessionId)
}

/** What of the script that runs is in its spool: it has a claim of its own until it is forgotten. */
function spooled(): string {
  const claims = join(session.stateDir, 'claims')
  return readdirSync(claims)
    .map(name => join(claims, name, 'out'))
    .filter(path => existsSync(path))
    .map(path => readFileSync(path, 'utf8'))
    .join('')
}

// A machine under load does this to everybody: what was written has not been copied yet when the script has ended.
test.skipIf(process.platform !== 'linux')(
  'output that is still on its way when the script has ended is not lost',
  async () => {
    const script =
      'echo first; cut -d" " -f6 /proc/$$/stat > session.tmp && mv session.tmp session; until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.02; done; echo kept'
    const running = session.run(script)
    const file = join(session.folder, 'session')
    for (let tries = 0; tries < 500 && !existsSync(file); tries++) await sleep(10)
    const copiers = await copierOf(readFileSync(file, 'utf8').trim())
    for (const pid of copiers) process.kill(pid, 'SIGSTOP')
    try {
      writeFileSync(join(session.folder, 'go'), '')
      await sleep(900)
    } finally {
      for (const pid of copiers) process.kill(pid, 'SIGCONT')
    }
    expect(await running).toMatchObject({ out: 'first\nkept\n', exit: 0 })
  },
)

test.skipIf(process.platform !== 'linux')(
  'a copier that is killed costs output, which is counted, and neither the script nor its end',
  async () => {
    const script =
      'echo first; cut -d" " -f6 /proc/$$/stat > session.tmp && mv session.tmp session; until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.02; done; head -c 300000 /dev/zero; echo err >&2; exit 5'
    const running = session.run(script)
    const file = join(session.folder, 'session')
    for (let tries = 0; tries < 500 && !existsSync(file); tries++) await sleep(10)
    const copiers = await copierOf(readFileSync(file, 'utf8').trim())
    await expect.poll(() => spooled(), { timeout: 10_000 }).toBe('first\n')
    for (const pid of copiers) process.kill(pid, 'SIGKILL')
    writeFileSync(join(session.folder, 'go'), '')
    const result = await running
    expect(result).toMatchObject({ out: 'first\n', err: 'err\n', outcome: 'exited', exit: 5 })
    expect(result.ended.end.streams).toMatchObject([
      { fd: 'out', bytes: 6, lost: 300_000 },
      { fd: 'err', lost: 0 },
    ])
  },
)
