import { type EventKind, SALTED, SignoffError } from '../../model/index.ts'
import { createByteJoint } from '../encoding/byte-joint.ts'
import { leafOfLine } from '../encoding/hash.ts'
import { createJournalScanner } from '../journal/journal-scan.ts'
import { decodeLine } from '../journal/line.ts'
import type { ScannedLine } from '../journal/scanned-line.ts'
import { encodeWithheld } from '../journal/withheld-line.ts'
import type { AddendumStatement } from '../statements/addendum.ts'
import type { VerifyReport } from './verify-report.ts'

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

/** The journal of a copy, as it is written. */
export interface WithholdingCopy {
  /**
   * In pieces of whole lines, in memory for one piece of the journal; each lasts until the next is asked for.
   * @throws {SignoffError} `USAGE` for a line that is not there, is withheld already, or cannot be; `TRANSCRIPT_UNREADABLE` where the
   * journal is no longer the one that was verified, which only its end tells. What was written until then is no copy.
   */
  readonly pieces: AsyncIterable<Uint8Array>
  /**
   * Lines that still hold a digest of output that is withheld, so that whoever guesses that output can tell that the guess is right;
   * all of them once the pieces were read.
   */
  readonly digestsLeft: readonly number[]
}

/** The journal of a copy that withholds some lines, from one that was verified. */
export function withholdJournal(
  journal: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { seqs, reason }: Withholding,
  verified: VerifyReport,
): WithholdingCopy {
  const left = new Set(seqs)
  const digests = createDigestWatch()
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const copied = createByteJoint(PIECE_BYTES)
    const scanner = createJournalScanner(
      line => {
        const isWithheld = left.delete(line.seq)
        digests.add(line, isWithheld)
        copied.addText(`${isWithheld ? withholdLine(line.text, reason) : line.text}\n`)
      },
      line => {
        copied.addText(`${encodeWithheld(line)}\n`)
        return true
      },
    )
    for await (const chunk of journal) {
      copied.clear()
      scanner.push(chunk)
      if (copied.length > 0) yield copied.bytes()
    }
    const { sha256, good } = scanner.end()
    if (sha256 !== verified.journal?.sha256)
      throw new SignoffError('TRANSCRIPT_UNREADABLE', 'the journal changed while it was being copied')
    const [first] = left
    if (first !== undefined)
      throw new SignoffError(
        'USAGE',
        `seq ${first} is not there, or withheld already; there are 0 to ${good.lines - 1}`,
      )
  }
  return { pieces: pieces(), digestsLeft: digests.left }
}

/** Some pieces of a journal as it is read. */
const PIECE_BYTES = 8 * 1024 * 1024

function createDigestWatch() {
  const streams = new Set<string>()
  const left: number[] = []
  return {
    left,
    add(line: ScannedLine, isWithheld: boolean): void {
      // Of output that stays nothing is asked; its entry is not even made.
      const event = line.output === undefined || isWithheld ? line.entry?.event : undefined
      if ((event?.kind === 'output' || event?.kind === 'output.late') && isWithheld)
        streams.add(`${event.kind}.end ${event.step} ${event.attempt}`)
      if ((event?.kind === 'output.end' || event?.kind === 'output.late.end') && !isWithheld)
        if (streams.has(`${event.kind} ${event.step} ${event.attempt}`)) left.push(line.seq)
    },
  }
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
    throw new SignoffError(
      'USAGE',
      `line ${seq + 1} (seq ${seq}) is a ${kind}, which has no salt and cannot be withheld`,
      {
        advice: 'its digest would give it away to anybody who guesses it',
      },
    )
  return encodeWithheld({ seq, leaf: leafOfLine(line), reason })
}
