import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { LintReportSchema } from '../src/cli/lint-report.ts'
import { DoctorReportSchema } from '../src/cli/preflight/finding.ts'
import { PlanSchema } from '../src/model/index.ts'

/** Writes the JSON Schemas of docs/schemas from the zod schemas that the program itself checks with. */
export const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'doctor-1.schema.json': DoctorReportSchema,
  'lint-1.schema.json': LintReportSchema,
  'plan-1.schema.json': PlanSchema,
}

export function schemaText(schema: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-2020-12' }), null, 2)}\n`
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(import.meta.dirname, '../docs/schemas')
  mkdirSync(folder, { recursive: true })
  for (const [name, schema] of Object.entries(SCHEMAS)) writeFileSync(join(folder, name), schemaText(schema))
}
