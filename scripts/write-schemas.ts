import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { DiffSchema } from '../src/cli/commands/diff.ts'
import { ListSchema } from '../src/cli/commands/list.ts'
import { SearchPlaceSchema } from '../src/cli/commands/search.ts'
import { DoctorReportSchema } from '../src/cli/preflight/finding.ts'
import { LintReportSchema } from '../src/cli/render/lint-report.ts'
import { StatusSchema } from '../src/cli/runs/status-document.ts'
import { VerifyAllSchema } from '../src/cli/verifying/verify-all.ts'
import { RunResultSchema } from '../src/cli/walking/run-result.ts'
import { PlanSchema } from '../src/model/index.ts'
import { exportedTranscriptSchema } from '../src/transcript/export/json-schema.ts'
import { journalLineSchema } from '../src/transcript/journal/line-schema.ts'
import { AddendumStatementSchema } from '../src/transcript/statements/addendum.ts'
import { ApprovalRequestSchema, ApprovalStatementSchema } from '../src/transcript/statements/approval-statement.ts'
import { EnvelopeSchema } from '../src/transcript/statements/dsse.ts'
import { SealStatementSchema } from '../src/transcript/statements/seal-statement.ts'
import { VerifyReportSchema } from '../src/transcript/verify/verify-report.ts'

/** Writes the JSON Schemas of docs/schemas from the zod schemas that the program itself checks with. */
export const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'addendum-1.schema.json': AddendumStatementSchema,
  'approval-1.schema.json': ApprovalStatementSchema,
  'approval-request-1.schema.json': ApprovalRequestSchema,
  'diff-1.schema.json': DiffSchema,
  'doctor-1.schema.json': DoctorReportSchema,
  'envelope-1.schema.json': EnvelopeSchema,
  'journal-line-1.schema.json': journalLineSchema(),
  'lint-1.schema.json': LintReportSchema,
  'list-1.schema.json': ListSchema,
  'plan-1.schema.json': PlanSchema,
  'run-1.schema.json': RunResultSchema,
  'seal-1.schema.json': SealStatementSchema,
  'search-1.schema.json': SearchPlaceSchema,
  'status-1.schema.json': StatusSchema,
  'transcript-1.schema.json': exportedTranscriptSchema(),
  'verify-1.schema.json': VerifyReportSchema,
  'verify-all-1.schema.json': VerifyAllSchema,
}

export function schemaText(schema: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }), null, 2)}\n`
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(import.meta.dirname, '../docs/schemas')
  mkdirSync(folder, { recursive: true })
  for (const [name, schema] of Object.entries(SCHEMAS)) writeFileSync(join(folder, name), schemaText(schema))
}
