import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBeOthers, makeSharedWorld, type SharedWorld } from '../helpers/two-accounts.ts'

const RUNBOOK = `# Release

## Phase 1: Decide

**Decision**: GO / NO-GO

**Approvers**: Release Manager

## Phase 2: Deploy

\`\`\`bash
echo flipped
\`\`\`
`

describe.skipIf(!canBeOthers())('a gate between two accounts (as root alone: only root can be both)', () => {
  let world: SharedWorld
  beforeAll(async () => {
    world = await makeSharedWorld({
      'release.md': RUNBOOK,
      '.signoff/config.yaml': 'roles: { Release Manager: [second@localhost] }\n',
    })
  }, 60_000)
  afterAll(() => world.remove())

  test('the other signs without the journal, is told what could not be looked up, and the run takes it', {
    timeout: 60_000,
  }, async () => {
    const { first, second } = world
    const stopped = await first.signoff(['run', 'release.md', '--release', 'v1'])
    expect(stopped, stopped.stderr).toMatchObject({ exitCode: 20 })
    const journal = join(world.folderOf('v1'), 'journal.jsonl')
    expect(statSync(journal).mode & 0o777).toBe(0o600)
    const [run = ''] = readdirSync(world.at('.signoff/inbox'))
    const operator = await first.signoff(['approve', run, '--go'])
    expect(operator, operator.stderr).toMatchObject({ exitCode: 6 })
    const signed = await second.signoff(['approve', run, '--go'])
    expect(signed, signed.stderr).toMatchObject({ exitCode: 0 })
    expect(signed.stderr).toMatch(
      /Not looked up here: whether the request still stands; .*journal\.jsonl: it may not be read by this user/,
    )
    const again = await second.signoff(['approve', run, '--go'])
    expect(again, again.stderr).toMatchObject({ exitCode: 6 })
    const resumed = await first.signoff(['resume', run])
    expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
    expect(readFileSync(journal, 'utf8')).toContain('"decision":"go","principal":"second@localhost"')
  })
})
