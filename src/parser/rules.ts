import { labelledAlternatives, listedAlternatives } from './constructs/alternatives.ts'
import { apartByLabel, apartByLead } from './constructs/apart.ts'
import { checkTable } from './constructs/check-table.ts'
import { conditionLabel } from './constructs/condition-label.ts'
import { criteria } from './constructs/criteria.ts'
import { decision } from './constructs/decision.ts'
import { brokenFence, fence } from './constructs/fence.ts'
import { instructionInProse } from './constructs/instruction-in-prose.ts'
import { invisible } from './constructs/invisible.ts'
import { jumpInProse } from './constructs/jump-in-prose.ts'
import { list } from './constructs/list.ts'
import { orParagraph } from './constructs/or-paragraph.ts'
import { paragraph } from './constructs/paragraph.ts'
import { tabs } from './constructs/tabs.ts'
import { taskSection } from './constructs/task-section.ts'
import { templateBlock, templateSection } from './constructs/template.ts'
import type { Rule } from './draft.ts'

/**
 * Every construct that blocks are read by, in the order of precedence: the first rule that answers has read the block.
 * What no rule reads is text. Rules over bytes (R0), headings (R4, R5), scripts (R11 to R16) and places (R13)
 * work before or after this table; a rule of the table calls those it needs.
 */
export const RULES: readonly Rule[] = [
  brokenFence,
  invisible,
  templateSection,
  taskSection,
  tabs,
  apartByLabel,
  apartByLead,
  labelledAlternatives,
  listedAlternatives,
  conditionLabel,
  jumpInProse,
  orParagraph,
  templateBlock,
  criteria,
  decision,
  checkTable,
  list,
  fence,
  paragraph,
  instructionInProse,
]
