import { createReadStream } from 'node:fs'
import { type Entry, SignoffError } from '../../model/index.ts'
import { createPastRun, type PastRun } from '../../runner/index.ts'
import { decodeLine, type FollowedJournal, followJournal } from '../../transcript/index.ts'

const PIECE_BYTES = 1024 * 1024

/**
 * Reads a journal for going on with its run, in memory for what goes on: of gigabytes of output nothing is kept but what the script has
 * printed that still runs.
 * @throws {SignoffError} `JOURNAL_INVALID`; whatever the system says where the file cannot be read.
 */
export async function readPast(path: string): Promise<FollowedJournal & { readonly past: PastRun }> {
  const past = createPastRun()
  const followed = await followJournal(journalPieces(path), line => {
    if (line.output?.kind === 'output') {
      const { text } = line
      past.addOutput(line.output, () => entryOf(text))
    } else if (line.entry !== null) past.add(line.entry)
  })
  return { ...followed, past }
}

/** The bytes of a journal, piece by piece: it may be larger than memory, and than Node reads at once. */
export function journalPieces(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: PIECE_BYTES })
}

/** Of a line that was read once already. */
function entryOf(text: string): Entry {
  const answer = decodeLine(text)
  if (!answer.ok || answer.line.entry === null) throw new SignoffError('BUG', 'a line that was good is none')
  return answer.line.entry
}
