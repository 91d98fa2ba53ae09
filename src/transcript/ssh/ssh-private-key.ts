import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readKeyBlob, type SshPublicKey } from './ssh-key.ts'
import { readWire, WireError } from './ssh-wire.ts'

export type PrivateKeyAnswer =
  | { readonly kind: 'ed25519'; readonly publicKey: SshPublicKey; readonly key: KeyObject }
  /** Needs a passphrase: ssh-keygen has to sign, with the terminal. */
  | { readonly kind: 'encrypted'; readonly publicKey: SshPublicKey }
  /** A kind that ssh-keygen signs with. */
  | { readonly kind: 'other'; readonly publicKey: SshPublicKey }
  | { readonly kind: 'none'; readonly why: string }

/** Reads an OpenSSH private key file (openssh-portable PROTOCOL.key). Only an unencrypted ed25519 key comes out usable. */
export function readPrivateKey(text: string): PrivateKeyAnswer {
  const found = /-----BEGIN OPENSSH PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END OPENSSH PRIVATE KEY-----/.exec(
    text,
  )
  if (found?.[1] === undefined) return { kind: 'none', why: 'not an OpenSSH private key' }
  try {
    return readBlob(Buffer.from(found[1], 'base64'))
  } catch (error) {
    if (error instanceof WireError) return { kind: 'none', why: `a damaged OpenSSH private key: ${error.message}` }
    throw error
  }
}

const MAGIC = 'openssh-key-v1\0'

function readBlob(blob: Buffer): PrivateKeyAnswer {
  const wire = readWire(blob)
  if (wire.bytes(MAGIC.length).toString('latin1') !== MAGIC) return { kind: 'none', why: 'not an openssh-key-v1' }
  const cipher = wire.text()
  wire.string()
  wire.string()
  if (wire.uint32() !== 1) return { kind: 'none', why: 'not exactly one key' }
  const publicKey = readKeyBlob(wire.string())
  if (publicKey === null) throw new WireError('no public key')
  if (cipher !== 'none') return { kind: 'encrypted', publicKey }
  if (publicKey.type !== 'ssh-ed25519') return { kind: 'other', publicKey }
  const inner = readWire(wire.string())
  const check = inner.uint32()
  if (inner.uint32() !== check) throw new WireError('check numbers differ')
  if (inner.text() !== publicKey.type) throw new WireError('two types')
  const x = inner.string()
  const secret = inner.string()
  const ofBlob = readWire(publicKey.blob)
  ofBlob.string()
  if (secret.length !== 64 || !secret.subarray(32).equals(x) || !ofBlob.string().equals(x))
    throw new WireError('public and private half do not belong together')
  const jwk = {
    kty: 'OKP',
    crv: 'Ed25519',
    d: secret.subarray(0, 32).toString('base64url'),
    x: x.toString('base64url'),
  }
  return { kind: 'ed25519', publicKey, key: createPrivateKey({ key: jwk, format: 'jwk' }) }
}
