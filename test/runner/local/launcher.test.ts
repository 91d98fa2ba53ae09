import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inspectClaim, readStatus, readSupervisor } from '../../../src/runner/local/claims/claim.ts'
import { readProcessStart } from '../../../src/runner/local/claims/process-identity.ts'
import { createLauncher, type Launcher } from '../../../src/runner/local/scripts/launcher.ts'
import { inStateFolder, prepareStateFolder } from '../../../src/runner/local/scripts/state-folder.ts'

let folder: string
let launcher: Launcher
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-launcher-'))
  prepareStateFolder(folder, 'this boot')
  launcher = createLauncher(inStateFolder(folder, 'supervisor.bash'), { PATH: process.env.PATH ?? '/usr/bin:/bin' })
})
afterEach(() => {
  launcher.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** A claim, and the words of an order for it. */
function orderFor(
  name: string,
  command: string,
  makeStatus = (path: string) => writeFileSync(path, `${' '.repeat(2047)}\n`),
) {
  const claim = join(folder, 'claims', name)
  mkdirSync(claim)
  makeStatus(join(claim, 'status'))
  return { claim, words: [claim, '', '5', '1000000', '22', '', '1', 'SECRET=hunter2', 'bash', '-c', command] }
}

/** A script that waits for a file. It ends with the folder as well, so that a test that fails leaves nothing behind. */
const untilGo = (): string => `until [[ -e ${folder}/go || ! -d ${folder} ]]; do sleep 0.02; done`

/** Empty for one that was closed since it was listed. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** What a process has open of any claim; null for one that has gone. */
function heldOf(pid: number | undefined): string[] | null {
  try {
    const files = readdirSync(`/proc/${pid}/fd`).map(fd => linkOf(`/proc/${pid}/fd/${fd}`))
    return files.filter(path => path.includes('claims'))
  } catch {
    return null
  }
}

/** A busy machine may take its time. */
const BUSY = { timeout: 10_000 }

const childrenOf = (pid: number | undefined): number[] =>
  (readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? []).map(Number)

/** Has a script read, and gives the launcher and the two copiers that it then has wait for that script. */
async function waitingCopiers(): Promise<{ readonly pid: number; readonly copiers: readonly number[] }> {
  const { claim, words } = orderFor('before', 'true')
  // One that was killed is found out by its silence: it has not taken the order then.
  await expect.poll(() => launcher.start(words), BUSY).toBe(true)
  await expect.poll(() => hasEnded(claim), BUSY).toBe(true)
  const pid = readSupervisor(claim)?.pid ?? 0
  await expect.poll(() => childrenOf(pid), BUSY).toEqual([])
  writeFileSync(join(folder, 'text'), 'set -n\n:\n')
  expect(await launcher.check(join(folder, 'text'))).toBe(0)
  // Those of the script before had gone; what reads a script ends before it is answered.
  await expect.poll(() => childrenOf(pid).map(heldOf), BUSY).toEqual([[], []])
  return { pid, copiers: childrenOf(pid) }
}

const hasEnded = (claim: string): boolean => readStatus(claim).ending !== null
/** One that has ended and that its new parent has not asked about is not there. */
const isThere = (pid: number | undefined): boolean => readProcessStart(pid ?? 0) !== null

test('one bash supervises script after script, and tells of each how it ended', async () => {
  const ends = []
  const supervisors = new Set<number | undefined>()
  for (const [index, command] of [
    'exit 3',
    'kill -TERM $$',
    'exit 143',
    'kill -PIPE $$',
    'kill -KILL $$',
    'exit 141',
  ].entries()) {
    const { claim, words } = orderFor(`order-${index}`, command)
    expect(await launcher.start(words)).toBe(true)
    await expect.poll(() => hasEnded(claim)).toBe(true)
    const { code, signalled } = readStatus(claim).ending ?? {}
    ends.push([code, signalled])
    supervisors.add(readSupervisor(claim)?.pid)
  }
  expect(ends).toEqual([
    [3, false],
    [143, true],
    [143, false],
    [141, true],
    [137, true],
    [141, false],
  ])
  // A busy machine may take its time to say that it is free.
  expect(supervisors.size).toBeLessThan(ends.length)
})

test('what comes while a script runs is answered by another one, and a script by itself is no reason for one', async () => {
  writeFileSync(join(folder, 'text'), 'set -n\nfi\n')
  const { claim, words } = orderFor('long', untilGo())
  const other = orderFor('short', 'exit 5')
  expect(await launcher.start(words)).toBe(true)
  expect(await launcher.check(join(folder, 'text'))).toBe(2)
  expect(await launcher.start(other.words)).toBe(true)
  await expect.poll(() => hasEnded(other.claim)).toBe(true)
  expect(hasEnded(claim)).toBe(false)
  expect(readSupervisor(other.claim)?.pid).not.toBe(readSupervisor(claim)?.pid)
  writeFileSync(join(folder, 'go'), '')
  await expect.poll(() => hasEnded(claim)).toBe(true)
})

test('a script that is over leaves nothing of it with its supervisor: no secret, no descriptor, no process', async () => {
  const { claim, words } = orderFor('first', 'echo out; echo err >&2')
  await launcher.start(words)
  await expect.poll(() => readStatus(claim).closed.size).toBe(2)
  const { claim: next, words: more } = orderFor(
    'second',
    'env; ls -l /proc/self/fd | sed -n "s/.*[0-9] \\([0-9]* ->\\)/\\1/p"',
  )
  await launcher.start(more.filter(word => !word.includes('hunter2')).map(word => (word === '1' ? '0' : word)))
  await expect.poll(() => readStatus(next).closed.size).toBe(2)
  const said = readFileSync(join(next, 'out'), 'utf8')
  expect(said).not.toContain('hunter2')
  expect(said.match(/^\d+ ->/gm)).toEqual(['0 ->', '1 ->', '2 ->', '3 ->'])
  // Its copiers say that a stream is closed, and end; a busy machine may take its time for it.
  const pid = readSupervisor(claim)?.pid
  await expect.poll(() => heldOf(pid)).toEqual([])
  await expect.poll(() => childrenOf(pid)).toEqual([])
})

test('copiers that somebody killed while they waited are made anew: no output is lost, and no script is ended by it', async () => {
  const { pid, copiers } = await waitingCopiers()
  for (const copier of copiers) process.kill(copier, 'SIGKILL')
  await expect.poll(() => copiers.filter(isThere), BUSY).toEqual([])
  const { claim, words } = orderFor('next', 'echo out; echo err >&2; exit 4')
  await launcher.start(words)
  await expect.poll(() => readStatus(claim).closed.size, BUSY).toBe(2)
  await expect.poll(() => readStatus(claim).ending?.code, BUSY).toBe(4)
  expect(readSupervisor(claim)?.pid).toBe(pid)
  expect(['out', 'err'].map(fd => readFileSync(join(claim, fd), 'utf8'))).toEqual(['out\n', 'err\n'])
})

test('copiers that wait end with their launcher, be it that Signoff has gone or that it was killed', async () => {
  const first = await waitingCopiers()
  process.kill(first.pid, 'SIGKILL')
  await expect.poll(() => [first.pid, ...first.copiers].filter(isThere), BUSY).toEqual([])
  rmSync(join(folder, 'claims', 'before'), { recursive: true })
  const second = await waitingCopiers()
  launcher.close()
  await expect.poll(() => [second.pid, ...second.copiers].filter(isThere), BUSY).toEqual([])
})

test('it ends once Signoff has gone and its script has ended, not before', async () => {
  const { claim, words } = orderFor('long', `${untilGo()}; exit 7`)
  await launcher.start(words)
  await expect.poll(() => readStatus(claim).block).not.toBeNull()
  launcher.close()
  const pid = readSupervisor(claim)?.pid
  expect(isThere(pid)).toBe(true)
  writeFileSync(join(folder, 'go'), '')
  await expect.poll(() => hasEnded(claim)).toBe(true)
  expect(readStatus(claim).ending?.code).toBe(7)
  await expect.poll(() => isThere(pid)).toBe(false)
})

test('an order that is cut at any byte runs nothing, and its claim counts as never taken', async () => {
  const ran = join(folder, 'ran')
  mkdirSync(ran)
  /** Says so many bytes of an order, as a Signoff that is killed meanwhile; its claim, once nobody holds the wire. */
  const cutAt = async (bytes?: number) => {
    // Without its end the last word would be another command, and the one before it another option.
    const { claim, words } = orderFor('cut', `touch ${ran}/it`)
    const order = Buffer.from(['run', String(words.length), ...words, ''].map(word => `${word}\0`).join(''))
    const bash = spawn('bash', ['-p', inStateFolder(folder, 'supervisor.bash')], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    const wire = bash.stdio[3] as unknown as Socket // made as a pipe: a socket, which goes both ways
    wire.on('error', () => undefined).resume()
    const closed = once(wire, 'close')
    wire.end(order.subarray(0, bytes))
    await closed
    return { claim, length: order.length }
  }
  const whole = await cutAt()
  expect(readStatus(whole.claim).ending).toMatchObject({ code: 0 })
  expect(readdirSync(ran)).toEqual(['it'])
  rmSync(join(ran, 'it'))
  rmSync(whole.claim, { recursive: true })
  for (let bytes = 0; bytes < whole.length; bytes++) {
    const { claim } = await cutAt(bytes)
    // This takes away a claim that nobody has taken.
    expect(inspectClaim(claim, { bootId: '', machineId: '' }), `${bytes} bytes`).toEqual({ kind: 'absent' })
  }
  expect(readdirSync(ran)).toEqual([])
})

test('it ends where it cannot write how its script ended, so that nobody waits for that', async () => {
  const { claim, words } = orderFor('unwritable', 'exit 1', path => symlinkSync('/dev/full', path))
  await launcher.start(words)
  await expect.poll(() => readSupervisor(claim)).not.toBeNull()
  const pid = readSupervisor(claim)?.pid
  await expect.poll(() => isThere(pid)).toBe(false)
  expect(await launcher.start(orderFor('next', 'true').words)).toBe(true)
})
