import { z } from 'zod'
import { journalLineSchema } from '../journal/line-schema.ts'
import { VerifyReportSchema } from '../verify/verify-report.ts'

/** `signoff export --format json`: what verify found, and the lines that are signed, each as it stands in the journal. */
export function exportedTranscriptSchema(): z.ZodType {
  return z.strictObject({
    schema: z.literal('signoff.transcript/1'),
    /** That it is derived, from which seal, and what is not as it should be. */
    derived: z.string(),
    /** sha256 of the seal's payload; null where there is none. */
    seal: z.string().nullable(),
    report: VerifyReportSchema,
    /** In order; of a copy that withholds some, those that are left. */
    lines: z.array(journalLineSchema()),
  })
}
