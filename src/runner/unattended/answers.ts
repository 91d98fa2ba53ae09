import { z } from 'zod'

const reference = z.string().min(1)

/**
 * An answers file: what a person decided beforehand for a run that nobody attends. Strict: an unknown key is an error,
 * and there are no wildcards, so that every answer was meant for one step.
 */
export const AnswersSchema = z.strictObject({
  version: z.literal(1),
  /** Who answers; written into every confirmation. */
  by: z.string().min(1),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** Group position or id -> option. */
  choices: z.record(reference, z.string()).default({}),
  answers: z
    .array(
      z.strictObject({
        step: reference,
        answer: z
          .enum(['yes', 'no', 'n/a'])
          .or(z.boolean().transform(yes => (yes ? ('yes' as const) : ('no' as const))))
          .optional(),
        observed: z.union([z.string(), z.number()]).transform(String).optional(),
        note: z.string().optional(),
        text: z.string().optional(),
      }),
    )
    .default([]),
  /** Condition in the words of the runbook, or a step's position for "if applicable" and its like. */
  conditions: z
    .record(
      z.string(),
      z.enum(['yes', 'no']).or(z.boolean().transform(yes => (yes ? ('yes' as const) : ('no' as const)))),
    )
    .default({}),
  waits: z.record(reference, z.strictObject({ end: z.literal('early'), reason: z.string().min(1) })).default({}),
  forms: z.record(reference, z.record(z.string(), z.union([z.string(), z.number()]).transform(String))).default({}),
  confirm: z.record(reference, z.string()).default({}),
})
export type Answers = z.infer<typeof AnswersSchema>

/** Answers with where they came from: the digest of the file goes into every event they lead to. */
export interface GivenAnswers {
  readonly answers: Answers
  /** sha256 of the file, null where there is none. */
  readonly source: string | null
}

export const NO_ANSWERS: Answers = AnswersSchema.parse({ version: 1, by: 'nobody' })
