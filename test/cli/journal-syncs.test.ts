import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

const STEPS = 10
const RUNBOOK = `# Release\n\n## Phase 1: Build\n${'\n```bash\necho one\n```\n'.repeat(STEPS)}`
const canTrace = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0

let world: World
beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK } })
}, 30_000)
afterAll(() => world.remove())

test.skipIf(!canTrace)(
  'a step costs at most four syncs of its journal, as strace counts them',
  { timeout: 90_000 },
  () => {
    const log = join(world.root, 'strace.log')
    const trace = ['-f', '-qq', '-y', '-e', 'trace=fdatasync,fsync', '-o', log]
    const args = ['run', 'release.md', '--release', 'v1']
    const { status, stderr } = spawnSync('strace', [...trace, process.execPath, signoffFile(), ...args], {
      cwd: world.repository.clone,
      env: { ...world.env, SIGNOFF_KEY: world.operator.keyFile },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(status, stderr).toBe(0)
    const syncs = readFileSync(log, 'utf8').match(/f(?:data)?sync\(\d+<[^>]*\/journal\.jsonl>/g) ?? []
    expect(syncs.length).toBeGreaterThanOrEqual(STEPS)
    expect(syncs.length / STEPS).toBeLessThanOrEqual(4)
  },
)
