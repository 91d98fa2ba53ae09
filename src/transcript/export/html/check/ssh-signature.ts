import { type Bytes, digest, fromBase64, joinBytes, latin1, toBase64, utf8 } from './bytes.ts'
import { type CheckingKey, keyidOf, type PublicKey, toCheckingKey } from './ssh-key.ts'
import { fixedWidth, uint32, WireError, WireReader, wireString } from './wire.ts'

export type SignatureAnswer =
  | {
      readonly kind: 'good'
      readonly key: PublicKey & { readonly keyid: string }
      /** What a FIDO key says it saw; null for a key that needs no touch. */
      readonly touch: { readonly presence: boolean; readonly verified: boolean } | null
    }
  | { readonly kind: 'bad'; readonly why: string }
  /** This browser, or this page, cannot judge it. */
  | { readonly kind: 'unsupported'; readonly why: string }

/**
 * Checks an armored SSH signature over a message by WebCrypto: that its key made it, in this namespace (openssh-portable
 * PROTOCOL.sshsig). Whose key it is, is another question.
 */
export async function checkSshSignature(armored: string, namespace: string, message: Bytes): Promise<SignatureAnswer> {
  try {
    const signature = readArmor(armored)
    if (signature.namespace !== namespace)
      return { kind: 'bad', why: `signed for "${signature.namespace}", not for "${namespace}"` }
    return await check(signature, message)
  } catch (error) {
    if (error instanceof WireError) return { kind: 'bad', why: `not an SSH signature: ${error.message}` }
    throw error
  }
}

interface Signature {
  readonly key: PublicKey
  readonly namespace: string
  readonly hash: 'SHA-256' | 'SHA-512'
  readonly algorithm: string
  readonly body: Bytes
}

const MAGIC = 'SSHSIG'
const HASHES: Readonly<Record<string, 'SHA-256' | 'SHA-512'>> = { sha256: 'SHA-256', sha512: 'SHA-512' }
const RSA_HASHES: Readonly<Record<string, 'SHA-256' | 'SHA-512'>> = {
  'rsa-sha2-256': 'SHA-256',
  'rsa-sha2-512': 'SHA-512',
}
/** The sizes that OpenSSH takes. */
const RSA_BITS = { least: 1024, most: 16_384 } as const

function readArmor(armored: string): Signature {
  const found = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\r\n]*)\n-----END SSH SIGNATURE-----[\r\n]*$/.exec(
    armored,
  )
  const blob = found === null ? null : fromBase64((found[1] ?? '').replace(/[\r\n]/g, ''))
  if (blob === null) throw new WireError('no armor')
  const wire = new WireReader(blob)
  if (latin1(wire.take(6)) !== MAGIC || wire.uint32() !== 1) throw new WireError('another version')
  const keyBlob = wire.string()
  const namespace = wire.text()
  wire.string()
  const hash = HASHES[wire.text()]
  const inner = new WireReader(wire.string())
  wire.end()
  if (hash === undefined || namespace === '') throw new WireError('no namespace, or an unknown digest')
  const type = new WireReader(keyBlob).text()
  return { key: { type, blob: keyBlob }, namespace, hash, algorithm: inner.text(), body: inner.rest() }
}

async function check({ key, namespace, hash, algorithm, body }: Signature, message: Bytes): Promise<SignatureAnswer> {
  const bad: SignatureAnswer = { kind: 'bad', why: 'the signature does not match' }
  const checking = toCheckingKey(key)
  if (checking === null) return { kind: 'unsupported', why: `a key of type ${key.type}` }
  const name = hash === 'SHA-256' ? 'sha256' : 'sha512'
  const signed = joinBytes(
    utf8(MAGIC),
    ...[namespace, '', name].map(wireString),
    wireString(await digest(hash, message)),
  )
  const wire = new WireReader(body)
  const bytes = wire.string()
  const good = { kind: 'good', key: { ...key, keyid: await keyidOf(key) } } as const
  if (checking.kind === 'rsa') {
    const rsaHash = RSA_HASHES[algorithm]
    wire.end()
    const bits = checking.n.length * 8
    if (rsaHash === undefined || bits < RSA_BITS.least || bits > RSA_BITS.most) return bad
    return answer(await verifyRsa(checking, rsaHash, bytes, signed), { ...good, touch: null }, bad, key)
  }
  if (algorithm !== key.type) return bad
  const seen = checking.application === null ? null : { flags: wire.byte(), counter: wire.uint32() }
  wire.end()
  const whole =
    seen === null || checking.application === null
      ? signed
      : await assertion(checking.application, seen.flags, seen.counter, signed)
  const touch = seen === null ? null : { presence: (seen.flags & 1) === 1, verified: (seen.flags & 4) === 4 }
  const verified =
    checking.kind === 'ed25519'
      ? await verifyEd25519(checking, bytes, whole)
      : await verifyEcdsa(checking, bytes, whole)
  return answer(verified, { ...good, touch }, bad, key)
}

type Verified = 'yes' | 'no' | 'unsupported'

function answer(
  verified: Verified,
  good: Extract<SignatureAnswer, { kind: 'good' }>,
  bad: SignatureAnswer,
  key: PublicKey,
): SignatureAnswer {
  if (verified === 'unsupported') return { kind: 'unsupported', why: `this browser checks no ${key.type} signatures` }
  return verified === 'yes' ? good : bad
}

async function verifyEd25519({ raw }: { raw: Bytes }, signature: Bytes, signed: Bytes): Promise<Verified> {
  return asked(async () => {
    const key = await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify'])
    return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, signed)
  })
}

async function verifyEcdsa(
  { raw, curve }: Extract<CheckingKey, { kind: 'ecdsa' }>,
  signature: Bytes,
  signed: Bytes,
): Promise<Verified> {
  const wire = new WireReader(signature)
  const numbers = [wire.string(), wire.string()].map(number => fixedWidth(number, curve.size))
  wire.end()
  return asked(async () => {
    const algorithm = { name: 'ECDSA', namedCurve: curve.name }
    const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['verify'])
    return crypto.subtle.verify({ name: 'ECDSA', hash: curve.hash }, key, joinBytes(...numbers), signed)
  })
}

async function verifyRsa(
  { e, n }: { e: Bytes; n: Bytes },
  hash: 'SHA-256' | 'SHA-512',
  signature: Bytes,
  signed: Bytes,
): Promise<Verified> {
  return asked(async () => {
    const jwk = { kty: 'RSA', e: base64url(e), n: base64url(n) }
    const key = await crypto.subtle.importKey('jwk', jwk, { name: 'RSASSA-PKCS1-v1_5', hash }, false, ['verify'])
    return crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, signature, signed)
  })
}

/** WebCrypto throws `NotSupportedError` for what it does not know, and others for what is no key. */
async function asked(verify: () => Promise<boolean>): Promise<Verified> {
  try {
    return (await verify()) ? 'yes' : 'no'
  } catch (error) {
    return error instanceof Error && error.name === 'NotSupportedError' ? 'unsupported' : 'no'
  }
}

/** What a FIDO key signs: the application, its flags and counter, and the message (PROTOCOL.u2f). */
async function assertion(application: string, flags: number, counter: number, message: Bytes): Promise<Bytes> {
  return joinBytes(
    await digest(
      'SHA-256',
      Uint8Array.from(application, character => character.charCodeAt(0)),
    ),
    Uint8Array.of(flags),
    uint32(counter),
    await digest('SHA-256', message),
  )
}

function base64url(bytes: Bytes): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
