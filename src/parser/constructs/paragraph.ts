import type { ListBlock } from '../blocks.ts'
import { readCondition } from '../conditions.ts'
import { type At, draft, type Rule, reading } from '../draft.ts'
import { directive } from '../markers/directives.ts'
import { isOutlineItem } from '../text/outline.ts'
import { plainTitle } from '../text/words.ts'
import { fence } from './fence.ts'
import { leadSentence } from './lead.ts'
import { offerIn, offering } from './offer.ts'
import { saysToRun } from './says-to-run.ts'
import { tellsToDo } from './tells-to-do.ts'
import { textOf, writtenText } from './text.ts'
import { textStep } from './text-step.ts'
import { waitIn } from './wait.ts'

/**
 * Rules R9 and R19: a paragraph that says to run an inline command, to wait for a time, or to do or look at what its bullets
 * list ("Validate the published assets:"). Any other one is text.
 */
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
    const waits = waitIn(text) !== null && !(leadsToBlock && (text.endsWith(':') || isWaitOfBlock(at)))
    if (text !== '' && (directive(block.directives, 'manual') !== null || waits))
      return reading([offering(textStep({ text, rule: 'R19', ...place }), offerIn(codes))])
    const numbered = /^step\s+(\d{1,3})\s*[:.)–—-]\s*(\S.*)$/i.exec(text)
    if (block.kind === 'paragraph' && isOutlineItem(text) && !leadsToBlock)
      return reading([offering(textStep({ text, rule: 'R9', ...place }), offerIn(codes))])
    if (numbered !== null && !leadsToBlock) {
      const [, number, title] = numbered
      const made = textStep({ text: plainTitle(title ?? text), rule: 'R9', printed: Number(number), ...place })
      return reading([offering(made, offerIn(codes))])
    }
    const shown = /^expect(?:ed|ation)?(?: (?:result|output|outcome))?:\s+(\S.*)$/is.exec(
      block.kind === 'paragraph' ? text : '',
    )
    if (shown?.[1] !== undefined) return reading([], { expect: { kind: 'shown', text: shown[1] } })
    const points = at.item === null ? pointsBehind(at) : null
    if (points !== null && text === leadSentence(text) && tellsToDo(text)) {
      const { endLine, end } = points
      const all = writtenText(at.page.source, { start: block.start, end })
      const said = { text: text.replace(/:$/, ''), line: block.line, endLine, original: all }
      return reading([{ ...textStep({ ...said, rule: 'R9', detail: textOf([points]) }), inProse: true }], { used: 2 })
    }
    if (at.item !== null || text.endsWith(':')) return null
    const offer = saysToRun(text) ? offerIn(codes) : null
    if (offer === null) return null
    const { when } = readCondition(text)
    return reading([offering(draft({ kind: 'manual', title: text, rule: 'R9', ...place, when }), offer)])
  },
}

/** "Wait 10 minutes, checking every minute." over a script that looks: that script makes the wait, with itself as the offer. */
function isWaitOfBlock(at: At): boolean {
  const index = at.index + 1
  const block = at.blocks[index]
  if (block === undefined || directive(block.directives, 'skip') !== null) return false
  const made = fence.read({ ...at, block, index, before: at.block })
  return made?.nodes.some(node => node.node === 'step' && node.kind === 'wait' && node.line === at.block.line) ?? false
}

/** The bullets that a paragraph leads to, if they are text. */
function pointsBehind({ block, blocks, index }: At): ListBlock | null {
  const next = blocks[index + 1]
  const leads = block.kind === 'paragraph' && /[:：]$/.test(block.text)
  if (!leads || next?.kind !== 'list' || next.ordered) return null
  const isText = (list: ListBlock): boolean =>
    list.items.every(item => item.checked === null && item.blocks.every(one => one.kind === 'list' && isText(one)))
  return isText(next) ? next : null
}
