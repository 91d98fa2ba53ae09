import { expect, test } from 'vitest'
import { readScript } from '../../src/parser/index.ts'
import { read } from './helpers/parse.ts'

const RUNBOOK = `# Release

## 1. Build

\`\`\`bash
make
\`\`\`

## Troubleshooting

If the build hangs, start the agent anew:

\`\`\`bash
systemctl restart agent
\`\`\`

### The cache is full

Empty it.

## Contacts

| Who | Phone |
| --- | --- |
| DBA | 555-0100 |
`

test('a section on known trouble is in no flow, and is kept as a whole, commands too, for when a step fails', () => {
  const { runbook } = read(RUNBOOK)
  expect(runbook.flows.main).toHaveLength(1)
  expect(runbook.contacts).toEqual([
    {
      title: 'Troubleshooting',
      line: 9,
      lines: [
        'If the build hangs, start the agent anew:',
        '$ systemctl restart agent',
        'The cache is full',
        '  Empty it.',
      ],
    },
    { title: 'Contacts', line: 21, lines: ['Who | Phone', 'DBA | 555-0100'] },
  ])
})

test('a script that is in no runbook is read by the same rules: risk, environment, placeholders, what is unfinished', () => {
  expect(readScript('kubectl -n production delete pod <pod>\n')).toMatchObject({
    environment: 'production',
    interaction: 'none',
    slots: [{ parameter: 'pod', quoting: 'bare' }],
    unfinished: null,
  })
  expect(readScript('ls\n')).toMatchObject({ risk: 'view', slots: [] })
  expect(readScript('rm -rf /srv\n').risk).toBe('danger')
  expect(readScript('deploy ...\n').unfinished).toContain('ellipsis')
  expect(readScript('less /var/log/syslog\n').interaction).toBe('terminal')
  // What its writer wrote is what they chose: neither a literal nor a variable is asked for.
  expect(readScript('deploy v1.2.3 "$ORG"\n').slots).toEqual([])
})
