import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasCommand, makeWorld, type World } from '../helpers/world/index.ts'

const RUNBOOK = `# Migrate

## Phase 1: Data

1. Say where:
   \`\`\`bash
   export TARGET=staging
   \`\`\`
2. Count the rows:
   \`\`\`python
   import os
   print(f"{os.environ['TARGET']}: {6 * 7} rows")
   open("did.txt", "a").write("x")
   \`\`\`
`

let world: World
let config: string
beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK } })
  config = join(world.repository.clone, '.signoff', 'config.yaml')
  mkdirSync(dirname(config), { recursive: true })
}, 30_000)
afterAll(() => world.remove())

const steps = async (): Promise<{ kind: string; risk: string; language: string | null }[]> => {
  const { stdout } = await world.signoff(['plan', 'release.md', '--json'])
  const plan = JSON.parse(stdout) as { phases: { steps: { kind: string; risk: string; language: string | null }[] }[] }
  return plan.phases.flatMap(phase => phase.steps)
}

describe('a block of another language', () => {
  test('is no task without a configuration, and one where it names an interpreter; run and record say which', async () => {
    writeFileSync(config, 'version: 1\n')
    expect((await steps()).filter(({ kind }) => kind === 'task')).toHaveLength(1)
    writeFileSync(config, 'version: 1\ninterpreters: { python: [python3, -u] }\n')
    expect(await steps()).toContainEqual(expect.objectContaining({ kind: 'task', risk: 'change', language: 'python' }))
    if (!hasCommand('python3')) return
    const result = await world.signoff(['run', 'release.md', '--release', 'v1'])
    expect(result.exitCode, result.stderr).toBe(0)
    expect(result.stderr).toContain('staging: 42 rows')
    const started = world.transcript('v1').ofKind('step.start')
    expect(started.map(({ shell }) => shell)).toEqual(['bash', 'python3 -u'])
  }, 30_000)

  test.each([
    ['a shell', 'interpreters: { bash: [bash] }'],
    ['a path that depends on where one stands', 'interpreters: { python: [bin/python] }'],
    ['no command', 'interpreters: { python: [] }'],
    ['no time', 'silence: soon'],
  ])('is refused with its place where the configuration says %s', async (_, line) => {
    writeFileSync(config, `version: 1\n${line}\n`)
    const result = await world.signoff(['plan', 'release.md'])
    expect(result.exitCode).toBe(65)
    expect(result.stderr).toContain('config.yaml:2:')
  })
})
