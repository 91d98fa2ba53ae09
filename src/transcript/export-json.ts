import { encode } from './canonical.ts'
import type { VerifyReport } from './verify-report.ts'

/** Lines and verification report in one JSON document, ASCII, the same bytes each time. Lines are whole, without LF, as they are signed. */
export function toJson(lines: readonly string[], report: VerifyReport): string {
  const document = {
    schema: 'signoff.transcript/1',
    derived: `derived from the transcript; the journal and its seal are what is signed${exportWarning(report)}`,
    seal: report.seal?.sha256 ?? null,
    report,
    lines: lines.map(line => JSON.parse(line) as unknown),
  }
  return `${encode(document)}\n`
}

/** What an export must say in its first line where the transcript is not all that it should be; empty where it is. */
export function exportWarning(report: VerifyReport): string {
  switch (report.status) {
    case 'verified':
      return ''
    case 'unsealed':
      return '; NOT SEALED: nothing protects its last lines'
    case 'in-progress':
      return '; NOT SEALED: the run is in progress'
    case 'torn':
      return '; NOT SEALED: its last write was cut'
    case 'against-policy':
      return '; AGAINST POLICY: see the findings'
    case 'not-expected':
      return '; NOT THE EXPECTED RUN: see the findings'
    default:
      return `; NOT TRUSTWORTHY: ${report.status}`
  }
}
