import { cleanText } from '../tui/index.ts'

/** A text for a person, of one line or more: what could act on a terminal is shown, whatever file or person it came from. */
export function safeText(text: string): string {
  return text
    .split('\n')
    .map(line => cleanText(line))
    .join('\n')
}
