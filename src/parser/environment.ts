const PRODUCTION = /\b(?:production|prod|live)\b/i
const STAGING = /\b(?:staging|stg|(?:the|on|in|to) stage|stage (?:environment|env|cluster|system|server)s?)\b/i
const OTHER =
  /\b(test|testing|dev|development|qa|uat|sandbox|preview|integration)\s+(?:environments?|env|clusters?|systems?|servers?)\b|\((test|dev|development|qa|uat|sandbox)\)/i

/**
 * The environment that a text names: `production`, `staging`, or the word it has for another one.
 * *Pre-production* and *pre-staging* name none. Where a text names several, production counts.
 */
export function environmentIn(text: string): string | null {
  const plain = text.replace(/\b(?:pre|non)[- ]?(?:production|prod|staging)\b/gi, ' ')
  if (PRODUCTION.test(plain)) return 'production'
  if (STAGING.test(plain)) return 'staging'
  const other = OTHER.exec(plain)
  return (other?.[1] ?? other?.[2])?.toLowerCase() ?? null
}

/**
 * Rule R16: the environment of a step. `outer` is what headings, labels and the document name, the nearest first;
 * the step's own words, and what its command says, only raise it: they never take production away.
 */
export function environmentOf(title: string, outer: readonly string[], command: string | null): string | null {
  const around = firstNamed(outer)
  const own = command ?? environmentIn(title)
  if (own === 'production' || around === null) return own ?? around
  return around
}

/** What markers name, the nearest first; production if one of them does. Null where none names any. */
export function markedEnvironment(...said: readonly (string | null)[]): string | null {
  const named = said.flatMap(one => (one === null || one.trim() === '' ? [] : [environmentIn(one) ?? one.trim()]))
  return named.find(one => one === 'production') ?? named[0] ?? null
}

function firstNamed(texts: readonly string[]): string | null {
  for (const text of texts) {
    const named = environmentIn(text)
    if (named !== null) return named
  }
  return null
}
