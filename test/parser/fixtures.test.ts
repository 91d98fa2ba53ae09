import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Diagnostic, FINDINGS, PlanSchema } from '../../src/model/index.ts'
import { parseRunbook, toPlan } from '../../src/parser/index.ts'

// One folder a construct: in.md, plan.json, findings.txt. A missing expectation fails.
// `UPDATE_FIXTURES=1 npx vitest run --project unit test/parser/fixtures.test.ts` writes them anew; read the diff.
const FOLDER = new URL('../fixtures/parser/', import.meta.url)
const UPDATES = process.env.UPDATE_FIXTURES === '1'

test('each finding has a fixture that shows where it is and what it says', () => {
  const shown = readdirSync(FOLDER, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => readFileSync(new URL(`${entry.name}/findings.txt`, FOLDER), 'utf8'))
    .join('')
  expect(Object.keys(FINDINGS).filter(code => !shown.includes(` ${code} `))).toEqual([])
})

describe('a construct of Markdown becomes its plan and its findings', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter(entry => entry.isDirectory())
  for (const name of folders.map(entry => entry.name).toSorted())
    test(name.replaceAll('-', ' '), () => {
      const folder = new URL(`${name}/`, FOLDER)
      const { runbook, diagnostics } = parseRunbook(readFileSync(new URL('in.md', folder)), 'in.md')
      const { findings: _, ...plan } = PlanSchema.parse(toPlan(runbook, diagnostics))
      const found = {
        'plan.json': `${JSON.stringify(plan, null, 1)}\n`,
        'findings.txt': diagnostics.map(toLine).join(''),
      }
      for (const [file, text] of Object.entries(found)) {
        const path = new URL(file, folder)
        if (UPDATES) writeFileSync(path, text)
        expect(existsSync(path), `${name}/${file} is missing`).toBe(true)
        expect(text).toBe(readFileSync(path, 'utf8'))
      }
    })
})

function toLine({ line, column, level, code, message }: Diagnostic): string {
  return `${line}:${column}: ${level}: ${code} ${message}\n`
}
