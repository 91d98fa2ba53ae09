import { expect, test } from 'vitest'
import { parseRunbook } from '../../src/parser/index.ts'

function contactsOf(text: string) {
  const { runbook } = parseRunbook(new TextEncoder().encode(text), 'x.md')
  return runbook.contacts.map(({ title, lines }) => [title, ...lines])
}

test('a section on contacts, escalation or dependencies is shown at a failure, its order of calls included', () => {
  expect(
    contactsOf(
      [
        '# Deploy',
        '## Emergency contacts',
        '| Role | Primary |\n| --- | --- |\n| DBA | @dba |',
        '## Escalation path',
        'Call in this order:\n\n1. On-call\n2. The platform lead',
        '## Critical service dependencies',
        '- Redis\n- PostgreSQL',
      ].join('\n\n'),
    ),
  ).toEqual([
    ['Emergency contacts', 'Role | Primary', 'DBA | @dba'],
    ['Escalation path', 'Call in this order:', '1. On-call', '2. The platform lead'],
    ['Critical service dependencies', 'Redis', 'PostgreSQL'],
  ])
})

test('an order of calls is no work: its items are no steps', () => {
  const text = '# Deploy\n\n## 1. Build\n\n1. Build it\n\n## Escalation\n\n1. Page the on-call\n2. Page the lead\n'
  const { runbook } = parseRunbook(new TextEncoder().encode(text), 'x.md')
  expect(runbook.flows.main).toHaveLength(1)
})

test('a label leads to contacts, and a table that says who is reached how needs neither heading nor label', () => {
  expect(
    contactsOf(
      [
        '# Deploy',
        '## 1. Deploy',
        '1. Deploy it',
        '**Contacts**: #platform on Slack',
        '## Who does what',
        '| Team | Does | Slack |\n| --- | --- | --- |\n| DBA | schema | #dba |',
      ].join('\n\n'),
    ),
  ).toEqual([
    ['Contacts', '#platform on Slack'],
    ['Who does what', 'Team | Does | Slack', 'DBA | schema | #dba'],
  ])
})

test.each([
  '## Contact the customers\n\n- By mail',
  '## Install dependencies\n\n- node',
  '## Dependencies used in workflows\n\n- bump checkout',
  '## When are you added to the on-call rota?\n\n- Later',
  '## Verify the contacts\n\n- All of them',
  '## Features\n\n| Service | Backup frequency |\n| --- | --- |\n| db | daily |',
  '## Contacts template\n\n- [Name]',
])('what only sounds like it is none: %s', text => {
  expect(contactsOf(`# Page\n\n${text}\n`)).toEqual([])
})
