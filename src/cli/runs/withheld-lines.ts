import { createPlanNames } from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import { readLines } from './journal-reader.ts'

/**
 * What lines of a journal are, for the person who had them withheld: lines are withheld by `seq`, which counts from 0, and told elsewhere by
 * their place in the file, which counts from 1. Whoever took the one for the other must see it, since what they meant is still in the copy.
 */
export async function withheldLines(journal: string, seqs: readonly number[]): Promise<string[]> {
  const wanted = new Set(seqs)
  const names = createPlanNames()
  const told: string[] = []
  for await (const { seq, kind, entry } of readLines(journal)) {
    if (entry !== null) names.take(entry.event)
    if (!wanted.has(seq)) continue
    const id = entry !== null && 'step' in entry.event ? entry.event.step : null
    const step = id === null ? undefined : names.step(id)
    const where = step === undefined ? (id ?? '') : `${step.position} ${step.title}`
    const when = entry === null ? '' : `, ${new Date(entry.atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    told.push(cleanText(`Withheld: ${placeOf(seq)}, ${kind}${where === '' ? '' : ` of ${where}`}${when}`))
  }
  return told
}

/** `3 (line 4 of the journal)` */
export function placeOf(seq: number): string {
  return `${seq} (line ${seq + 1} of the journal)`
}
