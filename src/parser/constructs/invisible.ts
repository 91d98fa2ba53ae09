import { directive } from '../directives.ts'
import { type Rule, reading } from '../draft.ts'

/** Rule R2: HTML and comments make no step, whatever boxes and fences they hide (`inert.ts` reports those). */
export const invisible: Rule = {
  rule: 'R2',
  name: 'invisible text',
  read: at => (at.block.kind === 'html' || at.block.kind === 'rule' ? reading([]) : null),
}

/** Rule R3: the author says that this block is no step. */
export const skipped: Rule = {
  rule: 'R3',
  name: 'skip marker',
  read: at => (directive(at.block.directives, 'skip') === null ? null : reading([])),
}
