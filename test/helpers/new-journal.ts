import { type JournalFile, openJournal, randomToken } from '../../src/runner/local/index.ts'
import { createChain } from '../../src/transcript/index.ts'

/** A new journal with the clocks and the salts of a real run. */
export function newJournal(path: string): Promise<JournalFile> {
  return openJournal({
    path,
    chain: createChain(),
    nowMs: Date.now,
    monoMs: () => performance.now(),
    salt: randomToken,
    mode: 'new',
  })
}
