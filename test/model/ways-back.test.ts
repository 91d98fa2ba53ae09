import { expect, test } from 'vitest'
import { wayBackLabel } from '../../src/model/index.ts'
import { loadAndParse } from '../../src/parser/index.ts'

const BOOK = `# Release

## 1. Staging

\`\`\`bash
make staging
\`\`\`

### Rollback

\`\`\`bash
make staging-back
\`\`\`

## 2. Production

\`\`\`bash
make production
\`\`\`

### Rollback

1. Stop it

   \`\`\`bash
   make stop
   \`\`\`

2. Go back

   \`\`\`bash
   make back
   \`\`\`

## 3. Mail

\`\`\`bash
make mail
\`\`\`

### Undo the mail

\`\`\`bash
make unmail
\`\`\`
`

test('ways back that share a title are told apart by where they begin', async () => {
  const { runbook } = await loadAndParse(Buffer.from(BOOK), 'release.md')
  const labels = runbook.flows.recovery.map(flow => wayBackLabel(runbook, flow))
  expect(labels).toEqual([
    expect.stringMatching(/^Rollback \(1\S*\), 1 step$/),
    expect.stringMatching(/^Rollback \(2\S*\), 2 steps$/),
    'Undo the mail, 1 step',
  ])
})
