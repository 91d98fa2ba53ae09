import type { Duration } from '../../model/index.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const AMOUNT = String.raw`(\d+(?:\.\d+)?|(?:half an?|an?|one|two|three|five|ten)\b)`
const SPAN = new RegExp(
  String.raw`\b${AMOUNT}(?:\s*(?:-|\u2013|\u2014|to)\s*${AMOUNT})?[\s-]*(?:business\s+|working\s+)?(milliseconds?|msec|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?![A-Za-z])`,
  'i',
)
const WORDS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  'half a': 0.5,
  'half an': 0.5,
  one: 1,
  two: 2,
  three: 3,
  five: 5,
  ten: 10,
}

/** A planned time. `24-48 hours (for major releases)` gives both bounds; words alone (Variable) give none. */
export function parseDuration(text: string): Duration {
  const span = findSpan(text)
  return { minMs: span?.minMs ?? null, maxMs: span?.maxMs ?? null, text }
}

/** The first stretch of time that a text names, in milliseconds; a single number is both bounds. */
export function findSpan(text: string): { readonly minMs: number; readonly maxMs: number } | null {
  const first = partAt(text, SPAN)
  if (first === null) return null
  const behind = text.slice(first.end)
  // `1 hour 30 minutes` adds up; `30 minutes to 2 hours` is a range whose bounds have units of their own.
  const more = partAt(behind, new RegExp(String.raw`^(?:\s*(?:,|and)?\s*)${SPAN.source}`, 'i'))
  const until = partAt(behind, new RegExp(String.raw`^\s*(?:-|\u2013|\u2014|to)\s*${SPAN.source}`, 'i'))
  const smaller = more !== null && more.unit < first.unit ? more : null
  const minMs = Math.round(first.min + (smaller?.min ?? 0))
  const maxMs = Math.round(until?.max ?? first.max + (smaller?.max ?? 0))
  if (!Number.isSafeInteger(minMs) || !Number.isSafeInteger(maxMs)) return null
  return { minMs: Math.min(minMs, maxMs), maxMs: Math.max(minMs, maxMs) }
}

interface Part {
  readonly min: number
  readonly max: number
  /** One of its unit, in milliseconds. */
  readonly unit: number
  /** Offset behind it. */
  readonly end: number
}

function partAt(text: string, pattern: RegExp): Part | null {
  const found = pattern.exec(text)
  if (found === null) return null
  const unit = unitMs(found[3] ?? '')
  const min = amount(found[1] ?? '') * unit
  const max = found[2] === undefined ? min : amount(found[2]) * unit
  return { min, max, unit, end: found.index + found[0].length }
}

function amount(text: string): number {
  return WORDS[text.toLowerCase()] ?? Number(text)
}

function unitMs(text: string): number {
  const unit = text.toLowerCase()
  if (unit.startsWith('ms') || unit.startsWith('milli')) return 1
  return UNIT_MS[unit[0] ?? ''] ?? 0
}
