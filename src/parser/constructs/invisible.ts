import { type Rule, reading } from '../draft.ts'

/** Rule R2: HTML and comments make no step, whatever boxes and fences they hide (`inert.ts` reports those). */
export const invisible: Rule = {
  rule: 'R2',
  name: 'invisible text',
  read: at => (at.block.kind === 'html' || at.block.kind === 'rule' ? reading([]) : null),
}
