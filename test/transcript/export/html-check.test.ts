import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leafHash } from '../../../src/transcript/encoding/hash.ts'
import { fromBase64, toHex } from '../../../src/transcript/export/html/check/bytes.ts'
import { checkPage, HARMLESS } from '../../../src/transcript/export/html/check/check-page.ts'
import { checkJournal } from '../../../src/transcript/export/html/check/journal.ts'
import { checkSshSignature } from '../../../src/transcript/export/html/check/ssh-signature.ts'
import { createMerkleTree } from '../../../src/transcript/journal/merkle.ts'
import { SEAL_NAMESPACE } from '../../../src/transcript/ssh/signer.ts'
import { wireString } from '../../../src/transcript/ssh/ssh-wire.ts'
import { signedBytes, toArmor, verifySshSig } from '../../../src/transcript/ssh/sshsig.ts'
import { addAddendum } from '../../../src/transcript/statements/addendum.ts'
import { withholdLine, withholdText } from '../../../src/transcript/verify/withhold.ts'
import { AFTERNOON_SIGNERS, afternoonRun } from '../helpers/afternoon-run.ts'
import { signersLine } from '../helpers/keys.ts'
import * as run from '../helpers/run.ts'

const { writer, bundle } = await afternoonRun()
const journal = writer.bytes()
const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64')
const check = (bytes: Uint8Array, seal: string | null = bundle, signers: string | null = null) =>
  checkPage({ journal: base64(bytes), bundle: seal === null ? null : base64(seal) }, signers)

