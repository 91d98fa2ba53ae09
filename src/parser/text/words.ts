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

/** "E.g. with podman", "For example:", "Example: …": below an item that says how it may look, not more to do. */
export function beginsExample(text: string): boolean {
  return /^(?:e\.\s?g\b|for (?:example|instance)\b|examples?\s*(?:[:：(]|$))/i.test(text)
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

/** A title and what is too long for one: the first sentence of a long text, and the whole of it as detail. */
export function titleAndDetail(text: string): { readonly title: string; readonly detail: readonly string[] } {
  const sentence = /^.{12,160}?[.!?](?=\s+\p{Lu})/u.exec(text)?.[0]
  if (text.length <= LONGEST_TITLE || sentence === undefined) return { title: text, detail: [] }
  return { title: sentence.replace(/\.$/, ''), detail: [text] }
}

const LONGEST_TITLE = 140

/** True for a heading that tells somebody to do something: a verb that is hardly ever a noun, and what it is done to. */
export function isImperative(text: string): boolean {
  return IMPERATIVE.test(text)
}

const IMPERATIVE =
  /^(?:alert|announce|apply|ask|assign|check|choose|clean|close|communicate|confirm|continue|coordinate|create|cut|decide|delete|determine|disable|drain|edit|enable|ensure|escalate|find|fix|freeze|generate|get|hand off|identify|inform|install|investigate|make|manually|merge|notify|open|prepare|promote|publish|remove|restart|restore|review|roll|run|select|send|stop|submit|switch|tell|trigger|uninstall|update|upload|validate|verify|wait|write)\s+\S/i
