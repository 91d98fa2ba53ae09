import type { Evidence } from './plan.ts'

export type EvidenceAnswer =
  | { readonly kind: 'value'; readonly value: number; readonly met: boolean; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly why: string }

/**
 * Reads what a person observed against the limit that the runbook names.
 * The unit may be left out; another unit is refused, since `2 s` is not `2 ms`.
 */
export function checkObserved(evidence: Evidence, observed: string): EvidenceAnswer {
  const given = observed.trim()
  if (given === '') return { kind: 'refused', why: `${evidence.name}: a value is needed` }
  if (evidence.op === 'text' || evidence.value === null) return { kind: 'text', text: given }
  const found = /^([-+]?\d+(?:[.,]\d+)?)\s*(.*)$/.exec(given)
  if (found === null) return { kind: 'refused', why: `${evidence.name}: expected a number, got "${given}"` }
  const unit = (found[2] ?? '').trim()
  if (unit !== '' && unit.toLowerCase() !== (evidence.unit ?? '').toLowerCase())
    return {
      kind: 'refused',
      why: `${evidence.name}: expected ${evidence.unit ?? 'a number without unit'}, got "${unit}"`,
    }
  const value = Number((found[1] ?? '').replace(',', '.'))
  const met = compare(value, evidence.op, evidence.value)
  const limit = `${evidence.op} ${evidence.value}${unitText(evidence)}`
  const text = met
    ? `${value}${unitText(evidence)} ${limit}: met`
    : `NOT met: ${value}${unitText(evidence)} is not ${limit}`
  return { kind: 'value', value, met, text }
}

function compare(value: number, op: Exclude<Evidence['op'], 'text'>, limit: number): boolean {
  switch (op) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case '=':
      return value === limit
    default:
      op satisfies never
      return false
  }
}

function unitText(evidence: Evidence): string {
  return evidence.unit === null ? '' : ` ${evidence.unit}`
}
