import { encode } from './canonical.ts'
import { exportWarning } from './export-warning.ts'
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
