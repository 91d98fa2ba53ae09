import { type Entry, SignoffError } from '../../model/index.ts'
import { type Chain, createChain } from './chain.ts'
import { scanJournal } from './journal-scan.ts'
import type { ScannedLine } from './scanned-line.ts'

/** What a journal is to whoever goes on with it. */
export interface FollowedJournal {
  /** Goes on behind the last good line: cut the file to `chain.bytes` first. */
  readonly chain: Chain
  /** The write that was cut: length in bytes and sha256, for `run.resume`; null where the file ends well. */
  readonly torn: { readonly bytes: number; readonly sha256: string } | null
  /** Size of what was read, a torn tail included. */
  readonly bytes: number
}

/** A journal read for going on with it, with all that it holds. */
export interface ReadJournal extends FollowedJournal {
  /** Those of known kinds, in order. */
  readonly entries: readonly Entry[]
}

/**
 * Reads a journal from its bytes, strictly, line by line: its output may be gigabytes, and nothing of that is kept but its leaves. A line
 * lasts until the callback returns.
 * @throws {SignoffError} `JOURNAL_INVALID` where a line is wrong and it cannot be a torn write: tampering, or a damaged disk.
 */
export async function followJournal(
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  onLine: (line: ScannedLine) => void,
): Promise<FollowedJournal> {
  const chain = createChain()
  const scan = await scanJournal(bytes, line => {
    chain.follow(line.text)
    onLine(line)
  })
  if (scan.wrong !== null)
    throw new SignoffError('JOURNAL_INVALID', `line ${scan.wrong.line} of the journal: ${scan.wrong.why}`, {
      advice: 'the journal was changed after it was written; `signoff verify` says more',
    })
  return { chain, torn: scan.torn, bytes: scan.bytes }
}

/** The same, of one that is short. */
export async function readJournal(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<ReadJournal> {
  const entries: Entry[] = []
  const followed = await followJournal(bytes instanceof Uint8Array ? [bytes] : bytes, line => {
    if (line.entry !== null) entries.push(line.entry)
  })
  return { ...followed, entries }
}
