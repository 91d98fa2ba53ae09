import type { Entry } from '../../model/index.ts'
import { type EventBlock, eventText } from './event-text.ts'
import { fenced, plain } from './markdown-text.ts'
import type { PlanNames } from './plan-names.ts'

/** One event as lines of Markdown: when, who, what. `brief` names its step, and leaves out scripts and lists. */
export function describeEvent({ seq, atMs, event }: Entry, names: PlanNames, how: 'whole' | 'brief'): string[] {
  const { sentence, items, blocks } = eventText(event, names)
  if (sentence === '') return []
  const step = how === 'brief' && 'step' in event && event.step !== null ? event.step : null
  const named = step === null ? undefined : names.step(step)
  const where = step === null ? '' : `${plain(named === undefined ? step : `${named.position} ${named.title}`)}: `
  const line = `- ${new Date(atMs).toISOString()} ${where}${plain(sentence)} (journal line ${seq + 1})`
  if (how === 'brief') return [line]
  const list = items.map(item => `  - ${plain(item)}`)
  return blocks.length === 0 ? [line, ...list] : [line, ...list, '', ...blocks.flatMap(blockLines), '']
}

function blockLines({ text, language, lead }: EventBlock): string[] {
  return [...(lead === null ? [] : ['', lead, '']), fenced(text, language)]
}
