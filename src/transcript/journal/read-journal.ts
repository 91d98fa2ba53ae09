import { type Entry, SignoffError } from '../../model/index.ts'
import { type Chain, createChain } from './chain.ts'
import { scanJournal } from './journal-scan.ts'

/** A journal read for going on with it. */
export interface ReadJournal {
  /** Those of known kinds, in order. */
  readonly entries: readonly Entry[]
  /** Goes on behind the last good line: cut the file to `chain.bytes` first. */
  readonly chain: Chain
  /** The write that was cut: length in bytes and sha256, for `run.resume`; null where the file ends well. */
  readonly torn: { readonly bytes: number; readonly sha256: string } | null
}

/**
 * Reads a journal from its bytes, strictly.
 * @throws {SignoffError} `JOURNAL_INVALID` where a line is wrong and it cannot be a torn write: tampering, or a damaged disk.
 */
export async function readJournal(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<ReadJournal> {
  const entries: Entry[] = []
  const texts: string[] = []
  const scan = await scanJournal(bytes instanceof Uint8Array ? [bytes] : bytes, line => {
    texts.push(line.text)
    if (line.entry !== null) entries.push(line.entry)
  })
  if (scan.wrong !== null)
    throw new SignoffError('JOURNAL_INVALID', `line ${scan.wrong.line} of the journal: ${scan.wrong.why}`, {
      advice: 'the journal was changed after it was written; `signoff verify` says more',
    })
  return { entries, chain: createChain(texts), torn: scan.torn }
}
