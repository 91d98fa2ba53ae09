import fc from 'fast-check'
import { expect, test } from 'vitest'
import { read } from './helpers/parse.ts'

const MARKS = [
  '=== "A"',
  '    === "B"',
  '===! "C"',
  '::: zone pivot="a"',
  '::: zone-end',
  '   ::: zone pivot="b"',
  ':::',
  '::: code-group',
  ':::note',
  '<Tabs>',
  '</Tabs>',
  '<TabItem value="x" label="X">',
  '</TabItem>',
  '{{< tab "y" >}}',
  '{{< /tab >}}',
  '::Tabs',
  ':::TabTitle z',
  '::EndTabs',
  '## [T](#tab/t)',
  '---',
  '## Next',
  '1. item',
  '> quote',
  '**Rollback**',
  'text',
  '',
]

const line = fc.constantFrom(...MARKS)
const block = fc
  .constantFrom('', '   ', '    ', '        ')
  .map(indent => `\n${indent}\`\`\`bash\n${indent}make it\n${indent}\`\`\`\n`)
const page = fc.array(fc.oneof(line, line, block), { maxLength: 25 }).map(parts => `# Release\n\n${parts.join('\n')}\n`)

test('however marks of tabs stand around blocks, each block is a step or a finding, and each script is a line of the file', () => {
  fc.assert(
    fc.property(page, text => {
      const { steps, diagnostics } = read(text)
      const rows = text.split('\n').map(row => row.trim())
      for (const step of steps) {
        expect(step.line).toBeLessThanOrEqual(step.endLine)
        expect(step.endLine).toBeLessThanOrEqual(rows.length)
        for (const row of step.script?.split('\n') ?? []) expect(rows).toContain(row.trim())
      }
      const holds = (said: string | null) => said?.includes('make it') === true
      const isSomething =
        steps.some(step => [step.script, step.offer, step.original].some(holds)) || diagnostics.length > 0
      expect(isSomething || !text.includes('make it')).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('areas that are never ended, and nested beyond all measure, are read and run nothing', () => {
  const { runbook, findings, steps } = read(
    `# Release\n\n${'::: zone pivot="a"\n\n'.repeat(500)}\`\`\`bash\nmake it\n\`\`\`\n`,
  )
  expect(runbook.title).toBe('Release')
  expect(findings.some(found => found.startsWith('SO025'))).toBe(true)
  expect(steps.map(step => [step.kind, step.script])).toEqual([['manual', null]])
})

test('a session that one tab opens is none for the tab beside it, and is one for what follows them', () => {
  const { steps } = read(`# Release

## 1. Look

=== "There"

    \`\`\`bash
    ssh host
    \`\`\`

=== "Here"

    \`\`\`bash
    df -h
    \`\`\`

\`\`\`bash
uptime
\`\`\`
`)
  expect(steps.map(step => [step.title, step.kind, step.interaction])).toEqual([
    ['There or Here', 'choice', 'none'],
    ['Look', 'manual', 'terminal'],
    ['Look', 'task', 'none'],
    ['Look', 'manual', 'remote'],
  ])
})
