import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

const RUNBOOK = `# Release

## 1. Deploy

\`\`\`bash
exit 3
\`\`\`

## Contacts

| Role | Primary |
| --- | --- |
| DBA | @dba |
`

let world: World
beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK } })
}, 30_000)
afterAll(() => world.remove())

test('where a run that nobody attends fails, whom to call is said with it', async () => {
  const result = await world.signoff(['run', 'release.md', '--release', 'v1'])
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toMatch(
    /Why: 1\.1 failed[\s\S]*Contacts \(release\.md:9\):\n {2}Role \| Primary\n {2}DBA \| @dba\n/,
  )
}, 30_000)
