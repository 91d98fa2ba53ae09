import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { encode } from '../../src/transcript/encoding/canonical.ts'
import { sha256Hex } from '../../src/transcript/encoding/hash.ts'
import { createChain } from '../../src/transcript/journal/chain.ts'
import { readJournal } from '../../src/transcript/journal/read-journal.ts'
import { SEAL_NAMESPACE } from '../../src/transcript/ssh/signer.ts'
import { PAYLOAD_TYPE, pae } from '../../src/transcript/statements/dsse.ts'
import { sealJournal } from '../../src/transcript/statements/seal.ts'
import { signerFrom } from './helpers/keys.ts'

const folder = new URL('../fixtures/transcript/smallest/', import.meta.url)
const journal = readFileSync(new URL('journal.jsonl', folder))
const payload = readFileSync(new URL('payload.json', folder), 'utf8')
const signer = signerFrom(0, 'op@example.com')

describe('the smallest whole transcript of docs/transcript-format.md section 5', () => {
  it('is written again, byte for byte, from its events', async () => {
    const { entries } = await readJournal(journal)
    const chain = createChain()
    const starts = [0, 1, 9000, 10_000]
    const lines = entries.map((entry, index) =>
      chain.append(entry.event, { atMs: entry.atMs, monoMs: starts[index] ?? 0, salt: 'A'.repeat(22) }),
    )
    expect(lines.map(({ line }) => line).join('')).toBe(journal.toString())
    expect(chain.bytes).toBe(1705)
    expect(chain.sha256()).toBe('8288a93a02fac2965146d0fb7a6c9cf791e5fc138b1087dba0112ae9e2756629')
    expect(chain.head).toBe('4dd1f7e9fb2092d729869c0b05b4fe1d95f822f745b47c3baf9bc7a87c41b057')
    expect(chain.root()).toBe('c44843e0658a656dbe776efb2dcca2b9460f61a3cef23c120320a8c6620174d8')
    expect(chain.leaf(0)).toBe('b1e2a97f32d402bc6dc9205b11a73a672bbf5b7561eb431f739a008b705f21e3')
  })

  it('is sealed with the digests that the format gives', async () => {
    const { chain } = await readJournal(journal)
    const seal = await sealJournal(journal, chain, signer)
    expect(encode(seal.statement)).toBe(payload)
    expect(seal.sha256).toBe('6cf84c38468230e8340cdbef317a7e59491332a75aaf01fb7e0d37c646aced1b')
    expect(sha256Hex(seal.line)).toBe('4c1be9059db5b19cc120338cb1b1ce942709d3373dcf4198b8d7d91dc63e42b4')
    const armored = await signer.sign(SEAL_NAMESPACE, pae(PAYLOAD_TYPE, Buffer.from(payload)))
    expect(sha256Hex(armored)).toBe('b9de29e88d1509ce81346e179484a18ceb8bb688929db56a1881c52a6c461db9')
  })

  it('names the key by the fingerprint that ssh-keygen shows', () => {
    expect(signer.keyid).toBe('SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSspg')
  })
})
