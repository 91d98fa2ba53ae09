import { createPrivateKey, createPublicKey } from 'node:crypto'
import { ed25519Signer, type Signer } from '../../../src/transcript/ssh/signer.ts'
import { uint32, wireString } from '../../../src/transcript/ssh/ssh-wire.ts'

/** The text of an unencrypted OpenSSH key file, from a seed of 32 bytes. */
export function privateKeyText(seed: Uint8Array): string {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  const x = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
  const blob = Buffer.concat([wireString('ssh-ed25519'), wireString(x)])
  const inner = Buffer.concat([
    uint32(7),
    uint32(7),
    wireString('ssh-ed25519'),
    wireString(x),
    wireString(Buffer.concat([seed, x])),
    wireString(''),
  ])
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, i) => i + 1))
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(wireString),
    uint32(1),
    wireString(blob),
    wireString(Buffer.concat([inner, padding])),
  ])
  const lines = file.toString('base64').match(/.{1,70}/g) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

/** A signer whose seed counts up from one number: 0 gives the key of docs/transcript-format.md section 5. */
export function signerFrom(first: number, principal: string): Signer {
  return ed25519Signer(privateKeyText(Buffer.from(Array.from({ length: 32 }, (_, i) => (first + i) % 256))), principal)
}

/** One line of an allowed signers file. */
export function signersLine(signer: Signer, options = ''): string {
  const key = `${signer.publicKey.type} ${signer.publicKey.blob.toString('base64')}`
  return `${signer.principal} ${options === '' ? '' : `${options} `}${key}\n`
}
