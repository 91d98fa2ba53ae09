import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { note } from '../../src/cli/commands/note.ts'
import { readArriving } from '../../src/cli/inbox/arriving-file.ts'
import { openInbox } from '../../src/cli/inbox/inbox.ts'
import { NOTE_CHARACTERS, putNote } from '../../src/cli/inbox/inbox-notes.ts'
import type { Io } from '../../src/cli/io.ts'

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
  writeFileSync(join(root, 'run', 'a.note.json'), '"a"\n')
  writeFileSync(join(root, 'elsewhere'), 'b\n')
  symlinkSync(join(root, 'elsewhere'), join(root, 'run', 'b.note.json'))
  execFileSync('mkfifo', [join(root, 'run', 'c.note.json')])
  const taken: unknown[] = []
  await openInbox(root, 'run', line => said.push(line)).sweep(async (...came) => {
    taken.push(came)
    return true
  })
  expect(taken).toEqual([['"a"\n', 'a.note.json', userInfo().username]])
  expect(said.map(line => line.replace(/^.*?\/run\//, ''))).toEqual([
    expect.stringMatching(/^b\.note\.json cannot be read and was left there: ELOOP/),
    'c.note.json cannot be read and was left there: it is no regular file',
  ])
})

test('another file of a name that was left alone is another answer, and is taken', async () => {
  const file = join(root, 'run', 'gate-3.1.abc.approval.json')
  const inbox = openInbox(root, 'run', line => said.push(line))
  const came: string[] = []
  const take = async (text: string): Promise<boolean> => {
    came.push(text)
    return text === '"second"'
  }
  writeFileSync(file, '"first"')
  for (let turn = 0; turn < 3; turn++) await inbox.sweep(take)
  writeFileSync(join(root, 'new'), '"second"')
  renameSync(join(root, 'new'), file)
  for (let turn = 0; turn < 3; turn++) await inbox.sweep(take)
  expect(came).toEqual(['"first"', '"second"'])
  expect(readdirSync(join(root, 'run'))).toEqual([])
})

test('what is still being copied is taken once it is whole, and neither refused nor removed before', async () => {
  const file = join(root, 'run', 'gate-3.1.abc.approval.json')
  const inbox = openInbox(root, 'run', line => said.push(line))
  const came: string[] = []
  const take = async (text: string): Promise<boolean> => came.push(text) > 0
  for (const piece of ['', '{"payload":', '"x"', '}']) {
    appendFileSync(file, piece)
    for (let turn = 0; turn < 2; turn++) await inbox.sweep(take)
  }
  expect(came).toEqual(['{"payload":"x"}'])
  expect(readdirSync(join(root, 'run'))).toEqual([])
  expect(new Set(said)).toEqual(new Set([`signoff: ${file} is no whole answer or note (yet), and was left there`]))
})

test('what takes the place of an answer while that is being recorded is not removed with it', async () => {
  const file = join(root, 'run', 'gate-3.1.abc.approval.json')
  const inbox = openInbox(root, 'run', line => said.push(line))
  writeFileSync(file, '"first"')
  const came: string[] = []
  const take = async (text: string): Promise<boolean> => {
    came.push(text)
    if (text === '"first"') {
      writeFileSync(join(root, 'new'), '"second"')
      renameSync(join(root, 'new'), file)
    }
    return true
  }
  await inbox.sweep(take)
  expect(readFileSync(file, 'utf8')).toBe('"second"')
  await inbox.sweep(take)
  expect(came).toEqual(['"first"', '"second"'])
  expect(existsSync(file)).toBe(false)
})

test('an answer that cannot be judged just now is said once, tried again, and keeps no other waiting', async () => {
  writeFileSync(join(root, 'run', 'a.approval.json'), '"a"')
  writeFileSync(join(root, 'run', 'b.approval.json'), '"b"')
  const inbox = openInbox(root, 'run', line => said.push(line))
  const taken: string[] = []
  let broken = true
  const take = async (text: string): Promise<boolean> => {
    if (broken && text === '"a"') throw new Error('EACCES: allowed_signers')
    return taken.push(text) > 0
  }
  for (let turn = 0; turn < 3; turn++) await inbox.sweep(take)
  expect(taken).toEqual(['"b"'])
  expect(said).toEqual([expect.stringMatching(/a\.approval\.json could not be judged, and is tried again: EACCES/)])
  broken = false
  await inbox.sweep(take)
  expect(taken).toEqual(['"b"', '"a"'])
})

test('a link in the place of the folder leads nowhere: nothing is taken, put, removed or opened there', async () => {
  const victim = join(root, 'victim')
  mkdirSync(victim, { mode: 0o700 })
  writeFileSync(join(victim, 'a.approval.json'), '"a"')
  writeFileSync(join(victim, 'b.note.json'), '"b"')
  symlinkSync(victim, join(root, 'linked'))
  const inbox = openInbox(root, 'linked', line => said.push(line))
  const taken: string[] = []
  for (let turn = 0; turn < 3; turn++) await inbox.sweep(async text => taken.push(text) > 0)
  await expect(inbox.publish('gate-3.1', '{}\n')).rejects.toThrow('links are not followed')
  await expect(putNote(root, 'linked', { version: 1, by: 'kim', text: 'x', atMs: 1 })).rejects.toThrow(
    'links are not followed',
  )
  await inbox.remove()
  expect(taken).toEqual([])
  expect(said).toEqual([expect.stringContaining('nothing is taken from the inbox')])
  expect(statSync(victim).mode & 0o777).toBe(0o700)
  expect(readdirSync(victim).sort()).toEqual(['a.approval.json', 'b.note.json'])
})

test('whoever puts the first note opens the folder to the group, so that the run can put its requests there', async () => {
  const before = process.umask(0o077)
  try {
    await putNote(root, 'noted', { version: 1, by: 'kim', text: 'x', atMs: 1 })
  } finally {
    process.umask(before)
  }
  expect(statSync(join(root, 'noted')).mode & 0o777).toBe(0o770)
})

test('no more is read of a file than it may hold, whatever its size said before', async () => {
  // A regular file of no length, which has some.
  await expect(readArriving('/proc/self/status', 10)).rejects.toThrow('longer than 10 bytes')
  const exact = join(root, 'exact')
  writeFileSync(exact, '0123456789')
  expect((await readArriving(exact, 10)).text).toBe('0123456789')
  await expect(readArriving(exact, 9)).rejects.toThrow('longer than 9 bytes')
})

test('a note that whoever walks the run would not take is refused, and not left to lie there', async () => {
  // It comes to nothing that would need a terminal, a clock or a folder.
  const io = {} as Io
  const long = 'x'.repeat(NOTE_CHARACTERS + 1)
  await expect(note('run', long, { type: 'note' }, io)).rejects.toMatchObject({ code: 'USAGE' })
})
