import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ed25519Signer, SEAL_NAMESPACE } from '../../src/transcript/ssh/signer.ts'
import { readPublicKey } from '../../src/transcript/ssh/ssh-key.ts'
import { readPrivateKey } from '../../src/transcript/ssh/ssh-private-key.ts'
import { wireString } from '../../src/transcript/ssh/ssh-wire.ts'
import { signedBytes, toArmor, verifySshSig } from '../../src/transcript/ssh/sshsig.ts'
import { createAuthenticator } from './helpers/authenticator.ts'
import { inFolder, makeKey, sshKeygen } from './helpers/ssh-keygen.ts'

const message = Buffer.from('what is signed \0 with any bytes \xff')
const RUNS = { timeout: 60_000 }

describe('our signature', () => {
  it('has the very bytes that ssh-keygen writes for ed25519', RUNS, async () => {
    await inFolder(async folder => {
      for (const name of ['a', 'b', 'c']) {
        const text = readFileSync(makeKey(folder, name, ['-t', 'ed25519']), 'utf8')
        const armored = await ed25519Signer(text, 'op@example.com').sign(SEAL_NAMESPACE, message)
        expect(await signWith(`${folder}/${name}`, message)).toBe(armored)
        expect(await isGood(armored, `${folder}/${name}.pub`)).toBe(true)
      }
    })
  })
})

describe('a signature of ssh-keygen', () => {
  const kinds = [
    ['ed25519', ['-t', 'ed25519']],
    ['nistp256', ['-t', 'ecdsa', '-b', '256']],
    ['nistp384', ['-t', 'ecdsa', '-b', '384']],
    ['nistp521', ['-t', 'ecdsa', '-b', '521']],
    ['rsa', ['-t', 'rsa', '-b', '2048']],
  ] as const

  it.each(kinds)('with %s is good, and is not for another message, namespace or key', RUNS, async (_, args) => {
    await inFolder(async folder => {
      const path = makeKey(folder, 'key', args)
      const pub = readPublicKey(readFileSync(`${path}.pub`, 'utf8'))
      // Numbers of a curve lose their leading zeros now and then: many signatures meet that.
      for (let round = 0; round < 12; round++) {
        const text = Buffer.concat([message, Buffer.of(round)])
        const armored = await signWith(path, text)
        const answer = verifySshSig(armored, SEAL_NAMESPACE, text)
        expect(answer).toMatchObject({ ok: true, touch: null })
        expect(answer.ok && answer.key.keyid).toBe(pub?.keyid)
        expect(verifySshSig(armored, SEAL_NAMESPACE, message)).toMatchObject({ ok: false, why: 'bad' })
        expect(verifySshSig(armored, 'file', text)).toMatchObject({ ok: false, why: 'namespace' })
      }
    })
  })

  it('with sha256 or a 256-bit RSA hash is good too', RUNS, async () => {
    await inFolder(async folder => {
      const path = makeKey(folder, 'key', ['-t', 'rsa', '-b', '2048'])
      const armored = await signWith(path, message, ['-Ohashalg=sha256'])
      expect(verifySshSig(armored, SEAL_NAMESPACE, message).ok).toBe(true)
      const key = createPrivateKey(readFileSync(makeKey(folder, 'pem', ['-t', 'rsa', '-m', 'PEM']), 'utf8'))
      const blob = readPublicKey(readFileSync(`${folder}/pem.pub`, 'utf8'))?.blob ?? Buffer.of()
      const made = sign('sha256', signedBytes(SEAL_NAMESPACE, 'sha512', message), key)
      const ours = toArmor(blob, SEAL_NAMESPACE, 'rsa-sha2-256', made)
      expect(verifySshSig(ours, SEAL_NAMESPACE, message).ok).toBe(true)
      expect(await isGood(ours, `${folder}/pem.pub`)).toBe(true)
      const sha1 = sign('sha1', signedBytes(SEAL_NAMESPACE, 'sha512', message), key)
      expect(verifySshSig(toArmor(blob, SEAL_NAMESPACE, 'ssh-rsa', sha1), SEAL_NAMESPACE, message).ok).toBe(false)
    })
  })

  it('by a key kind that is not judged here says so', () => {
    const blob = Buffer.concat([wireString('ssh-ed448'), wireString(Buffer.alloc(57))])
    const armored = toArmor(blob, SEAL_NAMESPACE, 'ssh-ed448', Buffer.alloc(114))
    expect(verifySshSig(armored, SEAL_NAMESPACE, message)).toMatchObject({ ok: false, why: 'unsupported' })
  })
})

