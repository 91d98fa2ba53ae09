import type { Evidence, Step } from '../../model/index.ts'

/** `error rate < 1 %`, or the name of what is asked in words. */
export function evidenceText(evidence: Evidence): string {
  if (evidence.op === 'text' || evidence.value === null) return evidence.name
  return `${evidence.name} ${evidence.op} ${evidence.value}${evidence.unit === null ? '' : ` ${evidence.unit}`}`
}

/** What an expectation is to the person who reads it: similar and shown are for them to compare, the others decide. */
export function expectLabel({ kind }: NonNullable<Step['expect']>): string {
  return kind === 'similar' || kind === 'shown' ? 'Expected, for you to compare' : `Must be met by the output (${kind})`
}
