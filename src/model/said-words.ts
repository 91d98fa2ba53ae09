import type { EventOf } from './run-event.ts'

/** What a person has decided of a step that did not pass; then follows ` by NAME: REASON`. The same words on every screen and in every export. */
export const DECIDED: Readonly<Record<EventOf<'step.decide'>['choice'], string>> = {
  rerun: 'to be run again, said',
  passed: 'declared passed',
  failed: 'declared failed',
  'by-hand': 'resolved by hand',
  skip: 'skipped',
  rollback: 'recovery chosen',
  stop: 'the run ends here, decided',
}

/** Why an approval does not count, as a sentence goes on. */
export const WHY_REFUSED: Readonly<Record<EventOf<'approval.refused'>['why'], string>> = {
  unlisted: 'the signer is not listed',
  operator: 'the signer operates this run and cannot approve it',
  duplicate: 'the same person has signed already',
  stale: 'the request it signs is an old one',
  'other-run': 'it was signed for another run',
  'bad-signature': 'its signature does not verify',
  'no-touch': 'the key was not touched',
}

/** What became of a step that nobody walked, but for one that a person skipped. */
export const LEFT_OUT: Readonly<Record<Exclude<EventOf<'step.skip'>['why'], 'person'>, string>> = {
  'not-applicable': 'not applicable',
  'other-option': 'not chosen',
  condition: 'not applicable, its condition is answered no',
  selection: 'left out by the selection',
}
