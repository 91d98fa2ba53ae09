/** First words that ask a person to look rather than to act: the step is a confirmation. */
const LOOK = /^(?:verify|check|confirm|ensure|validate|review|inspect|make sure|double[- ]check)\b/i
const CHECK_IF = /^check (?:out|in)\b/i

/** Section 1: what a step without a command is by its first word. */
export function asksToLook(text: string): boolean {
  return LOOK.test(text) && !CHECK_IF.test(text)
}

/** Labels and headings below which a bullet is a step of its own (rule R9). */
export function namesWork(text: string): boolean {
  return (
    /\b(?:steps?|activit(?:y|ies)|actions?|tasks?|procedure|to[- ]do)\b(?!.*\bitems?\b)/i.test(text) &&
    !/\bnext steps\b/i.test(text)
  )
}

/** Text of an item or a label without the ticks and emoji around it and without a closing colon. */
export function plainTitle(text: string): string {
  return text
    .replace(/^(?:(?:\p{Extended_Pictographic}|\uFE0F|\u200D)+\s*)+/u, '')
    .replace(/\s*(?:\p{Extended_Pictographic}|\uFE0F|\u200D)+$/u, '')
    .replace(/\s*:$/, '')
    .trim()
}

/** True for a bullet that begins with a tick or an emoji: information about what was done, not work. */
export function beginsWithMark(text: string): boolean {
  return /^[\p{Extended_Pictographic}✓✔✗✘]/u.test(text)
}
