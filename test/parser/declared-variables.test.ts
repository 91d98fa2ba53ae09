import { expect, test } from 'vitest'
import { parseRunbook } from '../../src/parser/index.ts'

const body = ['# Release', '', '## 1. Check', '', '```bash', 'pnpm check --url "$DB_URL" --org "$ORG"', '```', ''].join(
  '\n',
)

test('a variable that the front matter declares is asked without a finding; one that nothing declares has one', () => {
  const declared = ['---', 'signoff:', '  values:', '    DB_URL: { secret: true }', '---', '', ''].join('\n')
  const { runbook, diagnostics } = parseRunbook(Buffer.from(declared + body), 'release.md')
  expect(runbook.parameters).toMatchObject([
    { name: 'DB_URL', kind: 'env', secret: true, required: true },
    { name: 'ORG', kind: 'env', required: true },
  ])
  expect(diagnostics.filter(({ code }) => code === 'SO020').map(({ message }) => message)).toEqual([
    expect.stringContaining('$ORG'),
  ])
})
