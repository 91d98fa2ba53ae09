import type { Block, ParagraphBlock } from '../blocks.ts'
import { type At, type Rule, reading } from '../draft.ts'
import { saysToRun } from './says-to-run.ts'

const OR = /^(?:or|alternatively|alternative)\b(?:\s*[,:]\s*|\s+(?=\S)|$)/i

/**
 * Rule R7: a paragraph that begins with "Alternatively" or "Or" is another option beside what stands before it,
 * with the block that it leads to.
 */
export const orParagraph: Rule = {
  rule: 'R7',
  name: 'alternative by paragraph',
  read(at) {
    const { block } = at
    if (block.kind !== 'paragraph' || !OR.test(block.text)) return null
    const next = at.blocks[at.index + 1]
    const rest = withoutMark(block)
    const leads = /:$/.test(block.text) || rest.text === '' || (next?.kind === 'fence' && saysToRun(rest.text))
    const body: Block[] = [
      ...(rest.text === '' ? [] : [rest]),
      ...(leads && (next?.kind === 'fence' || next?.kind === 'list') ? [next] : []),
    ]
    const inside = at.readAll(body)
    if (inside.nodes.length === 0) return null
    return reading(inside.nodes, {
      findings: inside.findings,
      apart: inside.apart,
      expect: inside.expect,
      used: body.includes(next ?? block) ? 2 : 1,
      orLabel: labelOf(at, rest),
    })
  },
}

function withoutMark(block: ParagraphBlock): ParagraphBlock {
  const text = block.text.replace(OR, '')
  return { ...block, text: text.charAt(0).toUpperCase() + text.slice(1) }
}

function labelOf(at: At, rest: ParagraphBlock): string {
  const said = rest.text.replace(/\s*:$/, '')
  return said === '' ? `the other way (line ${at.block.line})` : said.slice(0, 120)
}
