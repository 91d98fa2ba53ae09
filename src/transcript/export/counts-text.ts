import type { StepCounts } from '../../model/index.ts'

const WORDS: Readonly<Record<keyof StepCounts, string>> = {
  passed: 'passed',
  failed: 'failed',
  // One count in the record: most of them are options that were not chosen.
  skipped: 'skipped or not applicable',
  unknown: 'of unknown outcome',
  open: 'open',
}

/** `26 passed, 1 failed`: how many steps came to what, without those that none did. */
export function countsText(counts: StepCounts): string {
  return (Object.keys(WORDS) as (keyof StepCounts)[])
    .filter(name => counts[name] > 0 || name === 'passed')
    .map(name => `${counts[name]} ${WORDS[name]}`)
    .join(', ')
}
