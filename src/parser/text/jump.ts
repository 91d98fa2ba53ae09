/**
 * Rule R20: where a sentence sends its reader: to a number of the page (`section 3.4`, `step 2`), to a heading by its words, or
 * to another page.
 */
export type Jump =
  | { readonly to: 'number'; readonly word: string; readonly number: string }
  | { readonly to: 'heading'; readonly words: string }
  | { readonly to: 'another page' }

// Nobody is sent by "do not go to", "how to go to" or "it will go to".
const TOLD = String.raw`(?<!\b(?:not|never|don['\u2019]t|will|would|(?<!\b(?:need|needs|have|has) )to)\s+)\b`
const BACK = String.raw`(?:\s+(?:ahead|back|directly|straight|right|on|down|up|over|again|immediately))*`
const LEADS_AWAY = String.raw`(?:(?:go|skip|jump|head|return)${BACK}\s+to|start${BACK}\s+(?:over|again)${BACK}\s+(?:at|from|with)|(?:repeat|redo)(?:\s+from)?)`
const LEADS_ON = String.raw`(?:move${BACK}\s+to|(?:proceed|continue|resume|restart|start|begin|pick up)${BACK}\s+(?:to|with|at|from))`
const POINTS = String.raw`(?:(?:see|follow|consult|use|perform|execute)(?:\s+also)?|refer\s+to)`
const THE = String.raw`\s+(?:the\s+)?(?:(?:instructions?|procedures?|process|steps?)\s+(?:in|of|from|under|at)\s+(?:the\s+)?)?`

const AWAY = new RegExp(TOLD + LEADS_AWAY + THE, 'gi')
const AWAY_OR_ON = new RegExp(`${TOLD}(?:${LEADS_AWAY}|${LEADS_ON})${THE}`, 'gi')
const AWAY_ON_OR_POINTING = new RegExp(`${TOLD}(?:${LEADS_AWAY}|${LEADS_ON}|${POINTS})${THE}`, 'gi')

const NUMBER =
  /^["\u201C*_`[]*((?:[Ss]ection|[Ss]tep|[Pp]hase|[Pp]art|[Ss]tage|[Cc]hapter)s?\b|[Aa]ppendix\b|§)\s*#?(\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?|[IVX]{1,5}|[A-Z])\b/
/** A number alone is one of a section where it could hardly be anything else: `go to 4.2`, `go to IV`. */
const BARE_NUMBER = /^(\d{1,3}(?:\.\d{1,3}){1,3}|[IVX]{2,5})\b/
const OF_ANOTHER = /^\W{0,3}\s*(?:of|in)\s+(?:the|our|your|their|another)\s+(?!section|step|phase|same)/i
const CONDITION =
  /^(?:(?:then|and|but|also)\s+)?(?:if|when|unless|once|should|in case|in the event|on|upon|otherwise|else|as soon as)\b/i
const OUTCOME =
  /\b(?:fail(?:s|ed|ures?)?|errors?|succe\w+|pass(?:es|ed)?|works?|worked|times? out|timed out|broken?|breaks)\b|^(?:if|when|unless|once|should|as soon as)\s+(?:it|this|that|they|these|any of (?:it|this|that|them|these)|the (?:command|script|check|output|result|test)s?)\b/i

/**
 * The first place that a sentence sends its reader to; null for one that sends nobody anywhere. To go on ("continue with section
 * 2") is what the order of the file does, unless it is said under a condition; to see or follow what stands elsewhere is a jump
 * only as an answer to how something went; and to another page only a condition sends.
 *
 * @param isHeading whether a heading of the page bears these words, in small letters.
 */
export function jumpIn(sentence: string, isHeading: (words: string) => boolean): Jump | null {
  const pattern = !CONDITION.test(sentence) ? AWAY : tellsOfOutcome(sentence) ? AWAY_ON_OR_POINTING : AWAY_OR_ON
  for (const found of sentence.matchAll(pattern)) {
    const jump = targetOf(
      sentence.slice(found.index + found[0].length, found.index + found[0].length + FARTHEST),
      isHeading,
    )
    if (jump !== null && (jump.to !== 'another page' || pattern !== AWAY)) return jump
  }
  return null
}

function targetOf(rest: string, isHeading: (words: string) => boolean): Jump | null {
  const bare = BARE_NUMBER.exec(rest)?.[1]
  if (bare !== undefined) return { to: 'number', word: 'section', number: bare }
  const [written, word, number] = NUMBER.exec(rest) ?? []
  if (written !== undefined && word !== undefined && number !== undefined)
    return OF_ANOTHER.test(rest.slice(written.length))
      ? { to: 'another page' }
      : { to: 'number', word: word.toLowerCase(), number }
  const all = rest
    .replace(/["\u201C\u201D*`[\]]/g, '')
    .replace(/^section\s+/i, '')
    .toLowerCase()
    .split(/\s+/)
    .slice(0, LONGEST_HEADING)
  for (let count = all.length; count > 0; count--) {
    const words = all
      .slice(0, count)
      .join(' ')
      .replace(/[.,;:!?)]+$/, '')
    if (words.length >= 4 && isHeading(words)) return { to: 'heading', words }
  }
  return null
}

/** In characters: a target stands right behind the words that send there. */
const FARTHEST = 300

/** In words. */
const LONGEST_HEADING = 12

/** True for a sentence about how that went which stands before it: "If this fails, …", "Otherwise …". */
export function tellsOfOutcome(sentence: string): boolean {
  if (/^(?:then|afterwards|finally|otherwise|else)\b/i.test(sentence)) return true
  const condition = /^[^,:]*/.exec(sentence)?.[0] ?? ''
  return CONDITION.test(sentence) && OUTCOME.test(condition)
}

/** The sentences of a text. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s+(?=["\u201C*`(]?\p{Lu})/u)
}