describe('the check that a page makes of its evidence', () => {
  it('says by which key a good one was sealed, and never that it is trusted', async () => {
    const { verdict, answer, findings } = await check(journal)
    expect(answer).toBe(`checked: key ${run.stranger.keyid}`)
    expect(verdict).toBe('checked')
    expect(findings.map(({ what }) => what)).toEqual([
      'Chain',
      'Runbook',
      'Journal',
      'Seal',
      'Approval on line 24',
      'Approval on line 27',
      'Hand-over offered on line 35',
      'Hand-over accepted on line 36',
      'Addendum 1',
    ])
    expect(JSON.stringify(findings)).not.toContain('trusted')
  })

  it('trusts by the file that the reader picked: principal, namespace and time', async () => {
    const trusted = await check(journal, bundle, AFTERNOON_SIGNERS)
    expect(trusted).toMatchObject({ verdict: 'trusted', answer: expect.stringContaining('trusted by the file') })
    const without = (line: string) => AFTERNOON_SIGNERS.replace(line, '')
    const signers = {
      'no line has the key': without(signersLine(run.stranger, 'namespaces="signoff-*"')),
      'may not sign signoff-seal-v1': AFTERNOON_SIGNERS.replaceAll('signoff-*', 'signoff-approval-v1'),
      'is not valid at that time': AFTERNOON_SIGNERS.replace(
        'eve@example.com namespaces="signoff-*"',
        'eve@example.com namespaces="signoff-*",valid-before="20261101Z"',
      ),
      'is not that of "rm@example.com"': AFTERNOON_SIGNERS.replace('rm@example.com', 'mallory@example.com'),
      'without a wildcard': AFTERNOON_SIGNERS.replace('pl@example.com', '*@example.com'),
    }
    for (const [why, text] of Object.entries(signers)) {
      const { verdict, answer } = await check(journal, bundle, text)
      expect([verdict, answer], why).toEqual(['not-trusted', expect.stringContaining(why)])
      expect(answer, why).toContain('NOT trusted')
    }
  })

  it('says what is broken when a byte of the journal is changed, wherever it is', async () => {
    for (let at = 0; at < journal.length; at += 101) {
      const changed = Buffer.from(journal)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(await check(changed), `byte ${at}`).toMatchObject({ verdict: 'broken' })
    }
  })

  it('says what is broken when a byte of the seal, of its signature or of an addendum is changed', async () => {
    // A hint that nobody trusts: the key is in the signature.
    const hints = [...bundle.matchAll(/"keyid":"[^"]*"/g)].map(
      ({ 0: text, index }) => [index, index + text.length] as const,
    )
    for (let at = 0; at < bundle.length - 1; at += 37) {
      if (hints.some(([from, to]) => at >= from && at < to)) continue
      const changed = Buffer.from(bundle)
      changed[at] = (changed[at] ?? 0) ^ 1
      const { verdict } = await check(journal, changed.toString('latin1'))
      expect(verdict, bundle.slice(at - 20, at + 20)).toBe('broken')
    }
  })

  it('refuses lines that are cut, dropped or swapped', async () => {
    const lines = journal.toString().trimEnd().split('\n')
    const text = (some: readonly string[]) => Buffer.from(`${some.join('\n')}\n`)
    expect(await check(text(lines.slice(0, -1)))).toMatchObject({ verdict: 'broken' })
    expect(await check(text(lines.filter((_, at) => at !== 9)))).toMatchObject({
      verdict: 'broken',
      answer: expect.stringContaining('line 10 does not follow'),
    })
    expect(await check(journal.subarray(0, -1))).toMatchObject({ verdict: 'broken' })
    expect(await check(Buffer.alloc(0))).toMatchObject({ verdict: 'broken' })
  })

  it('refuses a seal by another key than the one it names, and one in another namespace', async () => {
    const other = await run.sealed(writer, {
      ...run.lead,
      principal: run.stranger.principal,
      keyid: run.stranger.keyid,
    })
    expect(await check(journal, other)).toMatchObject({
      verdict: 'broken',
      answer: expect.stringContaining('it names another key'),
    })
    const elsewhere = await run.sealed(writer, {
      ...run.stranger,
      sign: (_, bytes) => run.stranger.sign('signoff-approval-v1', bytes),
    })
    expect((await check(journal, elsewhere)).answer).toContain('signed for "signoff-approval-v1"')
  })

  it('of a run without a seal, and of a journal that is not there, says that nothing was checked', async () => {
    expect(await check(journal, null)).toMatchObject({
      verdict: 'not-checked',
      answer: 'not checked: Seal: there is none: nothing protects the last lines',
    })
    expect((await checkPage({ journal: null, bundle: base64(bundle) }, null)).answer).toMatch(/^not checked: /)
  })

  it('refuses an approval that is bound to something else', async () => {
    const atGate = run.atGate()
    const approval = await run.approvalOf(atGate, run.manager, 'Release Manager', statement => ({
      ...statement,
      predicate: { ...statement.predicate, meaning: 'Order pizza?' },
    }))
    atGate.add(approval, await run.approvalOf(atGate, run.lead, 'Platform Lead'), run.gateEnd([4, 5]))
    atGate.add({ kind: 'run.abort', reason: 'pizza', by: run.operator.principal }, run.runEnd(atGate, 'aborted'))
    expect(await check(atGate.bytes(), await run.sealed(atGate))).toMatchObject({
      verdict: 'broken',
      answer: 'broken: Approval on line 5: its meaning is not the one on record',
    })
  })

  describe('of a copy', () => {
    const lines = journal.toString().trimEnd().split('\n')
    const salted = lines.flatMap((line, seq) => (line.includes('"salt":"') ? [seq] : []))
    const copyWithout = async (seqs: readonly number[], said = seqs, reason = 'names') => ({
      journal: Buffer.from(
        `${lines.map((line, seq) => (seqs.includes(seq) ? withholdLine(line, 'names') : line)).join('\n')}\n`,
      ),
      bundle: await addAddendum(
        bundle,
        { type: 'withhold', text: withholdText({ seqs: said, reason }), atMs: writer.atMs },
        run.RUN,
        run.operator,
      ),
    })

    it('holds whichever line is withheld, and says of which kind it was', async () => {
      expect(salted.length).toBeGreaterThan(30)
      for (const seq of salted) {
        const copy = await copyWithout([seq])
        const { verdict, findings } = await check(copy.journal, copy.bundle)
        const kind = writer.entries[seq]?.event.kind ?? ''
        // Of what decides something `verify` answers 6 without it: a page does not say more than that the rest holds.
        const due = HARMLESS.has(kind) ? 'checked' : 'not-checked'
        expect(verdict, lines[seq]?.slice(100, 200)).toBe(due)
        expect(findings.at(-1)).toMatchObject({
          what: 'Withheld lines',
          verdict: due,
          detail: expect.stringMatching(new RegExp(`^1 ${kind}(,|$)`)),
        })
      }
      const all = await copyWithout(salted)
      expect((await check(all.journal, all.bundle)).verdict).toBe('not-checked')
    })

    it('is broken where no addendum says so, or gives another reason, or a leaf or a line before it is another', async () => {
      const [seq = 0] = salted.filter(at => lines[at]?.includes('"kind":"output"'))
      const good = await copyWithout([seq])
      const changed = (from: string, to: string) => Buffer.from(good.journal.toString().replace(from, to))
      const leaf = /"withheld":"(.)/.exec(good.journal.toString())?.[1]
      for (const [why, copy, said] of [
        ['no signed addendum says so', good.journal, bundle],
        ['no signed addendum says so', good.journal, (await copyWithout([seq], [seq + 1])).bundle],
        ['no signed addendum says so', good.journal, (await copyWithout([seq], [seq], 'other')).bundle],
        ['does not follow', changed(`"withheld":"${leaf}`, `"withheld":"${leaf === '0' ? '1' : '0'}`), good.bundle],
        [
          'Merkle root',
          Buffer.from(good.journal.toString().replace('"timeoutMs":600000', '"timeoutMs":600001')),
          good.bundle,
        ],
      ] as const)
        expect(await check(copy, said), why).toMatchObject({ verdict: 'broken', answer: expect.stringContaining(why) })
    })
  })

  it('never throws for what is in the evidence', async () => {
    const piece = fc.oneof(fc.string(), fc.json(), fc.constantFrom(bundle, journal.toString().slice(0, 2000)))
    await fc.assert(
      fc.asyncProperty(piece, fc.option(piece), fc.option(piece), async (lines, seal, signers) => {
        const { verdict } = await check(Buffer.from(lines), seal, signers)
        expect(['broken', 'not-checked']).toContain(verdict)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the tree of a journal, level by level', () => {
  it('has the root that the tree grown leaf by leaf has', async () => {
    for (const count of [0, 1, 2, 3, 4, 5, 7, 8, 9, 511, 512, 513, 1025]) {
      const lines = Array.from({ length: count }, (_, at) => `line ${at}`)
      const tree = createMerkleTree()
      for (const line of lines) tree.add(leafHash(line))
      const bytes = new Uint8Array(Buffer.from(lines.map(line => `${line}\n`).join('')))
      expect((await checkJournal(bytes)).root, String(count)).toBe(tree.root().toString('hex'))
    }
  })
})

describe('a signature by WebCrypto', () => {
  const message = Buffer.from('the message')
  const blobOf = (...parts: (string | Uint8Array)[]) => Buffer.concat(parts.map(part => wireString(part)))
  const mpint = (bytes: Buffer) => ((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
  const signed = signedBytes(SEAL_NAMESPACE, 'sha512', message)

  function ecdsa(curve: 'P-256' | 'P-384' | 'P-521', hash: string): string {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve })
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    const name = `nistp${curve.slice(2)}`
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
    const rs = sign(hash, signed, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    const half = rs.length / 2
    const numbers = [rs.subarray(0, half), rs.subarray(half)].map(mpint)
    const type = `ecdsa-sha2-${name}`
    return toArmor(blobOf(type, name, point), SEAL_NAMESPACE, type, blobOf(...numbers))
  }
  function rsa(algorithm: string, hash: string, modulusLength: number): string {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
    const { e = '', n = '' } = publicKey.export({ format: 'jwk' })
    const key = blobOf('ssh-rsa', Buffer.from(e, 'base64url'), mpint(Buffer.from(n, 'base64url')))
    return toArmor(key, SEAL_NAMESPACE, algorithm, sign(hash, signed, privateKey))
  }

  it('of each native kind is judged as the verifier judges it, good and bad', { timeout: 60_000 }, async () => {
    const armored = [
      await run.operator.sign(SEAL_NAMESPACE, message),
      ecdsa('P-256', 'sha256'),
      ecdsa('P-384', 'sha384'),
      ecdsa('P-521', 'sha512'),
      rsa('rsa-sha2-256', 'sha256', 2048),
      rsa('rsa-sha2-512', 'sha512', 3072),
      rsa('ssh-rsa', 'sha1', 2048),
    ]
    for (const text of armored) {
      for (const bytes of [message, Buffer.from('another')]) {
        const known = verifySshSig(text, SEAL_NAMESPACE, bytes)
        const answer = await checkSshSignature(text, SEAL_NAMESPACE, new Uint8Array(bytes))
        expect(answer.kind === 'good').toBe(known.ok)
        if (answer.kind === 'good' && known.ok) expect(answer.key.keyid).toBe(known.key.keyid)
      }
    }
  })

  it('whose bytes were changed is judged as the verifier judges it', async () => {
    const blob = Buffer.from(
      (await run.operator.sign(SEAL_NAMESPACE, message)).split('\n').slice(1, -2).join(''),
      'base64',
    )
    for (let at = 0; at < blob.length; at++) {
      const changed = Buffer.from(blob)
      changed[at] = (changed[at] ?? 0) ^ 4
      const lines = changed.toString('base64').match(/.{1,70}/g) ?? []
      const text = `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`
      const answer = await checkSshSignature(text, SEAL_NAMESPACE, new Uint8Array(message))
      expect(answer.kind === 'good', `byte ${at}`).toBe(verifySshSig(text, SEAL_NAMESPACE, message).ok)
    }
  })
})

describe('base64', () => {
  it('is read as Node reads it, and not where it is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
        const text = Buffer.from(bytes).toString('base64')
        for (const spelling of [text, text.replace(/=+$/, ''), text.replaceAll('+', '-').replaceAll('/', '_')])
          expect(toHex(fromBase64(spelling) ?? new Uint8Array(1))).toBe(Buffer.from(bytes).toString('hex'))
      }),
    )
    for (const text of ['A', 'AB=C', 'AB', 'AAB', 'A B=', '====', 'AA\n==']) expect(fromBase64(text), text).toBeNull()
  })
})
