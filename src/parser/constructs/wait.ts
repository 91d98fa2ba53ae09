import { findSpan } from '../duration.ts'

const WAITS =
  /^(?:(?:then|now|next|and)[,\s]+)?(?:please\s+)?(?:wait|monitor|observe|soak|watch|pause|let\b.{0,60}\b(?:soak|bake|settle)|set (?:a |the )?timer)\b/i
const NO_WAIT = /\b(?:within|every|at least once|per)\b/i

/** Rule R19: a text that says to wait, watch or soak **for a time**; null where it names no time. */
export function waitIn(text: string): { readonly durationMs: number; readonly timeoutMs: number } | null {
  if (!WAITS.test(text) || NO_WAIT.test(text)) return null
  const span = findSpan(text)
  return span === null ? null : { durationMs: span.minMs, timeoutMs: span.maxMs }
}

/** A section that is watched for its whole duration: monitoring, soak, observation, validation period. */
export function namesWatching(heading: string): boolean {
  return /\b(?:monitor(?:ing)?|soak(?:ing)?|observation|bake|validation period|watch period|burn-in)\b/i.test(heading)
}
