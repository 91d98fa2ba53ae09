import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

const RUNBOOK = '# Release\n\n## Phase 1: Build\n\n```bash\necho built\n```\n'

let world: World
beforeAll(async () => {
  world = await makeWorld({
    files: { 'release.md': RUNBOOK, '.gitattributes': '*.ipynb filter=strip\n', 'n.ipynb': '{}\n' },
  })
}, 60_000)
afterAll(() => world.remove())

test('a run starts no filter of its repository, records what needs one as changed, and says why', {
  // Many starts of the command: on a busy machine they take their time.
  timeout: 120_000,
}, async () => {
  const { clone } = world.repository
  const marker = join(world.root, 'ran')
  const git = (...args: string[]) => execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', env: world.env })
  git('config', 'filter.strip.clean', `touch ${marker}; tr -d ' '`)
  writeFileSync(join(clone, 'n.ipynb'), '{ }\n')
  git('add', 'n.ipynb')
  rmSync(marker)
  // As unpacked, and not checked out by this git: its index vouches for the file no more.
  utimesSync(join(clone, 'n.ipynb'), 1_000_000_000, 1_000_000_000)
  const walked = await world.signoff(['run', 'release.md', '--release', 'v1'])
  expect(walked, walked.stderr).toMatchObject({ exitCode: 0 })
  expect(walked.stderr).toContain('signoff: recorded as changed: no filter that git names for a file is run')
  expect(walked.stderr).toContain('n.ipynb (strip)')
  const { run } = world.transcript('v1')
  for (const args of [['verify', run], ['doctor', 'release.md'], ['note', run, 'seen'], ['list']])
    expect(await world.signoff(args), args[0]).toMatchObject({ exitCode: 0 })
  expect(existsSync(marker)).toBe(false)
  expect(world.transcript('v1').ofKind('run.start')).toMatchObject([{ git: { dirty: true } }])

  // The person's own git does run it, and so finds out.
  git('status', '--porcelain')
  expect(existsSync(marker)).toBe(true)
  const again = await world.signoff(['run', 'release.md', '--release', 'v2'])
  expect(again.stderr).not.toContain('recorded as changed')
  expect(world.transcript('v2').ofKind('run.start')).toMatchObject([{ git: { dirty: false } }])
  writeFileSync(join(clone, 'n.ipynb'), '[]\n')
  await world.signoff(['run', 'release.md', '--release', 'v3'])
  expect(world.transcript('v3').ofKind('run.start')).toMatchObject([{ git: { dirty: true } }])
})
