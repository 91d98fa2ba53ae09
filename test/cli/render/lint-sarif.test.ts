import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import Ajv from 'ajv-draft-04'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { type LintReport, named, toLintReport } from '../../../src/cli/render/lint-report.ts'
import { lintSarif } from '../../../src/cli/render/lint-sarif.ts'
import { diagnostic, FINDINGS, type FindingCode } from '../../../src/model/index.ts'

const codes = Object.keys(FINDINGS) as FindingCode[]
const report: LintReport = toLintReport([
  {
    path: 'docs/à b/release#1.md',
    sha256: 'a'.repeat(64),
    unreadable: null,
    findings: codes.map((code, index) =>
      named(diagnostic(code, { line: index + 1, column: 3 }, 'what is wrong', 'mend it')),
    ),
  },
  { path: '/nowhere.md', sha256: null, unreadable: '/nowhere.md: no such file', findings: [] },
])

/** The official schema of OASIS, as Microsoft's SARIF SDK carries it. */
function officialSchema(): object {
  const file = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')
  return JSON.parse(readFileSync(file, 'utf8'))
}

function validator() {
  const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false })
  addFormats.default(ajv as never)
  return ajv.compile(officialSchema())
}

describe('the SARIF log', () => {
  test('is valid by the official schema, with every code in it', () => {
    const validate = validator()
    const valid = validate(JSON.parse(JSON.stringify(lintSarif(report))))
    expect(validate.errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  test('the schema does refuse what is no SARIF', () => {
    const log = JSON.parse(JSON.stringify(lintSarif(report)))
    log.runs[0].results[0].level = 'info'
    expect(validator()(log)).toBe(false)
  })

  test('results point at their rule and place, in UTF-16 columns, and paths are URIs', () => {
    const log = JSON.parse(JSON.stringify(lintSarif(report)))
    const [run] = log.runs
    expect(run.columnKind).toBe('utf16CodeUnits')
    expect(run.results).toHaveLength(codes.length)
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId)
    expect(run.results[1].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'docs/%C3%A0%20b/release%231.md', index: 0 },
      region: { startLine: 2, startColumn: 3 },
    })
    expect(run.invocations[0].executionSuccessful).toBe(false)
  })
})
