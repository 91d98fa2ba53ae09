import type { Entry } from '../../model/index.ts'
import { type EventBlock, eventText } from './event-text.ts'
import { fenced, plain } from './markdown-text.ts'

/** One event as lines of Markdown: who, when, what. `brief` leaves out scripts and names the step instead. */
export function describeEvent({ seq, atMs, event }: Entry, how: 'whole' | 'brief'): string[] {
  const { sentence, blocks } = eventText(event)
  if (sentence === '') return []
  const where = how === 'brief' && 'step' in event && event.step !== null ? `\`${plain(event.step)}\`: ` : ''
  const line = `- ${new Date(atMs).toISOString()} ${where}${plain(sentence)} (journal line ${seq + 1})`
  return how === 'brief' || blocks.length === 0 ? [line] : [line, '', ...blocks.flatMap(blockLines), '']
}

function blockLines({ text, language, lead }: EventBlock): string[] {
  return [...(lead === null ? [] : ['', lead, '']), fenced(text, language)]
}
