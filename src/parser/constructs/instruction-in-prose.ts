import type { FenceBlock, ParagraphBlock } from '../blocks.ts'
import { type At, type Rule, reading } from '../draft.ts'
import { speaksOf } from '../shell/index.ts'
import { sentencesOf } from '../text/jump.ts'
import { isWalked } from './jump-in-prose.ts'
import { offerIn, offering } from './offer.ts'
import { saysToRun } from './says-to-run.ts'
import { tellsToDo, withoutLead } from './tells-to-do.ts'
import { writtenText } from './text.ts'
import { textStep } from './text-step.ts'

/**
 * Rule R9: a paragraph that begins by telling a person to do something ("Make a note of the address", "Commit the changeset") is
 * that step, unless it introduces what stands behind it.
 */
export const instructionInProse: Rule = {
  rule: 'R9',
  name: 'instruction in prose',
  read(at) {
    const { block } = at
    if (block.kind !== 'paragraph' || at.item !== null || !isWalked(at)) return null
    const [first = ''] = sentencesOf(block.text)
    if (!tellsToDo(first) || TELLS_NOTHING.test(first) || TELLS_TO_CHOOSE.test(first) || introduces(at, block))
      return null
    const { line, endLine, text } = block
    const original = writtenText(at.page.source, block)
    const step = textStep({ text, rule: 'R9', line, endLine, original })
    const offer = saysToRun(withoutLead(first)) ? offerIn(block.lines.flatMap(row => row.codes)) : null
    return reading([{ ...offering(step, offer), inProse: true }])
  },
}

/** Where to read more, and what the order of the file does by itself. */
const TELLS_NOTHING = /^(?:find (?:more|out|further)|continue|proceed)\b/i

/** What leads to options: the choice among them is a step of its own. */
const TELLS_TO_CHOOSE =
  /^(?:choose|pick|select)\s+(?:(?:exactly|only|just)\s+)?(?:one|either|between|an?\s+option|any)\b(?:\s+of\b[^,;]{0,80}|\s+(?:option|way|method|approach|path)s?)?\s*[.:]?$/i

/** It leads to the next block, or speaks of what a block further on does. */
function introduces({ blocks, index }: At, { text }: ParagraphBlock): boolean {
  const next = blocks[index + 1]?.kind
  if (/[:：]$/.test(text) || next === 'fence' || next === 'list' || next === 'table' || next === 'tabs') return true
  return blocks.slice(index + 1, index + FARTHEST).some(block => block.kind === 'fence' && isSpokenOf(text, block))
}

/** In blocks: nobody introduces over more, and a long section is read in a time that grows with its length. */
const FARTHEST = 12

function isSpokenOf(text: string, { text: code }: FenceBlock): boolean {
  return speaksOf(text, code.slice(0, 300))
}
