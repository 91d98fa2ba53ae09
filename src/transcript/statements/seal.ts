import { SignoffError } from '../../model/index.ts'
import { encode } from '../encoding/canonical.ts'
import { sha256Hex } from '../encoding/hash.ts'
import type { Chain, ChainSummary } from '../journal/chain.ts'
import { scanJournal } from '../journal/journal-scan.ts'
import { createFactGatherer, type RunFacts } from '../journal/run-facts.ts'
import { SEAL_NAMESPACE, type Signer } from '../ssh/signer.ts'
import { PAYLOAD_TYPE, pae, toEnvelope } from './dsse.ts'
import { buildSealStatement, type SealStatement } from './seal-statement.ts'

export interface Seal {
  readonly statement: SealStatement
  /** The envelope with its LF: the first line, and at first the whole, of `transcript.intoto.jsonl`. */
  readonly line: string
  /** What names this seal: sha256 of its payload, lower-case hex. */
  readonly sha256: string
}

/**
 * Reads the journal's file again, as a last look before it is signed, and compares it with what the writer remembers: a
 * forgery that was re-chained with care passes every other check.
 * @throws {SignoffError} `JOURNAL_UNWRITABLE` where the file is not what was written: sign nothing.
 */
export async function checkBeforeSeal(
  file: Uint8Array | AsyncIterable<Uint8Array>,
  chain: Pick<Chain, 'summary'>,
): Promise<{ readonly facts: RunFacts; readonly journal: ChainSummary }> {
  const gatherer = createFactGatherer()
  const scan = await scanJournal(file instanceof Uint8Array ? [file] : file, gatherer.add)
  const memory = chain.summary()
  const found = { ...scan.good, bytes: scan.bytes, sha256: scan.sha256 }
  const same =
    found.bytes === memory.bytes &&
    found.lines === memory.lines &&
    found.head === memory.head &&
    found.root === memory.root &&
    found.sha256 === memory.sha256
  if (!same)
    throw new SignoffError(
      'JOURNAL_UNWRITABLE',
      `the journal is not what was written: ${found.bytes} bytes with head ${found.head}, expected ${memory.bytes} with ${memory.head}`,
      { advice: 'nothing was signed; keep the file as evidence of what changed it' },
    )
  return { facts: gatherer.facts(), journal: memory }
}

/** Checks the file once more, makes the statement and signs it. @throws {SignoffError} as its parts do. */
export async function sealJournal(
  file: Uint8Array | AsyncIterable<Uint8Array>,
  chain: Pick<Chain, 'summary'>,
  signer: Signer,
): Promise<Seal> {
  const { facts, journal } = await checkBeforeSeal(file, chain)
  return signSeal(buildSealStatement(facts, journal), signer)
}

/** @throws {SignoffError} `KEY_UNUSABLE` where the signer is not the operator whom the journal names. */
export async function signSeal(statement: SealStatement, signer: Signer): Promise<Seal> {
  const { operator } = statement.predicate
  if (operator.principal !== signer.principal || operator.keyid !== signer.keyid)
    throw new SignoffError(
      'KEY_UNUSABLE',
      `the operator is ${operator.principal} with ${operator.keyid}, not ${signer.principal} with ${signer.keyid}`,
      { advice: 'seal with the key that the run was walked with' },
    )
  const payload = Buffer.from(encode(statement))
  const armored = await signer.sign(SEAL_NAMESPACE, pae(PAYLOAD_TYPE, payload))
  return { statement, line: `${toEnvelope(payload, signer.keyid, armored)}\n`, sha256: sha256Hex(payload) }
}
