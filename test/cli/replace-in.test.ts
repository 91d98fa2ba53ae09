import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addIn, replaceIn } from '../../src/cli/inbox/replace-in.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-replace-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a file is replaced whole, readable for its group and written by nobody else, and nothing else is left', async () => {
  const path = join(folder, 'answer.json')
  writeFileSync(path, 'before')
  const umask = process.umask(0o077)
  try {
    await replaceIn(path, 'after')
  } finally {
    process.umask(umask)
  }
  expect(readFileSync(path, 'utf8')).toBe('after')
  expect(statSync(path).mode & 0o777).toBe(0o640)
  expect(readdirSync(folder)).toEqual(['answer.json'])
})

test('a link that somebody has put there, under the name or under one that was used for it once, is not followed', async () => {
  const victim = join(folder, 'victim')
  const path = join(folder, 'answer.json')
  writeFileSync(victim, 'precious')
  symlinkSync(victim, path)
  symlinkSync(victim, `${path}.new`)
  await replaceIn(path, 'after')
  expect(readFileSync(victim, 'utf8')).toBe('precious')
  expect(readFileSync(path, 'utf8')).toBe('after')
})

test.skipIf(process.getuid?.() === 0)('where nothing can be written nothing is left', async () => {
  chmodSync(folder, 0o500)
  await expect(replaceIn(join(folder, 'answer.json'), 'after')).rejects.toMatchObject({ code: 'EACCES' })
  chmodSync(folder, 0o700)
  expect(readdirSync(folder)).toEqual([])
})

test('a file is added in the place of nothing alone: what lies there, be it a dangling link, stays and nothing else is left', async () => {
  const path = join(folder, 'answer.json')
  await addIn(path, 'first')
  await expect(addIn(path, 'second')).rejects.toMatchObject({ code: 'EEXIST' })
  const dangling = join(folder, 'dangling.json')
  symlinkSync(join(folder, 'nowhere'), dangling)
  await expect(addIn(dangling, 'second')).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readFileSync(path, 'utf8')).toBe('first')
  expect(statSync(path)).toMatchObject({ nlink: 1 })
  expect(statSync(path).mode & 0o777).toBe(0o640)
  expect(readdirSync(folder).sort()).toEqual(['answer.json', 'dangling.json'])
})

test('of many who add a file of one name at the same moment one does', async () => {
  const path = join(folder, 'answer.json')
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => addIn(path, `text ${index}`)))
  const added = all.findIndex(({ status }) => status === 'fulfilled')
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(readFileSync(path, 'utf8')).toBe(`text ${added}`)
  expect(readdirSync(folder)).toEqual(['answer.json'])
})
