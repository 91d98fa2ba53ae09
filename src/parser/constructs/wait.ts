import { findSpan } from '../text/duration.ts'

const WAITS =
  /^(?:(?:then|now|next|and)[,\s]+)?(?:please\s+)?(?:wait|monitor|observe|soak|watch|pause|let\b.{0,60}\b(?:soak|bake|settle)|set (?:a |the )?timer)\b/i
const NO_WAIT = /\b(?:within|every|at least once|per)\b/i

/** Rule R19: a text that says to wait, watch or soak **for a time**; null where it names no time. */
export function waitIn(text: string): { readonly durationMs: number; readonly timeoutMs: number } | null {
  const said = withoutInterval(text)
  if (!WAITS.test(said) || NO_WAIT.test(said)) return null
  // "Up to 10 minutes, checking every minute" ends when it is done: a person says so.
  if (said !== text && AT_MOST.test(said)) return null
  const span = findSpan(said)
  return span === null ? null : { durationMs: span.minMs, timeoutMs: span.maxMs }
}

/** A sentence that is a wait by itself, whatever block stands behind it. One that ends in a colon leads to that block. */
export function isWaitAlone(text: string): boolean {
  return !text.endsWith(':') && waitIn(text) !== null
}

/** A section that is watched for its whole duration: monitoring, soak, observation, validation period. */
export function namesWatching(heading: string): boolean {
  return /\b(?:monitor(?:ing)?|soak(?:ing)?|observation|bake|validation period|watch period|burn-in)\b/i.test(heading)
}

const AMOUNT = String.raw`(?:\d+(?:\.\d+)?|an?|one|two|three|five|ten)`
const UNIT = String.raw`(?:seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h)\b`
const INTERVAL = new RegExp(
  String.raw`[\s,;(]*\b(?:once\s+(?:a|an|per|every)\s+|every\s+|each\s+)(${AMOUNT}[\s-]*)?(${UNIT})|[\s,;(]*\bat\s+(${AMOUNT}[\s-]*)(${UNIT})[\s-]+intervals?`,
  'i',
)
/** Words of looking: an interval beside others, such as that of a backup, is none of a probe. */
const LOOKS = /\b(?:wait|poll|check|re-?check|watch|monitor|observe|probe|look|refresh|until)(?:s|es|ed|ing)?\b/i
const AT_MOST =
  /\b(?:up to|at most|no (?:more|longer) than|max(?:imum)?\.?(?: of)?|within|time-?out(?: of| after)?|give up after)[:\s]+(?=\d|an?\b|one|two|three|five|ten)/i

/** Rule R19: how often a text says to look (`checking every 30 seconds`), in milliseconds; null where it does not. */
export function intervalIn(text: string): number | null {
  const found = INTERVAL.exec(withoutCode(text))
  if (found === null || !LOOKS.test(text)) return null
  const span = findSpan(`${found[1] ?? found[3] ?? '1 '}${found[2] ?? found[4]}`)
  return span === null || span.minMs === 0 ? null : span.minMs
}

/** The longest that something looked at again and again is to take: `up to 10 minutes`; null where nothing is said. */
export function limitOfPolling(text: string): number | null {
  const said = withoutInterval(text)
  const found = intervalIn(text) === null ? null : AT_MOST.exec(said)
  return found === null ? null : (findSpan(said.slice(found.index + found[0].length))?.maxMs ?? null)
}

function withoutInterval(text: string): string {
  return intervalIn(text) === null ? text : withoutCode(text).replace(INTERVAL, '')
}

/** A command may hold numbers and words of its own. */
function withoutCode(text: string): string {
  return text.replace(/`[^`]*`/g, '``')
}
