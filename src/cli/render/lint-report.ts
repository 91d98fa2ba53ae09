import { z } from 'zod'
import { type Diagnostic, DiagnosticSchema, FINDINGS } from '../../model/index.ts'

/** One file of `signoff lint`: what was found in it, or why it could not be read. */
export const LintedFileSchema = z.strictObject({
  path: z.string(),
  /** Of the bytes on disk; null where they could not be read. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** Why it could not be read; null where it was. */
  unreadable: z.string().nullable(),
  findings: z.array(DiagnosticSchema.extend({ name: z.string() })),
})
export type LintedFile = z.infer<typeof LintedFileSchema>

/** `signoff lint --json`: every file that was named, in that order. */
export const LintReportSchema = z.strictObject({
  schema: z.literal('signoff.lint/1'),
  files: z.array(LintedFileSchema),
  counts: z.strictObject({
    error: z.int().nonnegative(),
    warning: z.int().nonnegative(),
    info: z.int().nonnegative(),
    unreadable: z.int().nonnegative(),
  }),
})
export type LintReport = z.infer<typeof LintReportSchema>

export function toLintReport(files: readonly LintedFile[]): LintReport {
  const counts = { error: 0, warning: 0, info: 0, unreadable: 0 }
  for (const file of files) {
    if (file.unreadable !== null) counts.unreadable++
    for (const { level } of file.findings) counts[level]++
  }
  return { schema: 'signoff.lint/1', files: [...files], counts }
}

/** A finding with the name of its code, as frames and tools print it. */
export function named(finding: Diagnostic): LintedFile['findings'][number] {
  return { ...finding, name: FINDINGS[finding.code][1] }
}
