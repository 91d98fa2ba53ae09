import type { Block, ListBlock } from '../blocks.ts'
import { readCondition } from '../conditions.ts'
import type { At } from '../draft.ts'
import { optionMarkOf, plainLabel } from '../shell/index.ts'
import { textOf } from './text.ts'
import { isWaitAlone } from './wait.ts'

/** The text right before a block: what it is introduced by. */
export function leadIn(at: Pick<At, 'before' | 'item' | 'index'>): string {
  const { before } = at
  if (before === null) return at.item !== null && at.index === 0 ? at.item.title : ''
  return lastLineOf(before)
}

/**
 * The title of the item that a block is indented under; null for an item that holds nothing but the block, and for a further block
 * of it that has a line of its own before it ("To find out its name:").
 */
export function itemTitle(at: Pick<At, 'item' | 'before' | 'blocks' | 'index'>): string | null {
  if (at.item === null || at.item.title === '') return null
  const isLed = at.before?.kind === 'paragraph' && /[:：]$/.test(at.before.text)
  return isLed && at.blocks.slice(0, at.index).some(block => block.kind === 'fence') ? null : at.item.title
}

function lastLineOf(block: Block): string {
  const last = textOf([block]).at(-1) ?? ''
  return block.kind === 'label' && block.rest === '' ? `${last}:` : last
}

/** Rule R9: a block without a title of its own is titled by the line before it, else by its label or section. */
export function leadTitle(at: At): string {
  const { before } = at
  const sentence = before?.kind === 'paragraph' ? leadSentence(before.text) : ''
  // What is waited for first is no title of what is done then.
  if (sentence !== '' && !isWaitAlone(sentence)) return sentence
  if (before?.kind === 'label' && before.rest !== '' && before.rest.endsWith(':')) return before.rest
  // Behind a numbered item the block is for that, though it is not indented.
  const item = before?.kind === 'list' && before.ordered ? lastItemOf(before) : ''
  if (item !== '' && !isWaitAlone(item)) return item
  const label = at.label
  if (label !== null && !/^(?:(?:the )?(?:steps?|commands?|procedure|activities|actions|tasks))$/i.test(label.name))
    return optionName(label.name)
  return at.section.title
}

/** The label of an option is named without its mark. */
function optionName(label: string): string {
  const mark = optionMarkOf(label)
  return mark === null ? label : plainLabel(mark.label)
}

/** The last sentence of a paragraph: the one that leads to the block behind it. */
export function leadSentence(text: string): string {
  const sentences = text.split(/(?<=[.!?])\s+(?=[A-Z])/)
  const last = sentences.at(-1) ?? text
  return last.length <= 160 ? last : `${last.slice(0, 157)}…`
}

/**
 * A condition of the text right before the block, or of the item that it stands behind; of a mere aside (`If you don't want
 * this, replace …`) there is none.
 */
export function conditionOfLead(at: At): string | null {
  const lead =
    at.before?.kind === 'list'
      ? lastItemOf(at.before)
      : at.before?.kind === 'paragraph'
        ? leadSentence(at.before.text)
        : ''
  if (isAside(lead) || !/^(?:if|when|unless|for|optional)/i.test(lead)) return null
  return readCondition(lead).when?.replace(/\s*:$/, '') ?? null
}

/** A box is answered by itself, whatever stands behind it. */
function lastItemOf(list: ListBlock): string {
  const last = list.items.at(-1)
  return last === undefined || last.checked !== null ? '' : last.title
}

/** `If you don't want this, replace …` speaks of a detail, not of the whole block. */
export function isAside(lead: string): boolean {
  return (
    !/:$/.test(lead) &&
    /^(?:if|when|unless)\b[^,]*,\s*(?:please\s+)?(?:replace|change|adjust|omit|remove|skip|add|see|refer|read|contact|ask)\b/i.test(
      lead,
    )
  )
}
