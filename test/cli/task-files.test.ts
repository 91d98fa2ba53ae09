import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

const XC = `# Payments

## Tasks

### check

\`\`\`
echo check >> did.txt
\`\`\`

### build

Requires: check

\`\`\`
echo build >> did.txt
\`\`\`

### ship

Inputs: TARGET
Requires: build, check

\`\`\`
echo "ship to $TARGET" >> did.txt
\`\`\`

### all

Requires: check

## Notes

Nothing to do here.
`
const MASK = `# Tasks

## greet (who) [mood]

**OPTIONS**
* loud
    * flags: -l --loud
    * desc: Shout

~~~bash
echo "$who:$mood:\${loud:-quiet}:$verbose" >> did.txt
~~~
`

let world: World
beforeAll(async () => {
  world = await makeWorld({ files: { 'tasks.md': XC, 'maskfile.md': MASK } })
}, 30_000)
afterAll(() => world.remove())
beforeEach(() => rmSync(did(), { force: true }))

function did(): string {
  return join(world.repository.clone, 'did.txt')
}

test('a task that requires others is not walked alone: they come first, each once, and it is said', async () => {
  const { exitCode, stderr } = await run('tasks.md', 'v1', 'ship', '--set', 'TARGET=eu')
  expect(exitCode, stderr).toBe(0)
  expect(stderr).toMatch(/ship requires [\d.]+ check: its steps come first[\s\S]*ship requires [\d.]+ build/)
  expect(readFileSync(did(), 'utf8')).toBe('check\nbuild\nship to eu\n')
}, 30_000)

test('a declared input that nobody gave is missing before anything runs, that of a required task included', async () => {
  const { exitCode, stderr } = await run('tasks.md', 'v2', 'ship')
  expect(exitCode).toBe(20)
  expect(stderr).toContain('TARGET, for')
  expect(existsSync(did())).toBe(false)
}, 30_000)

test('a task may be nothing but what it requires', async () => {
  const { exitCode, stderr } = await run('tasks.md', 'v3', 'all')
  expect(exitCode, stderr).toBe(0)
  expect(readFileSync(did(), 'utf8')).toBe('check\n')
}, 30_000)

test('an argument of mask must be given, what is optional stays empty', async () => {
  expect((await run('maskfile.md', 'v4', 'greet-who-mood')).exitCode).toBe(20)
  const { exitCode, stderr } = await run('maskfile.md', 'v5', 'greet-who-mood', '--set', 'who=Kim')
  expect(exitCode, stderr).toBe(0)
  expect(readFileSync(did(), 'utf8')).toBe('Kim::quiet:\n')
}, 30_000)

function run(file: string, release: string, only: string, ...more: string[]) {
  return world.signoff(['run', file, '--release', release, '--only', only, ...more])
}
