import { z } from 'zod'
import { EVENT_FIELDS, type EventKind } from '../../model/index.ts'
import { CommonShape, lineShape } from './line.ts'
import { WithheldSchema } from './withheld-line.ts'

/**
 * What a line of a journal may be, as one schema: for docs/schemas, from the very shapes that `decodeLine` reads by. It says nothing of
 * bytes: that a line is canonical, and where it stands, only a verifier can tell.
 */
export function journalLineSchema(): z.ZodType {
  const kinds = Object.keys(EVENT_FIELDS) as EventKind[]
  return z.union([...kinds.flatMap(variantsOf), unknownKind(kinds), WithheldSchema])
}

function variantsOf(kind: EventKind): z.ZodType[] {
  if (kind !== 'output' && kind !== 'output.late') return [z.strictObject(lineShape(kind))]
  // Exactly one of the two.
  const { text: _text, b64: _b64, ...rest } = lineShape(kind)
  const base64 = z.string().meta({ contentEncoding: 'base64' })
  return [z.strictObject({ ...rest, text: z.string() }), z.strictObject({ ...rest, b64: base64 })]
}

/** Version 1 grows by new kinds: whoever reads it passes over those that it does not know. */
function unknownKind(kinds: readonly string[]): z.ZodType {
  return z.looseObject({
    ...CommonShape,
    kind: z
      .string()
      .min(1)
      .max(100)
      .meta({ not: { enum: kinds } }),
  })
}
