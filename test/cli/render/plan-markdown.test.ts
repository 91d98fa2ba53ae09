import { expect, test } from 'vitest'
import { planMarkdown } from '../../../src/cli/render/plan-markdown.ts'
import { parseRunbook, toPlan } from '../../../src/parser/index.ts'
import { cleanText } from '../../../src/tui/index.ts'

function markdownOf(text: string): string {
  const { runbook, diagnostics } = parseRunbook(new TextEncoder().encode(text), 'x.md')
  return planMarkdown(toPlan(runbook, diagnostics), cleanText)
}

test('a script keeps its lines, each cleaned of control characters', () => {
  const shown = markdownOf('# A\n\n## 1. B\n\n```bash\necho "a\u001b[1m"\necho b\n```\n')
  expect(shown).toContain('  ```sh\n  echo "a\\x1b[1m"\n  echo b\n  ```\n')
})

test('what a table proposes stands behind the values, escaped, with its line', () => {
  const table = '| Value | Dev | Prod |\n| --- | --- | --- |\n| org | `a_dev` | `a_prod` |\n'
  const shown = markdownOf(`# A\n\n## 1. B\n\n\`\`\`bash\ncurl "https://acme.io/<org>"\n\`\`\`\n\n${table}`)
  expect(shown).toContain('| org | Dev | a\\_dev | 11 |\n| org | Prod | a\\_prod | 11 |\n')
})
