import type { Evidence } from '../model/index.ts'

const OPERATORS: Readonly<Record<string, Evidence['op']>> = {
  '<': '<',
  '<=': '<=',
  '≤': '<=',
  '>': '>',
  '>=': '>=',
  '≥': '>=',
  '=': '=',
  '==': '=',
  'at least': '>=',
  'no less than': '>=',
  minimum: '>=',
  min: '>=',
  'at most': '<=',
  'no more than': '<=',
  maximum: '<=',
  max: '<=',
  'less than': '<',
  below: '<',
  under: '<',
  'fewer than': '<',
  'more than': '>',
  'greater than': '>',
  above: '>',
  over: '>',
}
const SYMBOL =
  /^(.*?\S)\s*(<=|>=|==|≤|≥|<|>|=|\b(?:at least|no less than|at most|no more than|less than|fewer than|more than|greater than|below|under|above|over)\b)\s*\$?(\d+(?:[.,]\d+)?)\s*(%|[A-Za-zµ°]+(?:\/[A-Za-z]+)?)?(.*)$/i
const MINIMUM = /^(minimum|min|at least|maximum|max|at most)(?:\s+of)?\s+(\d+(?:[.,]\d+)?)\s*(%)?\s*(.*)$/i
const UNITS =
  /^(?:%|ms|msec|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|days?|kb|mb|gb|tb|kib|mib|gib|rps|qps|req\/s|requests?\/s|tps|mb\/s|x)$/i

/**
 * Rule R18: the comparison that a text names. `API latency P95 < 2000ms` is a number to be observed, and its limit;
 * a text without a comparison gives null. Numbers without a name (`> 3 approvals`) are no criterion.
 */
export function evidenceIn(text: string): Evidence | null {
  const plain = text.replace(/`([^`]*)`/g, '$1')
  const minimum = MINIMUM.exec(plain)
  if (minimum !== null && (minimum[4] ?? '') !== '')
    return evidence(nameOf(minimum[4] ?? ''), minimum[1], minimum[2], minimum[3])
  const found = SYMBOL.exec(plain)
  if (found === null) return null
  const name = nameOf(found[1] ?? '')
  if (name === '' || /[<>]/.test(found[5] ?? '') || /^[<>=]/.test((found[2] ?? '') === '=' ? name : '')) return null
  // `FEAT_X=1` and `?a=1` are settings, and a word operator wants a number that is not part of a longer name.
  if (found[2] === '=' && !/\s=\s/.test(plain)) return null
  const unit = found[4]
  return UNITS.test(unit ?? '')
    ? evidence(name, found[2], found[3], unit)
    : evidence(name, found[2], found[3], undefined)
}

/** A question for words, such as a link or a place where something is written down. */
export function textEvidence(name: string): Evidence {
  return { name, op: 'text', value: null, unit: null }
}

function evidence(
  name: string,
  op: string | undefined,
  value: string | undefined,
  unit: string | undefined,
): Evidence | null {
  const known = OPERATORS[(op ?? '').toLowerCase()]
  const number = Number((value ?? '').replace(',', '.'))
  if (known === undefined || !Number.isFinite(number)) return null
  return { name, op: known, value: number, unit: unit ?? null }
}

function nameOf(text: string): string {
  return text
    .replace(/[\s:–—-]+$/, '')
    .replace(/^(?:verify|check|confirm|ensure)(?: that)?\s+/i, '')
    .replace(/\s+(?:is|are|stays?|remains?|must be|should be)$/i, '')
    .trim()
}
