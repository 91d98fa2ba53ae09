import { readFileSync } from 'node:fs'
import { readJournal } from '../../../src/transcript/journal/read-journal.ts'
import { sealJournal } from '../../../src/transcript/statements/seal.ts'
import * as run from './run.ts'

/** A sealed run with a gate that two people opened, and output: what the threats are tried on. */
export const whole = await run.wholeRun()
export const journal = whole.bytes()
export const bundle = await run.sealed(whole)
/** Without their LF. */
export const lines = journal.toString().trimEnd().split('\n')

/** The smallest whole case of the format, sealed. */
export const smallest = await sealedSmallest()
export const trusted = { signersText: smallest.signersText }

async function sealedSmallest() {
  const folder = new URL('../../fixtures/transcript/smallest/', import.meta.url)
  const bytes = readFileSync(new URL('journal.jsonl', folder))
  const { chain } = await readJournal(bytes)
  const { line } = await sealJournal(bytes, chain, run.operator)
  const signersText = readFileSync(new URL('allowed_signers', folder), 'utf8')
  return { journal: bytes, bundle: line, signersText }
}
