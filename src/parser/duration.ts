import type { Duration } from '../model/index.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const AMOUNT = String.raw`(\d+(?:\.\d+)?|(?:an?|one|two|three|five|ten)\b)`
const SPAN = new RegExp(
  String.raw`\b${AMOUNT}(?:\s*(?:-|–|—|to)\s*${AMOUNT})?[\s-]*(?:business\s+|working\s+)?(milliseconds?|msec|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)\b`,
  'i',
)
const WORDS: Readonly<Record<string, number>> = { a: 1, an: 1, one: 1, two: 2, three: 3, five: 5, ten: 10 }

/** A planned time. `24-48 hours (for major releases)` gives both bounds; words alone (Variable) give none. */
export function parseDuration(text: string): Duration {
  const span = findSpan(text)
  return { minMs: span?.minMs ?? null, maxMs: span?.maxMs ?? null, text }
}

/** The first stretch of time that a text names, in milliseconds; a single number is both bounds. */
export function findSpan(text: string): { readonly minMs: number; readonly maxMs: number } | null {
  const found = SPAN.exec(text)
  if (found === null) return null
  const unit = unitMs(found[3] ?? '')
  const from = amount(found[1] ?? '')
  const to = found[2] === undefined ? from : amount(found[2])
  const minMs = Math.round(from * unit)
  const maxMs = Math.round(to * unit)
  if (!Number.isSafeInteger(minMs) || !Number.isSafeInteger(maxMs)) return null
  return { minMs: Math.min(minMs, maxMs), maxMs: Math.max(minMs, maxMs) }
}

function amount(text: string): number {
  return WORDS[text.toLowerCase()] ?? Number(text)
}

function unitMs(text: string): number {
  const unit = text.toLowerCase()
  if (unit.startsWith('ms') || unit.startsWith('milli')) return 1
  return UNIT_MS[unit[0] ?? ''] ?? 0
}
