/** A text with its condition taken out. */
export interface Conditional {
  /** The condition as written; null where there is none. */
  readonly when: string | null
  /** The text without a bracket that was the condition. */
  readonly title: string
}

const OPENS = /^(?:if|when|unless|only|except|non-|optional(?:ly)?\b)/i
const IN_BRACKETS = /\s*\(((?:(?:if|when|unless|only|except|for|optional)\b|non-)[^()]*)\)/i
const EXAMPLE = /^for (?:example|instance)\b/i
/** Words that begin a sentence about time or knowledge rather than a condition. */
const NO_CONDITION =
  /^(?:when (?:to|not to|done|finished|complete)\b|only (?:the|a|an|one|two|\d)\b|if (?:you|not sure)\b.*\?$)/i

/**
 * Rule R8: a condition that begins a heading, an item, a box or a comment, or stands in brackets in it.
 * `If A: do B` gives `If A` and `do B`; `If A, do B` keeps its title whole.
 */
export function readCondition(text: string): Conditional {
  const bracket = IN_BRACKETS.exec(text)
  if (bracket?.[1] !== undefined && !EXAMPLE.test(bracket[1])) {
    const without = `${text.slice(0, bracket.index)}${text.slice(bracket.index + bracket[0].length)}`
    return { when: bracket[1].trim(), title: without.trim() === '' ? text : tidy(without) }
  }
  const lead = leadingCondition(text)
  return lead === null ? { when: null, title: text } : lead
}

/** The condition that a label stands for as a whole: `**If downtime is expected**:`, `**Optional**`. */
export function conditionOfLabel(name: string): string | null {
  return OPENS.test(name) && !NO_CONDITION.test(name) ? name : null
}

/** A condition in the brackets of a label, an owner or a duration: `24-48 hours (for major releases)`. */
export function conditionInBrackets(text: string): string | null {
  const bracket = IN_BRACKETS.exec(text)?.[1]
  return bracket === undefined || EXAMPLE.test(bracket) ? null : bracket.trim()
}

function leadingCondition(text: string): Conditional | null {
  const opens = OPENS.test(text) || /^for\s[^:,]{1,60}:/i.test(text)
  if (!opens || EXAMPLE.test(text) || NO_CONDITION.test(text)) return null
  const colon = /^([^:`]{2,120}?)\s*:\s+(\S.*)$/.exec(text)
  if (colon?.[1] !== undefined && colon[2] !== undefined) return { when: colon[1], title: capital(colon[2]) }
  const comma = /^(.{2,160}?)(?:,|\s+then)\s+\S/i.exec(text)
  if (comma?.[1] !== undefined) return { when: comma[1], title: text }
  return /^optional/i.test(text) ? { when: 'optional', title: text } : { when: text, title: text }
}

function tidy(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\s+([,.;:])/g, '$1')
    .trim()
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
