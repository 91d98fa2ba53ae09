import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { sha256 } from '../../../src/transcript/encoding/hash.ts'
import type { Signer } from '../../../src/transcript/ssh/signer.ts'
import { readKeyBlob } from '../../../src/transcript/ssh/ssh-key.ts'
import { uint32, wireString } from '../../../src/transcript/ssh/ssh-wire.ts'
import { signedBytes } from '../../../src/transcript/ssh/sshsig.ts'

/** A FIDO key without a token: its keys are in memory, and its flags are what a test says. */
export function createAuthenticator(kind: 'ed25519' | 'ecdsa') {
  const { type, blob, raw } = kind === 'ed25519' ? ed25519() : ecdsa()
  /** `shown` are the flags that the signature claims, where they are not those that were signed. */
  function signWith(namespace: string, message: Uint8Array, flags: number, shown = flags): string {
    const signed = sha256(signedBytes(namespace, 'sha512', message))
    const signature = raw(Buffer.concat([sha256('ssh:'), Buffer.of(flags), uint32(7), signed]))
    const inner = Buffer.concat([wireString(type), wireString(signature), Buffer.of(shown), uint32(7)])
    const parts = [blob, Buffer.from(namespace), Buffer.of(), Buffer.from('sha512'), inner].map(wireString)
    const whole = Buffer.concat([Buffer.from('SSHSIG'), uint32(1), ...parts])
    const lines = whole.toString('base64').match(/.{1,70}/g) ?? []
    return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`
  }
  const publicKey = readKeyBlob(blob)
  if (publicKey === null) throw new Error('no key')
  return {
    publicKeyText: `${type} ${blob.toString('base64')}`,
    sign: signWith,
    signer: (principal: string, flags: number): Signer => ({
      principal,
      keyid: publicKey.keyid,
      publicKey,
      sign: async (namespace, bytes) => signWith(namespace, bytes, flags),
    }),
  }
}

function ed25519() {
  const { privateKey } = generateKeyPairSync('ed25519')
  const x = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url')
  const type = 'sk-ssh-ed25519@openssh.com'
  const blob = Buffer.concat([wireString(type), wireString(x), wireString('ssh:')])
  return { type, blob, raw: (bytes: Buffer) => sign(null, bytes, privateKey) }
}

function ecdsa() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  const type = 'sk-ecdsa-sha2-nistp256@openssh.com'
  const blob = Buffer.concat([wireString(type), wireString('nistp256'), wireString(point), wireString('ssh:')])
  const raw = (bytes: Buffer) => {
    const pair = sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return Buffer.concat([mpint(pair.subarray(0, 32)), mpint(pair.subarray(32))])
  }
  return { type, blob, raw }
}

function mpint(bytes: Buffer): Buffer {
  const from = bytes.findIndex(byte => byte !== 0)
  const bare = bytes.subarray(from === -1 ? bytes.length : from)
  return wireString((bare[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), bare]) : bare)
}
