import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openInbox } from '../../src/cli/inbox/inbox.ts'

let root: string
let said: string[] = []

beforeEach(() => {
  said = []
  root = mkdtempSync(join(tmpdir(), 'signoff-inbox-'))
  mkdirSync(join(root, 'run'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('an approval that two sweeps see at the same moment is taken once, and its file goes', async () => {
  writeFileSync(join(root, 'run', '3.1.abc.approval.json'), '{}\n')
  const inbox = openInbox(root, 'run', line => said.push(line))
  const taken: string[] = []
  const take = async (text: string): Promise<boolean> => {
    taken.push(text)
    return true
  }
  await Promise.all([inbox.sweep(take), inbox.sweep(take), inbox.sweep(take)])
  expect(taken).toEqual(['{}\n'])
  expect(readdirSync(join(root, 'run'))).toEqual([])
})

test('an approval that could not be recorded stays for whoever resumes the run', async () => {
  const file = join(root, 'run', '3.1.abc.approval.json')
  writeFileSync(file, '{}\n')
  await openInbox(root, 'run', line => said.push(line)).sweep(async () => false)
  expect(existsSync(file)).toBe(true)
  const later: string[] = []
  await openInbox(root, 'run', line => said.push(line)).sweep(async (_, name) => {
    later.push(name)
    return true
  })
  expect(later).toEqual(['3.1.abc.approval.json'])
  expect(existsSync(file)).toBe(false)
})

test('a sweep resolves only when what an earlier one is taking was taken', async () => {
  writeFileSync(join(root, 'run', '3.1.abc.approval.json'), '{}\n')
  const inbox = openInbox(root, 'run', line => said.push(line))
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const order: string[] = []
  const first = inbox.sweep(async () => {
    order.push('first begins')
    return promise.finally(() => order.push('first ends'))
  })
  const second = inbox.sweep(async () => true).then(() => order.push('second ends'))
  setImmediate(() => resolve(true))
  await Promise.all([first, second])
  expect(order).toEqual(['first begins', 'first ends', 'second ends'])
})

test('the group may put its answers beside a request, whatever the umask', async () => {
  const before = process.umask(0o077)
  try {
    const path = await openInbox(root, 'other', line => said.push(line)).publish('gate-3.1', '{}\n')
    expect(statSync(join(root, 'other')).mode & 0o777).toBe(0o770)
    expect(statSync(path).mode & 0o777).toBe(0o640)
  } finally {
    process.umask(before)
  }
})

test('an answer that cannot be read is said once, and left alone', async () => {
  mkdirSync(join(root, 'run', 'gate-3.1.x.approval.json'))
  const inbox = openInbox(root, 'run', line => said.push(line))
  for (let turn = 0; turn < 3; turn++) await inbox.sweep(async () => true)
  expect(said).toHaveLength(1)
  expect(said[0]).toContain('gate-3.1.x.approval.json cannot be read')
})

test('what came says whose account its file is, follows no link and waits for no pipe', async () => {
  writeFileSync(join(root, 'run', 'a.note.json'), 'a\n')
  writeFileSync(join(root, 'elsewhere'), 'b\n')
  symlinkSync(join(root, 'elsewhere'), join(root, 'run', 'b.note.json'))
  execFileSync('mkfifo', [join(root, 'run', 'c.note.json')])
  const taken: unknown[] = []
  await openInbox(root, 'run', line => said.push(line)).sweep(async (...came) => {
    taken.push(came)
    return true
  })
  expect(taken).toEqual([['a\n', 'a.note.json', userInfo().username]])
  expect(said.map(line => line.replace(/^.*?\/run\//, ''))).toEqual([
    expect.stringMatching(/^b\.note\.json cannot be read and was left there: ELOOP/),
    'c.note.json cannot be read and was left there: it is no regular file',
  ])
})
