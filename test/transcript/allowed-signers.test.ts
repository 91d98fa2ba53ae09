import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkSigner, readAllowedSigners } from '../../src/transcript/ssh/allowed-signers.ts'
import { principalsOf } from '../../src/transcript/ssh/certified-signers.ts'
import { checkRevoked } from '../../src/transcript/ssh/revoked-keys.ts'
import { APPROVAL_NAMESPACE, SEAL_NAMESPACE } from '../../src/transcript/ssh/signer.ts'
import { readPublicKey } from '../../src/transcript/ssh/ssh-key.ts'
import { signerFrom, signersLine } from './helpers/keys.ts'
import { inFolder, makeKey, sshKeygen } from './helpers/ssh-keygen.ts'

const signer = signerFrom(0, 'op@example.com')
const other = signerFrom(9, 'other@example.com')
const K = `${signer.publicKey.type} ${signer.publicKey.blob.toString('base64')}`
const O = `${other.publicKey.type} ${other.publicKey.blob.toString('base64')}`
const AT = Date.parse('2026-11-22T14:50:10.900Z')
const NS = SEAL_NAMESPACE

/** Whole files: each is asked for `op@example.com` in the seal's namespace. */
const FILES: readonly string[] = [
  `op@example.com ${K}`,
  `op@example.com ${K} a comment with words`,
  `  \top@example.com\t${K}\n`,
  `# nothing\n\nop@example.com ${K}\r\n`,
  `"op@example.com" ${K}`,
  `o"p@example.com" ${K}`,
  `"op@example.com ${K}`,
  `other@example.com,op@example.com ${K}`,
  `op@example.com, ${K}`,
  `*@example.com ${K}`,
  `?p@example.com ${K}`,
  `o*m ${K}`,
  `!op@example.com,* ${K}`,
  `*,!op@* ${K}`,
  `OP@example.com ${K}`,
  `op@example.com ${O}`,
  `op@example.com ${O}\nop@example.com ${K}`,
  `other@example.com ${K}\nop@example.com ${K}`,
  `op@example.com namespaces="${NS}" ${K}`,
  `op@example.com namespaces="file,${NS}" ${K}`,
  `op@example.com namespaces="signoff-*" ${K}`,
  `op@example.com namespaces="!${NS},*" ${K}`,
  `op@example.com namespaces="file" ${K}`,
  `op@example.com namespaces="" ${K}`,
  `op@example.com NameSpaces="${NS}" ${K}`,
  `op@example.com namespaces=${NS} ${K}`,
  `op@example.com namespaces="a\\"b,${NS}" ${K}`,
  `op@example.com namespaces="x y,${NS}" ${K}`,
  `op@example.com namespaces="${NS}",namespaces="${NS}" ${K}`,
  `op@example.com namespaces="${NS}", ${K}`,
  `op@example.com namespaces="${NS}"x ${K}`,
  `op@example.com valid-before="20200101" ${K}`,
  `op@example.com valid-before="20200101" ${K}\nop@example.com ${K}`,
  `op@example.com valid-after="20261122Z",valid-before="20261123Z" ${K}`,
  `op@example.com valid-before="20261122145010Z" ${K}`,
  `op@example.com valid-before="20261122145009Z" ${K}`,
  `op@example.com valid-after="20261122145010Z" ${K}`,
  `op@example.com valid-after="20261122145011Z" ${K}`,
  `op@example.com valid-after="202611221450" ${K}`,
  `op@example.com valid-after="202611221451" ${K}`,
  `op@example.com valid-after="20200231" ${K}`,
  `op@example.com valid-after="20201301" ${K}`,
  `op@example.com valid-after="2020" ${K}`,
  `op@example.com valid-after="2020010112z" ${K}`,
  `op@example.com valid-after="20200101",valid-before="20190101" ${K}`,
  `op@example.com valid-after="20200101",valid-after="20200102" ${K}`,
  `op@example.com cert-authority ${K}`,
  `op@example.com cert-authority,namespaces="${NS}" ${K}`,
  `op@example.com foo="1" ${K}`,
  `op@example.com foo ${K}`,
  'op@example.com',
  'op@example.com ssh-ed25519',
  'op@example.com ssh-ed25519 AAAAbroken',
  `op@example.com ssh-rsa ${K.split(' ')[1]}`,
  `op@example.com ssh-ed25519 AAAAbroken\nop@example.com ${K}`,
  `op@example.com ${K.slice(0, -4)}`,
  '',
]

