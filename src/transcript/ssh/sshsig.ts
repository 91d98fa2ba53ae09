import { createHash, verify } from 'node:crypto'
import { type NativeKey, readKeyBlob, type SshPublicKey, toNativeKey, unsigned } from './ssh-key.ts'
import { readWire, uint32, WireError, wireString } from './ssh-wire.ts'

/** A signature file of `ssh-keygen -Y sign`, taken apart (openssh-portable PROTOCOL.sshsig). Nothing of it is checked yet. */
export interface UntrustedSshSig {
  readonly key: SshPublicKey
  readonly namespace: string
  readonly hash: 'sha256' | 'sha512'
  readonly algorithm: string
  /** The signature as its algorithm has it, behind the name. */
  readonly signature: Buffer
}

/** What a FIDO key says it saw; null for a key that needs no touch. ssh-keygen accepts a signature without any. */
export type Touch = { readonly presence: boolean; readonly verified: boolean } | null

export type SshSigAnswer =
  | {
      readonly ok: true
      readonly key: SshPublicKey
      readonly touch: Touch
    }
  /** `unsupported`: only ssh-keygen can judge this kind of key. */
  | { readonly ok: false; readonly why: 'malformed' | 'namespace' | 'bad' | 'unsupported'; readonly detail: string }

/**
 * Checks an armored signature over a message: that this key made it, in this namespace. Whose key it is, is another question.
 */
export function verifySshSig(armored: string, namespace: string, message: Uint8Array): SshSigAnswer {
  const sig = readSshSig(armored)
  if (sig === null) return { ok: false, why: 'malformed', detail: 'not an SSH signature' }
  if (sig.namespace !== namespace)
    return { ok: false, why: 'namespace', detail: `signed for "${sig.namespace}", not for "${namespace}"` }
  try {
    return verifyParts(sig, signedBytes(namespace, sig.hash, message))
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { ok: false, why: 'malformed', detail: `not a signature of its kind: ${error.message}` }
  }
}

/** Takes an armored signature apart; null for what is none. */
export function readSshSig(armored: string): UntrustedSshSig | null {
  const found = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\r\n]*)\n-----END SSH SIGNATURE-----[\r\n]*$/.exec(
    armored,
  )
  const base64 = found?.[1]?.replace(/[\r\n]/g, '')
  if (base64 === undefined || Buffer.from(base64, 'base64').toString('base64') !== base64) return null
  try {
    const wire = readWire(Buffer.from(base64, 'base64'))
    if (wire.bytes(6).toString('latin1') !== MAGIC || wire.uint32() !== 1) return null
    const key = readKeyBlob(wire.string())
    const namespace = wire.text()
    wire.string()
    const hash = wire.text()
    const signature = readWire(wire.string())
    if (key === null || namespace === '' || (hash !== 'sha256' && hash !== 'sha512')) return null
    if (wire.rest().length > 0) return null
    return { key, namespace, hash, algorithm: signature.text(), signature: signature.rest() }
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

/** The bytes that the key itself signs, for a message in a namespace. */
export function signedBytes(namespace: string, hash: 'sha256' | 'sha512', message: Uint8Array): Buffer {
  const digest = createHash(hash).update(message).digest()
  return Buffer.concat([Buffer.from(MAGIC), ...[namespace, '', hash].map(wireString), wireString(digest)])
}

/** The text of a signature with sha512, as ssh-keygen writes it: 70 columns and a final LF. */
export function toArmor(publicKey: Uint8Array, namespace: string, algorithm: string, signature: Uint8Array): string {
  const blob = Buffer.concat([
    Buffer.from(MAGIC),
    uint32(1),
    wireString(publicKey),
    ...[namespace, '', 'sha512'].map(wireString),
    wireString(Buffer.concat([wireString(algorithm), wireString(signature)])),
  ])
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? []
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`
}

const MAGIC = 'SSHSIG'

/** Algorithms of signatures by type of key. Plain `ssh-rsa`, which is SHA-1, is none of them. */
const RSA_HASHES: ReadonlyMap<string, string> = new Map([
  ['rsa-sha2-256', 'sha256'],
  ['rsa-sha2-512', 'sha512'],
])
/** The sizes that OpenSSH takes. */
const RSA_LEAST_BITS = 1024
const RSA_MOST_BITS = 16_384

function verifyParts({ key, algorithm, signature }: UntrustedSshSig, signed: Buffer): SshSigAnswer {
  const native = toNativeKey(key)
  if (native === null) return { ok: false, why: 'unsupported', detail: `unsupported key type ${key.type}` }
  const wire = readWire(signature)
  const bytes = wire.string()
  const bad: SshSigAnswer = { ok: false, why: 'bad', detail: 'the signature does not match' }
  if (native.kind === 'rsa') {
    const hash = RSA_HASHES.get(algorithm)
    const bits = native.key.asymmetricKeyDetails?.modulusLength ?? 0
    if (hash === undefined || bits < RSA_LEAST_BITS || bits > RSA_MOST_BITS || wire.rest().length > 0) return bad
    return matches(() => verify(hash, signed, native.key, bytes)) ? { ok: true, key, touch: null } : bad
  }
  if (algorithm !== key.type) return bad
  const flags = native.application === null ? null : wire.byte()
  const counter = native.application === null ? null : wire.uint32()
  if (wire.rest().length > 0) return bad
  const message =
    native.application === null || flags === null || counter === null
      ? signed
      : assertion(native.application, flags, counter, signed)
  const good =
    native.kind === 'ed25519'
      ? matches(() => verify(null, message, native.key, bytes))
      : matches(() => verifyEcdsa(native, message, bytes))
  if (!good) return bad
  return { ok: true, key, touch: flags === null ? null : touchBy(flags) }
}

/** What a signature says of touch, once somebody else has found it good: it is over these flags. */
export function touchOf({ algorithm, signature }: UntrustedSshSig): Touch {
  if (!algorithm.startsWith('sk-')) return null
  try {
    const wire = readWire(signature)
    wire.string()
    return touchBy(wire.byte())
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

function touchBy(flags: number): Touch {
  return { presence: (flags & 1) === 1, verified: (flags & 4) === 4 }
}

/** OpenSSL throws at some numbers that are no signature. */
function matches(check: () => boolean): boolean {
  try {
    return check()
  } catch (error) {
    if (error instanceof WireError) throw error
    return false
  }
}

function verifyEcdsa(native: Extract<NativeKey, { kind: 'ecdsa' }>, message: Buffer, signature: Buffer): boolean {
  const key = { key: native.key, dsaEncoding: 'ieee-p1363' } as const
  return verify(native.hash, message, key, fixedWidth(signature, native.size))
}

/** What a FIDO key signs: the application, its flags and counter, and the message (PROTOCOL.u2f). */
function assertion(application: string, flags: number, counter: number, message: Buffer): Buffer {
  const digest = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()
  return Buffer.concat([digest(Buffer.from(application, 'latin1')), Buffer.of(flags), uint32(counter), digest(message)])
}

/** From two mpints to two integers of the curve's width. */
function fixedWidth(signature: Buffer, size: number): Buffer {
  const wire = readWire(signature)
  const widths = [wire.string(), wire.string()].map(mpint => {
    const value = unsigned(mpint)
    if (value.length > size) throw new WireError('a number wider than its curve')
    return Buffer.concat([Buffer.alloc(size - value.length), value])
  })
  if (wire.rest().length > 0) throw new WireError('bytes behind the signature')
  return Buffer.concat(widths)
}
