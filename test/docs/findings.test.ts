import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FINDINGS_PAGE } from '../../scripts/write-findings.ts'
import { findingsPage } from '../../src/cli/render/explain.ts'
import { FINDINGS } from '../../src/model/index.ts'

test('docs/findings.md is what `npm run findings` writes', () => {
  expect(readFileSync(FINDINGS_PAGE, 'utf8')).toBe(findingsPage())
})

test('the page has every code, and a link to each from the table', () => {
  const page = findingsPage()
  for (const [code, [, name]] of Object.entries(FINDINGS)) {
    expect(page).toContain(`\n## ${code} ${name}\n`)
    expect(page).toContain(`[${code}](#${code.toLowerCase()}-${name})`)
  }
})
