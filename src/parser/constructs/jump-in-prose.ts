import type { LabelBlock, ParagraphBlock } from '../blocks.ts'
import { conditionOfLabel } from '../conditions.ts'
import { type At, type Draft, type Rule, reading } from '../draft.ts'
import { jumpIn, sentencesOf, tellsOfOutcome } from '../text/jump.ts'
import { offerIn, offering } from './offer.ts'
import { writtenText } from './text.ts'
import { textStep } from './text-step.ts'

/**
 * Rule R20: a sentence of the prose that sends its reader elsewhere ("If X, go to section 4") is a step for a person where it
 * stands, and is neither title nor condition of the block behind it. One about how that block went stands behind the block.
 */
export const jumpInProse: Rule = {
  rule: 'R20',
  name: 'jump in prose',
  read(at) {
    const { block } = at
    if ((block.kind !== 'paragraph' && block.kind !== 'label') || at.item !== null || !isWalked(at)) return null
    const text = textOf(block)
    const sentences = sentencesOf(text)
    const jumps = sentences.filter(sentence => jumpIn(sentence, words => at.page.headings.has(words)) !== null)
    if (jumps.length === 0) return null
    // A marker is for the paragraph as a whole.
    if (block.directives.length > 0 || block.kind === 'label') return reading([toStep(at, block, text)])
    const rest = sentences.filter(sentence => !jumps.includes(sentence)).join(' ')
    const next = at.blocks[at.index + 1]
    const isLed = next?.kind === 'fence' || (next?.kind === 'list' && rest !== '')
    const isBehind = (sentence: string) => isLed && rest !== '' && tellsOfOutcome(sentence)
    const left = rest === '' ? [] : [without(block, rest, jumps)]
    const inside = at.readAll(isLed ? [...left, next] : left)
    return reading(
      [
        ...jumps.filter(one => !isBehind(one)).map(one => toStep(at, block, one)),
        ...inside.nodes,
        ...jumps.filter(isBehind).map(one => toStep(at, block, one)),
      ],
      { apart: inside.apart, findings: inside.findings, expect: inside.expect, used: isLed ? 2 : 1 },
    )
  },
}

/** True for a step that only sends people elsewhere. */
export function isJump({ rule, kind }: Draft): boolean {
  return rule === 'R20' && kind === 'manual'
}

/** Of what is for reading, or shown as a whole when a step fails, nothing is a step; a section behind a question is walked. */
export function isWalked({ section }: At): boolean {
  return section.role !== 'reference' && !section.troubleshooting
}

/** A label that is a condition belongs to its text. */
function textOf(block: ParagraphBlock | LabelBlock): string {
  if (block.kind === 'paragraph') return block.text
  return conditionOfLabel(block.name) === null ? block.rest : `${block.name}: ${block.rest}`
}

function toStep(at: At, block: ParagraphBlock | LabelBlock, text: string): Draft {
  const { line, endLine } = block
  const original = writtenText(at.page.source, block)
  const said = text.replace(/\.$/, '')
  const step = textStep({ text: said, rule: 'R20', line, endLine, original })
  return { ...offering(step, offerIn(codesIn(block, text))), inProse: true }
}

function codesIn(block: ParagraphBlock | LabelBlock, text: string): ReturnType<typeof codesOf> {
  return codesOf(block).filter(code => text.includes(`\`${code.text}\``))
}

function codesOf(block: ParagraphBlock | LabelBlock): LabelBlock['codes'] {
  return block.kind === 'label' ? block.codes : block.lines.flatMap(line => line.codes)
}

/** The paragraph without its jumps, and without what these name between backticks. */
function without(block: ParagraphBlock, rest: string, jumps: readonly string[]): ParagraphBlock {
  const lines = block.lines.map(line => ({
    ...line,
    codes: line.codes.filter(code => !jumps.some(jump => jump.includes(`\`${code.text}\``))),
  }))
  return { ...block, text: rest, lines }
}
