import { FINDINGS, type FindingCode } from '../../model/index.ts'
import { VERSION } from '../version.ts'
import { EXPLAIN_TEXTS } from './explain-texts.ts'
import type { LintedFile, LintReport } from './lint-report.ts'

const CODES = Object.keys(FINDINGS) as FindingCode[]
const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const

/** The findings as a SARIF 2.1.0 log, which code hosts show beside the lines: every code a rule, every finding a result. */
export function lintSarif(report: LintReport): object {
  const unreadable = report.files.filter(file => file.unreadable !== null)
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'signoff', semanticVersion: VERSION, rules: CODES.map(rule) } },
        columnKind: 'utf16CodeUnits',
        artifacts: report.files.map(artifact),
        invocations: [
          {
            executionSuccessful: unreadable.length === 0,
            toolExecutionNotifications: unreadable.map(file => ({
              level: 'error',
              message: { text: file.unreadable },
              locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file.path) } } }],
            })),
          },
        ],
        results: report.files.flatMap(results),
      },
    ],
  }
}

function rule(code: FindingCode): object {
  const [level, name, meaning] = FINDINGS[code]
  const { why, fix } = EXPLAIN_TEXTS[code]
  return {
    id: code,
    name,
    shortDescription: { text: meaning },
    fullDescription: { text: why },
    help: { text: fix },
    defaultConfiguration: { level: LEVELS[level] },
  }
}

function artifact(file: LintedFile): object {
  return {
    location: { uri: uriOf(file.path) },
    ...(file.sha256 === null ? {} : { hashes: { 'sha-256': file.sha256 } }),
  }
}

function results(file: LintedFile, index: number): object[] {
  return file.findings.map(finding => ({
    ruleId: finding.code,
    ruleIndex: CODES.indexOf(finding.code),
    level: LEVELS[finding.level],
    message: { text: finding.help === '' ? finding.message : `${finding.message}. Help: ${finding.help}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file.path), index },
          region: { startLine: finding.line, startColumn: finding.column },
        },
      },
    ],
  }))
}

/** A path as a relative or absolute URI: separators stay, everything else that a URI does not hold is escaped. */
function uriOf(path: string): string {
  const escaped = path.split('/').map(encodeURIComponent).join('/')
  return path.startsWith('/') ? `file://${escaped}` : escaped
}
