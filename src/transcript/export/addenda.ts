import { type AddendumStatement, AddendumStatementSchema } from '../addendum.ts'
import { readEnvelope, type UntrustedEnvelope } from '../dsse.ts'

/** What was said after the seal, in order, each with its envelope. `verify` has checked them before anything is exported. */
export function addendaIn(
  bundle: string | null,
): (AddendumStatement['predicate'] & { readonly envelope: UntrustedEnvelope })[] {
  return (bundle ?? '')
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const envelope = readEnvelope(line)
      if (envelope === null) return []
      const said = AddendumStatementSchema.safeParse(JSON.parse(envelope.payload.toString('utf8'))).data?.predicate
      return said === undefined ? [] : [{ ...said, envelope }]
    })
}
