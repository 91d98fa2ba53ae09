import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSession, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
  mkdirSync(join(session.folder, 'apps/api'), { recursive: true })
  mkdirSync(join(session.folder, 'deep'))
})
afterEach(() => session.end())

const here = () => `${session.folder}\n`

test('a block with a folder starts there, and the next one goes on where the session stood', async () => {
  await session.run('cd deep; name=kept')
  expect((await session.run('pwd; cd /; other=too', { folder: 'apps/api' })).out).toBe(`${session.folder}/apps/api\n`)
  expect((await session.run('pwd; echo "$name $other"')).out).toBe(`${session.folder}/deep\nkept too\n`)
})

test('it is relative to where the session started, not to where it stands', async () => {
  await session.run('cd deep')
  expect((await session.run('pwd', { folder: 'apps' })).out).toBe(`${session.folder}/apps\n`)
  expect((await session.run('pwd', { folder: '/' })).out).toBe('/\n')
})

test('the first block of a session may have one', async () => {
  expect((await session.run('pwd', { folder: 'apps' })).out).toBe(`${session.folder}/apps\n`)
  expect((await session.run('pwd')).out).toBe(here())
})

test('sh starts in the folder too', async () => {
  const { out } = await session.run('pwd', { folder: 'apps', shell: 'sh' })
  expect(out).toBe(`${session.folder}/apps\n`)
})

test('a block that fails or exits in its folder leaves the session where it stood', async () => {
  await session.run('exit 3', { folder: 'apps' })
  expect((await session.run('pwd')).out).toBe(here())
})

test('what is recorded of the start is the folder of the block', () => {
  expect(session.executor.describe(session.order('pwd', { folder: 'apps/api' })).cwd).toBe(`${session.folder}/apps/api`)
  expect(session.executor.describe(session.order('pwd')).cwd).toBe(session.folder)
})

test('a folder that is not there is said before anything of the block runs', async () => {
  const order = session.order('echo ran > ran.txt', { folder: 'apps/web' })
  expect(await session.executor.check(order)).toBe(
    `the folder ${session.folder}/apps/web, where this block starts, is not there`,
  )
  expect(await session.executor.check(session.order('pwd', { folder: 'apps' }))).toBeNull()
})

test('a folder that goes away between the check and the start runs nothing elsewhere', async () => {
  const { exit, out, err } = await session.run('echo ran', { folder: 'apps/web' })
  expect({ exit, out }).toEqual({ exit: 1, out: '' })
  expect(err).toContain(`${session.folder}/apps/web`)
})

test('the folder that a block before left, and that is gone, is said before the next one runs', async () => {
  await session.run('cd deep')
  rmSync(join(session.folder, 'deep'), { recursive: true })
  expect(await session.executor.check(session.order('echo ran'))).toContain(`${session.folder}/deep`)
})
