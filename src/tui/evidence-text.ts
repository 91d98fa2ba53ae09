import type { Evidence } from '../model/index.ts'

/** `error rate < 1 %`, or the name of what is asked in words. */
export function evidenceText(evidence: Evidence): string {
  if (evidence.op === 'text' || evidence.value === null) return evidence.name
  return `${evidence.name} ${evidence.op} ${evidence.value}${evidence.unit === null ? '' : ` ${evidence.unit}`}`
}
