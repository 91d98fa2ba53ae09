import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
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

test('the second one is told who holds the lock, where and since when', () => {
  const lock = takeLock(path, 'op@example.com')
  expect(statSync(path).mode & 0o777).toBe(0o600)
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
  const code = `import { takeLock } from ${JSON.stringify(INDEX)}
    try { takeLock(process.argv[1], 'x'); console.log('got'); setTimeout(() => {}, 1500) } catch (e) { console.log(e.code) }`
  const said = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code, path])
      let out = ''
      child.stdout.on('data', chunk => {
        out += chunk
      })
      await once(child, 'close')
      return out.trim()
    }),
  )
  expect(said.sort()).toEqual(['LOCKED', 'LOCKED', 'LOCKED', 'LOCKED', 'got'])
})
