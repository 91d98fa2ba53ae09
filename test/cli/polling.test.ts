import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 })

const RUNBOOK = `# Release

## Phase 1: Start

1. Run \`grep -q up state.txt\` every second until it is up, for up to 20 seconds

2. Say it:
   \`\`\`bash
   echo said
   \`\`\`
`
let world: World
const at = (name: string): string => join(world.repository.clone, name)
beforeEach(async () => {
  world = await makeWorld({ files: { 'poll.md': RUNBOOK, 'state.txt': 'down\n' } })
})
afterEach(async () => {
  expect(await world.processesLeft()).toEqual([])
  await world.remove()
})

test('a poll without a time is repeated until it passes, and told once for each result', async () => {
  const running = world.signoff(['run', 'poll.md', '--release', 'v1'])
  for (const deadline = Date.now() + 30_000; polls().length < 3; await sleep(50))
    if (Date.now() > deadline) throw new Error('it does not poll')
  writeFileSync(at('state.txt'), 'up\n')
  const run = await running
  expect(run, run.stderr).toMatchObject({ exitCode: 0 })
  expect(run.stderr.match(/Check of 1\.1 failed, exit 1,/g), run.stderr).toHaveLength(1)
  expect(run.stderr.match(/Check of 1\.1 passed/g)).toHaveLength(1)
  expect(run.stderr).toContain('Step 1.1: the wait is over.')
  const ends = world.transcript('v1').ofKind('step.end')
  expect(ends.slice(0, -2).map(({ result }) => result)).not.toContain('passed')
  expect(ends.slice(-2).map(({ step, result }) => [step, result])).toEqual([
    [expect.stringContaining('grep'), 'passed'],
    ['start-say-it', 'passed'],
  ])
  const verified = await world.signoff(['verify', world.transcript('v1').run])
  expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })

  /** The journal appears, and grows, while this looks. */
  function polls(): unknown[] {
    try {
      return world.transcript('v1').ofKind('step.end')
    } catch {
      return []
    }
  }
})

test('one that does not pass within the time that the runbook names fails the wait, and a person decides', async () => {
  writeFileSync(at('poll.md'), RUNBOOK.replace('20 seconds', '2 seconds'))
  const run = await world.signoff(['run', 'poll.md', '--release', 'v1'])
  expect(run, run.stderr).toMatchObject({ exitCode: 1 })
  expect(world.transcript('v1').ofKind('wait.end')).toMatchObject([{ how: 'cancelled' }])
  const ends = run.stderr.split('\n').filter(line => line.startsWith('Check of 1.1'))
  expect(ends.length).toBeLessThanOrEqual(2)
  writeFileSync(at('state.txt'), 'up\n')
  const resumed = await world.signoff(['resume', '--retry', '1.1', '--reason', 'it is up now'])
  expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
})
