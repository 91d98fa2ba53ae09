import { type ErrorCode, type Refusal, SignoffError } from '../../model/index.ts'

export const HOW_TO_BE_LISTED =
  'sign with another key by --key FILE; or "signoff init --role approver" adds a line: have it reviewed like code'

/** What the run records of an approval that it refuses, by what `approve` answers with for it. */
const CODES: Readonly<Record<Refusal['why'], ErrorCode>> = {
  unlisted: 'APPROVER_UNLISTED',
  'no-touch': 'APPROVER_UNLISTED',
  operator: 'APPROVER_EXCLUDED',
  duplicate: 'APPROVER_EXCLUDED',
  stale: 'REQUEST_OVER',
  'other-run': 'REQUEST_OVER',
  'bad-signature': 'SIGNING_FAILED',
}

/** A refusal of the run, as it is told to whoever was about to sign. `became`: what became of the answer. */
export function refusalOf({ why, detail }: Refusal, advice: string, became = 'nothing was signed'): SignoffError {
  return new SignoffError(CODES[why], `${became}: ${detail}`, { advice })
}
