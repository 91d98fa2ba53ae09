import type { Block } from '../blocks.ts'
import type { At } from '../draft.ts'
import { optionMarkOf, plainLabel } from '../shell/index.ts'
import { textOf } from './text.ts'

/** The text right before a block: what it is introduced by. */
export function leadIn(at: Pick<At, 'before' | 'item' | 'index'>): string {
  const { before } = at
  if (before === null) return at.item !== null && at.index === 0 ? at.item.title : ''
  return lastLineOf(before)
}

function lastLineOf(block: Block): string {
  const last = textOf([block]).at(-1) ?? ''
  return block.kind === 'label' && block.rest === '' ? `${last}:` : last
}

/** Rule R9: a block without a title of its own is titled by the line before it, else by its label or section. */
export function leadTitle(at: At): string {
  const { before } = at
  if (before?.kind === 'paragraph') return lastSentence(before.text)
  if (before?.kind === 'label' && before.rest !== '' && before.rest.endsWith(':')) return before.rest
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

function lastSentence(text: string): string {
  const sentences = text.split(/(?<=[.!?])\s+(?=[A-Z])/)
  const last = sentences.at(-1) ?? text
  return last.length <= 160 ? last : `${last.slice(0, 157)}…`
}
