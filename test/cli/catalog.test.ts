import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

const CATALOG = `# On-call runbooks

## Restart the queue

1. Restart it:
   \`\`\`bash
   echo queue >> did.txt
   \`\`\`

### Rollback

1. Start the old one:
   \`\`\`bash
   echo old queue >> did.txt
   \`\`\`

## Rotate the logs

1. Rotate them:
   \`\`\`bash
   echo logs >> did.txt
   \`\`\`
`

let world: World
beforeAll(async () => {
  world = await makeWorld({ files: { 'catalog.md': `---\nsignoff:\n  mode: catalog\n---\n\n${CATALOG}` } })
}, 30_000)
afterAll(() => world.remove())

test('a catalog is never walked as a whole: its sections are listed', async () => {
  const result = await world.signoff(['run', 'catalog.md', '--release', 'v1'])
  expect(result.exitCode).toBe(2)
  expect(result.stderr).toContain('Restart the queue')
  expect(result.stderr).toContain('Rotate the logs')
  expect(result.stderr).toContain('--only SECTION')
})

test('a section that is none is said, with those there are', async () => {
  const result = await world.signoff(['run', 'catalog.md', '--release', 'v1', '--only', 'deploy'])
  expect(result.exitCode).toBe(2)
  expect(result.stderr).toContain('"deploy"')
  expect(result.stderr).toContain('Rotate the logs')
})

test('the section that was chosen is walked, and neither its neighbours nor its way back', async () => {
  const plan = JSON.parse((await world.signoff(['plan', 'catalog.md', '--json'])).stdout) as {
    runbook: { mode: string }
    phases: { id: string; title: string }[]
    flows: { main: string[] }
  }
  expect(plan).toMatchObject({ runbook: { mode: 'catalog' }, flows: { main: [] } })
  const section = plan.phases.find(phase => phase.title === 'Restart the queue')?.id ?? ''
  writeFileSync(join(world.repository.clone, 'did.txt'), '')
  const again = await world.signoff(['run', 'catalog.md', '--release', 'v1', '--only', section])
  expect(again.exitCode, again.stderr).toBe(0)
  expect(readFileSync(join(world.repository.clone, 'did.txt'), 'utf8')).toBe('queue\n')
  expect((await world.signoff(['verify', world.transcript('v1').folder])).exitCode).toBe(0)
}, 30_000)
