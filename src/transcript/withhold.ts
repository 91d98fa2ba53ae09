import { type EventKind, SALTED, SignoffError } from '../model/index.ts'
import type { AddendumStatement } from './addendum.ts'
import { leafOfLine } from './hash.ts'
import { decodeLine } from './line.ts'
import { encodeWithheld } from './withheld-line.ts'

/** Which lines of a copy are withheld, and why: what the signed addendum says. */
export interface Withholding {
  readonly seqs: readonly number[]
  readonly reason: string
}

/** The text of a `withhold` addendum: the numbers, then the reason that stands in each of the lines as well. */
export function withholdText({ seqs, reason }: Withholding): string {
  return `${seqs.join(',')}: ${reason}`
}

/** Reads that text back; null where an addendum of this type lists nothing. */
export function readWithholdText(text: string): Withholding | null {
  const found = /^(\d{1,15}(?:,\d{1,15})*): (.+)$/s.exec(text)
  if (found?.[1] === undefined || found[2] === undefined) return null
  return { seqs: found[1].split(',').map(Number), reason: found[2] }
}

/** By number of the line: the reasons that signed addenda give for withholding it. */
export function withheldBy(addenda: readonly AddendumStatement[]): ReadonlyMap<number, ReadonlySet<string>> {
  const listed = new Map<number, Set<string>>()
  for (const { predicate } of addenda) {
    const said = predicate.type === 'withhold' ? readWithholdText(predicate.text) : null
    for (const seq of said?.seqs ?? []) listed.set(seq, (listed.get(seq) ?? new Set()).add(said?.reason ?? ''))
  }
  return listed
}

/**
 * Puts its leaf in the place of one line, given without LF.
 * @throws {SignoffError} `USAGE` for a kind that has no salt: whoever guesses such a line can tell that the guess is right.
 */
export function withholdLine(line: string, reason: string): string {
  const answer = decodeLine(line)
  if (!answer.ok) throw new SignoffError('JOURNAL_INVALID', answer.why)
  const { seq, kind } = answer.line
  if (!SALTED.has(kind as EventKind))
    throw new SignoffError('USAGE', `line ${seq} is a ${kind}, which has no salt and cannot be withheld`, {
      advice: 'its digest would give it away to anybody who guesses it',
    })
  return encodeWithheld({ seq, leaf: leafOfLine(line), reason })
}
