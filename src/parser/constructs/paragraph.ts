import { readCondition } from '../conditions.ts'
import { directive } from '../directives.ts'
import { draft, type Rule, reading } from '../draft.ts'
import { plainTitle } from '../words.ts'
import { offerIn, offering } from './offer.ts'
import { writtenText } from './text.ts'
import { textStep } from './text-step.ts'
import { waitIn } from './wait.ts'

const SAYS_RUN =
  /(?:^|[.;:!]\s+|\b(?:then|and|to|please|you (?:can|should|must|need to)|first|next)[,\s]+)(?:run|use|execute|call|invoke|type|enter)\b/i

/** Rules R9 and R19: a paragraph that says to run an inline command, or to wait for a time. Any other one is text. */
export const paragraph: Rule = {
  rule: 'R9',
  name: 'paragraph',
  read(at) {
    const { block } = at
    if (block.kind !== 'paragraph' && block.kind !== 'label') return null
    const text = block.kind === 'paragraph' ? block.text : block.rest
    const codes = block.kind === 'paragraph' ? block.lines.flatMap(line => line.codes) : block.codes
    const original = writtenText(at.page.source, block)
    const place = { line: block.line, endLine: block.endLine, original }
    const leadsToBlock = at.blocks[at.index + 1]?.kind === 'fence'
    const waits = waitIn(text) !== null && !(leadsToBlock && text.endsWith(':'))
    if (text !== '' && (directive(block.directives, 'manual') !== null || waits))
      return reading([offering(textStep({ text, rule: 'R19', ...place }), offerIn(codes))])
    const numbered = /^step\s+(\d{1,3})\s*[:.)–—-]\s*(\S.*)$/i.exec(text)
    if (numbered !== null && !leadsToBlock) {
      const [, number, title] = numbered
      const made = textStep({ text: plainTitle(title ?? text), rule: 'R9', printed: Number(number), ...place })
      return reading([offering(made, offerIn(codes))])
    }
    if (at.item !== null || text.endsWith(':')) return null
    const offer = SAYS_RUN.test(text) ? offerIn(codes) : null
    if (offer === null) return null
    const { when } = readCondition(text)
    return reading([offering(draft({ kind: 'manual', title: text, rule: 'R9', ...place, when }), offer)])
  },
}
