import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LockHolder, readLock, takeLock } from '../../../src/runner/local/index.ts'

let root: string
let path: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signoff-lock-'))
  path = join(root, 'lock')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const INDEX = join(import.meta.dirname, '../../../src/runner/local/index.ts')

/** A lock as a process would leave it that was killed. */
function leftBehind(change: Partial<LockHolder> = {}): void {
  const code = `import { takeLock } from ${JSON.stringify(INDEX)}; takeLock(process.argv[1], 'kim@example.com')`
  expect(spawnSync(process.execPath, ['--input-type=module-typescript', '-e', code, path]).status).toBe(0)
  const holder = readLock(path)
  if (holder === null) throw new Error('no lock was left')
  writeFileSync(path, JSON.stringify({ ...holder, ...change }))
}

test('other accounts can read the lock where they can see its folder, whatever the umask, and not elsewhere', () => {
  const umask = process.umask(0o077)
  try {
    for (const [folderMode, mode] of [
      [0o700, 0o600],
      [0o755, 0o644],
    ] as const) {
      chmodSync(dirname(path), folderMode)
      const lock = takeLock(path, 'op@example.com')
      expect(statSync(path).mode & 0o777).toBe(mode)
      lock.settle()
      expect(statSync(path).mode & 0o777).toBe(mode)
      lock.release()
    }
  } finally {
    process.umask(umask)
  }
})

test('the second one is told who holds the lock, where and since when', () => {
  const lock = takeLock(path, 'op@example.com')
  const told = new RegExp(`op@example.com.*process ${process.pid} on ${hostname()}.* since \\d{4}-`)
  expect(() => takeLock(path, 'kim@example.com')).toThrow(
    expect.objectContaining({ code: 'LOCKED', message: expect.stringMatching(told) }),
  )
  lock.release()
  expect(existsSync(path)).toBe(false)
  takeLock(path, 'kim@example.com').release()
})

test('the lock of a process that is gone is broken', () => {
  leftBehind()
  takeLock(path, 'op@example.com').release()
})

test('the lock of an earlier boot is broken, even if its process id is taken again', () => {
  leftBehind({ pid: process.pid, bootId: 'another' })
  takeLock(path, 'op@example.com').release()
})

test('a process id that was used again does not hold the lock', () => {
  leftBehind({ pid: process.pid, procStart: '1' })
  takeLock(path, 'op@example.com').release()
})

test('a lock of another host is never broken', () => {
  leftBehind({ host: 'elsewhere.example.com' })
  expect(() => takeLock(path, 'op@example.com')).toThrow(
    expect.objectContaining({ code: 'LOCKED', message: expect.stringContaining('elsewhere') }),
  )
})

test('a lock that is just being written is held; one that was never finished is broken', () => {
  writeFileSync(path, '')
  expect(() => takeLock(path, 'op@example.com')).toThrow(expect.objectContaining({ code: 'LOCKED' }))
  utimesSync(path, new Date(0), new Date(0))
  takeLock(path, 'op@example.com').release()
})

test('releasing leaves the lock of another alone', () => {
  const lock = takeLock(path, 'op@example.com')
  writeFileSync(path, JSON.stringify({ ...lock.holder, procStart: 'another' }))
  lock.release()
  expect(existsSync(path)).toBe(true)
})

test('of many that race for a dead lock exactly one gets it', async () => {
  leftBehind()
  // Whoever gets it holds it until all have been told.
  const code = `import { takeLock } from ${JSON.stringify(INDEX)}
    try { takeLock(process.argv[1], 'x'); console.log('got') } catch (e) { console.log(e.code) }
    process.stdin.on('end', () => process.exit()).resume()`
  const children = Array.from({ length: 5 }, () =>
    spawn(process.execPath, ['--input-type=module-typescript', '-e', code, path]),
  )
  try {
    const said = await Promise.all(children.map(async child => String((await once(child.stdout, 'data'))[0]).trim()))
    expect(said.sort()).toEqual(['LOCKED', 'LOCKED', 'LOCKED', 'LOCKED', 'got'])
  } finally {
    const closed = children.map(child => once(child, 'close'))
    for (const child of children) child.stdin.end()
    await Promise.all(closed)
  }
}, 30_000)

test('a take-over displaces the holder that was seen and no other, with the reason for the one displaced', () => {
  leftBehind({ host: 'elsewhere.example.com' })
  const from = readLock(path)
  if (from === null) throw new Error('no lock was left')
  const lock = takeLock(path, 'op@example.com', { from, reason: 'that host burnt' })
  expect(lock.isHeld()).toBe(true)
  // Of two who saw the same holder the second finds the first.
  expect(() => takeLock(path, 'kim@example.com', { from, reason: 'me too' })).toThrow(
    expect.objectContaining({ code: 'LOCKED', message: expect.stringContaining('op@example.com') }),
  )
  // Nor does anybody take it from one who is in the middle of that.
  const middle = { from: lock.holder, reason: 'it hangs' }
  expect(() => takeLock(path, 'kim@example.com', middle)).toThrow(/just being taken over by op@example\.com/)
  lock.settle()
  const next = takeLock(path, 'kim@example.com', middle)
  // The same process here: only what it took the lock for tells the two apart, as two processes are told by their ids.
  expect(next.holderNow()).toMatchObject({ principal: 'kim@example.com', reason: 'it hangs' })
  rmSync(path)
  expect(next.isHeld()).toBe(true)
  next.release()
})
