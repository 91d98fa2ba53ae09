/** A text with its condition taken out. */
export interface Conditional {
  /** The condition as written; null where there is none. */
  readonly when: string | null
  /** The text without a bracket that was the condition. */
  readonly title: string
}

const OPENS =
  /^(?:(?:if|when|unless|only|except|in case|in the event|where (?:applicable|needed|necessary)|optional(?:ly)?)\b|non-)/i
const IN_BRACKETS =
  /\s*\(((?:(?:if|when|unless|only|except|for|optional|where (?:applicable|needed|necessary)|as (?:needed|required))\b|non-)[^()]*|[^()]{1,60}\bonly)\)|\s*\[((?:if|when|unless|only|optional)\b[^[\]()]*)\](?!\()/i
const EXAMPLE =
  /^for (?:example|instance|each|every|all|any|both|this|these|that|those|more|further|now|reference|(?:the )?details?|information|help|convenience|consistency|safety|security|simplicity|clarity|completeness|debugging|it|the (?:above|rest|sake|time being|purposes?))\b/i
/** Words that begin a sentence about time or knowledge rather than a condition. */
const NO_CONDITION =
  /^(?:when (?:to|not to|done|finished|complete)\b|only (?:the|a|an|one|two|\d)\b|if (?:you|not sure)\b.*\?$)/i

/**
 * Rule R8: a condition that begins a heading, an item, a box or a comment, or stands in brackets in it.
 * `If A: do B` gives `If A` and `do B`; `If A, do B` keeps its title whole.
 */
export function readCondition(text: string): Conditional {
  const bracket = IN_BRACKETS.exec(text)
  const inside = bracket?.[1] ?? bracket?.[2]
  if (bracket !== null && inside !== undefined && !EXAMPLE.test(inside)) {
    const without = `${text.slice(0, bracket.index)}${text.slice(bracket.index + bracket[0].length)}`
    return { when: inside.trim(), title: without.trim() === '' ? text : tidy(without) }
  }
  const lead = leadingCondition(text)
  return lead === null ? { when: null, title: text } : lead
}

/** A condition that ends a heading behind a comma: `Execute containment, if approved`. */
export function conditionOfHeading(text: string): Conditional {
  const found = readCondition(text)
  const [, title, when] = /^(\S[^,]*),\s+((?:if|when|unless|only if|only when)\b[^,]{2,60})$/i.exec(text) ?? []
  return found.when !== null || title === undefined || when === undefined ? found : { when, title }
}

/** The text of an item whose bold prefix is a condition (`**If minor** announce it`), with the colon that it lacks. */
export function withBoldCondition(bold: string | null, text: string): string {
  const rest = bold === null ? '' : text.slice(bold.length)
  // "**If** this is new, …" only stresses its first word.
  if (
    bold === null ||
    /^(?:if|when|unless|only|except)$/i.test(bold) ||
    !OPENS.test(bold) ||
    NO_CONDITION.test(bold) ||
    !/^\s+[\p{L}\p{N}`]/u.test(rest)
  )
    return text
  return `${bold}: ${rest.trim()}`
}

/** The condition that a label stands for as a whole: `**If downtime is expected**:`, `**Optional**`. */
export function conditionOfLabel(name: string): string | null {
  const opens = OPENS.test(name) || (/^for\s+\S/i.test(name) && !EXAMPLE.test(name))
  return opens && !NO_CONDITION.test(name) ? name : null
}

/**
 * A bold prefix out of values that the file declares (`**Release types:** RC | FINAL | PATCH`): `FINAL only`, `RC1`,
 * `FINAL non-PATCH`. "only" says nothing of its own, so that one question serves both.
 */
export function conditionOfPrefix(prefix: string, declared: ReadonlySet<string>): string | null {
  const said = prefix.replace(/^only\s+|\s+only$/i, '').trim()
  const words = said.split(/[\s,/]+/).filter(word => !/^(?:and|or|&)$/i.test(word))
  const isDeclared = (word: string) => declared.has(word.toLowerCase().replace(/^non-/, '').replace(/\d+$/, ''))
  return words.length > 0 && words.every(isDeclared) ? said : null
}

/** The values that lines such as `**Release types:** RC | FINAL | PATCH` declare, in lower case. */
export function declaredValues(lines: readonly string[]): Set<string> {
  const found = new Set<string>()
  for (const line of lines) {
    const said =
      /^\s*(?:[-*]\s+)?\*\*[\w -]{0,40}\b(?:types?|kinds?|variants?|channels?)\b[\w -]{0,20}:?\*\*:?\s*(.+\|.+)$/i.exec(
        line,
      )?.[1]
    for (const value of said?.split('|') ?? []) {
      const word = value
        .replace(/\([^)]*\)/g, '')
        .trim()
        .toLowerCase()
      if (/^[\w-]{1,30}$/.test(word)) found.add(word)
    }
  }
  return found
}

/** A condition in the brackets of a label, an owner or a duration: `24-48 hours (for major releases)`. */
export function conditionInBrackets(text: string): string | null {
  const found = IN_BRACKETS.exec(text)
  const bracket = found?.[1] ?? found?.[2]
  return bracket === undefined || EXAMPLE.test(bracket) ? null : bracket.trim()
}

function leadingCondition(text: string): Conditional | null {
  const prefix = /^([A-Z][\w /&-]{1,40}?)\s+only\s*[:–—-]\s*(\S.*)$/i.exec(text)
  if (prefix?.[1] !== undefined && prefix[2] !== undefined) return { when: prefix[1], title: capital(prefix[2]) }
  const opens = OPENS.test(text) || /^for\s+\S/i.test(text)
  if (!opens || EXAMPLE.test(text) || NO_CONDITION.test(text)) return null
  const colon = /^([^:`]{2,120}?)\s*:\s+(\S.*)$/.exec(text)
  if (colon?.[1] !== undefined && colon[2] !== undefined) return { when: colon[1], title: capital(colon[2]) }
  const comma = /^(.{2,160}?)(?:,|\s+then)\s+\S/i.exec(text)
  if (comma?.[1] !== undefined) return { when: comma[1], title: text }
  return /^optional/i.test(text)
    ? { when: 'optional', title: text }
    : { when: firstSentence(text).replace(/\s*[:：]$/, ''), title: text }
}

/** Of several sentences the first is the condition. */
function firstSentence(text: string): string {
  return /^(.{8,}?)[.!]\s+\p{Lu}/su.exec(text)?.[1] ?? text
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