describe('an allowed signers file', () => {
  it('is answered as ssh-keygen answers it, file by file', { timeout: 120_000 }, async () => {
    const message = Buffer.from('hello')
    const armored = await signer.sign(NS, message)
    const before = process.env.TZ
    process.env.TZ = 'UTC'
    try {
      for (const file of FILES) {
        const { exitCode } = await sshKeygen(
          ['-Y', 'verify', '-f', 's', '-I', 'op@example.com', '-n', NS, '-s', 'sig', '-Overify-time=20261122145010Z'],
          message,
          { s: Buffer.from(file), sig: Buffer.from(armored) },
        )
        const asked = { key: signer.publicKey, principal: 'op@example.com', namespace: NS, atMs: AT }
        expect(checkSigner(readAllowedSigners(file), asked).ok, file).toBe(exitCode === 0)
      }
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })

  it('says which line names a person, and that a wildcard names nobody', () => {
    const asked = { key: signer.publicKey, principal: 'op@example.com', namespace: NS, atMs: AT }
    const answer = (file: string) => checkSigner(readAllowedSigners(file), asked)
    expect(answer(`*@example.com ${K}\nop@example.com ${K}`)).toEqual({ ok: true, line: 2, named: true })
    expect(answer(`*@example.com ${K}`)).toEqual({ ok: true, line: 1, named: false })
    expect(answer(`op@example.com,* ${K}`)).toMatchObject({ named: false })
  })

  it('says why a key is refused', () => {
    const asked = { key: signer.publicKey, principal: 'op@example.com', namespace: NS, atMs: AT }
    const why = (file: string) => {
      const answer = checkSigner(readAllowedSigners(file), asked)
      return answer.ok ? null : answer.why
    }
    expect(why(signersLine(other))).toBe('key')
    expect(why(`other@example.com ${K}`)).toBe('principal')
    expect(why(`op@example.com namespaces="${APPROVAL_NAMESPACE}" ${K}`)).toBe('namespace')
    expect(why(`op@example.com valid-before="20200101" ${K}`)).toBe('time')
  })

  it('lists the people of a key for a namespace, and its broken lines', () => {
    const file = readAllowedSigners(`a@b,c@d,*@e ${K}\nnobody\nf@g namespaces="file" ${K}\n`)
    expect(principalsOf(file, signer.publicKey, NS)).toEqual(['a@b', 'c@d'])
    expect(file.broken).toEqual([{ line: 2, why: expect.any(String) }])
  })
})

describe('a revocation file', () => {
  const revoked = (text: string | Uint8Array) => checkRevoked([Buffer.from(text)], signer.publicKey, sshKeygen)

  it('is a list of public keys', async () => {
    expect(await revoked(`# gone\n${O}\n`)).toEqual({ kind: 'good' })
    expect(await revoked(`${O}\n${K} comment\n`)).toEqual({ kind: 'revoked' })
    expect(await revoked('no key\n')).toMatchObject({ kind: 'unreadable' })
    expect(await checkRevoked([], signer.publicKey, undefined)).toEqual({ kind: 'good' })
  })

  it('or a KRL, which ssh-keygen reads, and nobody else', { timeout: 60_000 }, async () => {
    await inFolder(async folder => {
      const path = makeKey(folder, 'key', ['-t', 'ed25519'])
      const { exitCode } = await sshKeygen(['-q', '-k', '-f', `${folder}/krl`, `${path}.pub`], new Uint8Array())
      expect(exitCode).toBe(0)
      const krl = readFileSync(`${folder}/krl`)
      const key = readPublicKey(readFileSync(`${path}.pub`, 'utf8'))
      if (key === null) throw new Error('no key')
      expect(await checkRevoked([krl], key, sshKeygen)).toEqual({ kind: 'revoked' })
      expect(await checkRevoked([krl], signer.publicKey, sshKeygen)).toEqual({ kind: 'good' })
      expect(await checkRevoked([krl], key, undefined)).toMatchObject({ kind: 'unreadable' })
      expect(await checkRevoked([krl.subarray(0, 20)], key, sshKeygen)).toMatchObject({ kind: 'unreadable' })
    })
  })
})
