import { z } from 'zod'
import { encode } from '../encoding/canonical.ts'

/** What stands in a copy in the place of a line that is not handed on: its leaf, so that chain and root still check. */
export interface WithheldLine {
  readonly seq: number
  /** Lower-case hex: what the next line has as `prev`. */
  readonly leaf: string
  readonly reason: string
}

/** Its fields, in the order that they stand in. */
export const WithheldSchema = z.strictObject({
  seq: z.int().nonnegative(),
  withheld: z.string().regex(/^[0-9a-f]{64}$/),
  reason: z.string().min(1).max(1000),
})

/** Reads such a line, without its LF, as strictly as any other; null for what is none. */
export function decodeWithheld(text: string): WithheldLine | null {
  if (!BEGINNING.test(text)) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = WithheldSchema.safeParse(value)
  if (!parsed.success || encode(parsed.data) !== text) return null
  const { seq, withheld, reason } = parsed.data
  return { seq, leaf: withheld, reason }
}

export function encodeWithheld({ seq, leaf, reason }: WithheldLine): string {
  return encode(WithheldSchema.parse({ seq, withheld: leaf, reason }))
}

/** Any other line has `prev` there: most are told apart without being parsed. */
const BEGINNING = /^\{"seq":\d+,"withheld":/
