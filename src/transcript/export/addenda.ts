import { type AddendumStatement, AddendumStatementSchema } from '../statements/addendum.ts'
import { readEnvelope, type UntrustedEnvelope } from '../statements/dsse.ts'

/** What was said after the seal, in order, each with its envelope: as it stands there, to be believed once `verify` has checked it. */
export function addendaIn(
  bundle: string | null,
): (AddendumStatement['predicate'] & { readonly envelope: UntrustedEnvelope })[] {
  return (bundle ?? '')
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const envelope = readEnvelope(line)
      if (envelope === null) return []
      const said = AddendumStatementSchema.safeParse(parsed(envelope.payload)).data?.predicate
      return said === undefined ? [] : [{ ...said, envelope }]
    })
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'))
  } catch {
    return null
  }
}