describe('a FIDO key', () => {
  it.each(['ed25519', 'ecdsa'] as const)(
    '(%s) shows its flags, which ssh-keygen does not ask for',
    RUNS,
    async kind => {
      const authenticator = createAuthenticator(kind)
      for (const flags of [0, 1, 5]) {
        const armored = authenticator.sign(SEAL_NAMESPACE, message, flags)
        expect(verifySshSig(armored, SEAL_NAMESPACE, message)).toMatchObject({
          ok: true,
          touch: { presence: flags !== 0, verified: flags === 5 },
        })
        const { exitCode } = await sshKeygen(
          ['-Y', 'verify', '-f', 's', '-I', 'a@b', '-n', SEAL_NAMESPACE, '-s', 'sig'],
          message,
          { s: Buffer.from(`a@b ${authenticator.publicKeyText}\n`), sig: Buffer.from(armored) },
        )
        expect(exitCode, `flags ${flags}`).toBe(0)
        const forged = authenticator.sign(SEAL_NAMESPACE, message, flags, flags ^ 1)
        expect(verifySshSig(forged, SEAL_NAMESPACE, message).ok).toBe(false)
      }
    },
  )
})

describe('a private key file', () => {
  it('tells an encrypted key and other kinds from one that signs here', RUNS, async () => {
    await inFolder(folder => {
      const kindOf = (path: string) => readPrivateKey(readFileSync(path, 'utf8')).kind
      const plain = makeKey(folder, 'plain', ['-t', 'ed25519'])
      const locked = makeKey(folder, 'locked', ['-t', 'ed25519', '-a', '1'], 'a passphrase')
      expect(kindOf(plain)).toBe('ed25519')
      expect(kindOf(locked)).toBe('encrypted')
      expect(kindOf(makeKey(folder, 'ec', ['-t', 'ecdsa']))).toBe('other')
      expect(kindOf(`${plain}.pub`)).toBe('none')
      const read = readPrivateKey(readFileSync(locked, 'utf8'))
      const pub = readPublicKey(readFileSync(`${locked}.pub`, 'utf8'))
      expect(read.kind === 'encrypted' && read.publicKey.keyid).toBe(pub?.keyid)
      expect(() => ed25519Signer(readFileSync(locked, 'utf8'), 'a@b')).toThrow(
        expect.objectContaining({ code: 'KEY_UNUSABLE' }),
      )
    })
  })

  it('that is damaged is none', () => {
    expect(readPrivateKey('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n').kind).toBe(
      'none',
    )
  })
})

async function signWith(path: string, bytes: Uint8Array, options: readonly string[] = []): Promise<string> {
  const { exitCode, stdout, stderr } = await sshKeygen(
    ['-Y', 'sign', '-n', SEAL_NAMESPACE, '-f', path, ...options],
    bytes,
  )
  expect(exitCode, stderr).toBe(0)
  return stdout
}

async function isGood(armored: string, pub: string): Promise<boolean> {
  const { exitCode } = await sshKeygen(
    ['-Y', 'verify', '-f', 's', '-I', 'a@b', '-n', SEAL_NAMESPACE, '-s', 'sig'],
    message,
    {
      s: Buffer.from(`a@b ${readFileSync(pub, 'utf8')}`),
      sig: Buffer.from(armored),
    },
  )
  return exitCode === 0
}
