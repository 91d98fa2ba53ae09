import { z } from 'zod'
import { FINDINGS, type FindingCode } from './diagnostic.ts'

// Apart from the findings themselves, so that they can be made where no zod is loaded.
export const LevelSchema = z.enum(['error', 'warning', 'info'])
export type DiagnosticLevel = z.infer<typeof LevelSchema>

export const DiagnosticSchema = z.strictObject({
  code: z.enum(Object.keys(FINDINGS) as [FindingCode, ...FindingCode[]]),
  level: LevelSchema,
  message: z.string(),
  /** 1-based line of the file as it is on disk. */
  line: z.int().positive(),
  /** 1-based column, in UTF-16 units, as editors count. */
  column: z.int().positive(),
  help: z.string(),
})
/** Something wrong or worth knowing in a document, with its place. The parser returns these; it never throws. */
export type Diagnostic = z.infer<typeof DiagnosticSchema>
