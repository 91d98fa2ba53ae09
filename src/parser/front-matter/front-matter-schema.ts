import { z } from 'zod'

const ValueSchema = z.strictObject({
  default: z.coerce.string().optional(),
  secret: z.boolean().optional(),
  pattern: z.string().optional(),
  description: z.string().optional(),
})

export const SignoffSchema = z.strictObject({
  mode: z.enum(['linear', 'catalog', 'reference']).optional(),
  shell: z.enum(['bash', 'sh', 'zsh']).optional(),
  cwd: z.string().optional(),
  env: z.string().optional(),
  timeout: z.string().optional(),
  values: z.record(z.string(), ValueSchema).optional(),
})

/** What the front matter says under `signoff:`. Everything else in it is let be. */
export type FrontMatter = z.infer<typeof SignoffSchema>
