import { createPublicKey, type KeyObject } from 'node:crypto'
import { sha256 } from '../encoding/hash.ts'
import { readCertificate } from './ssh-certificate.ts'
import { readWire, WireError } from './ssh-wire.ts'

/** A public key as OpenSSH writes it. Two keys are the same key when their blobs are. */
export interface SshPublicKey {
  readonly type: string
  readonly blob: Buffer
  /**
   * `SHA256:` and unpadded base64, as `ssh-keygen -l` shows it: of a certificate it is that of the key in it, so that one key stays
   * one key whatever is certified of it.
   */
  readonly keyid: string
}

/** The SHA256 fingerprint of a key blob. */
export function keyidOf(blob: Uint8Array): string {
  return `SHA256:${sha256(blob).toString('base64').replace(/=+$/, '')}`
}

/** Reads a key blob; null for what is none. */
export function readKeyBlob(blob: Buffer): SshPublicKey | null {
  try {
    const type = readWire(blob).text()
    if (!/^[a-z0-9@.-]+$/.test(type)) return null
    return { type, blob, keyid: keyidOf(readCertificate(blob)?.plainBlob ?? blob) }
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

/** Reads one line of a `.pub` file: type, base64, comment. Null for what is none. */
export function readPublicKey(text: string): SshPublicKey | null {
  const found = /^\s*(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text)
  if (found?.[1] === undefined || found[2] === undefined) return null
  const key = readKeyBlob(Buffer.from(found[2], 'base64'))
  return key !== null && key.type === found[1] && (isComplete(key) || !isNative(key.type)) ? key : null
}

/** The key of a kind that is verified without ssh-keygen, as node:crypto has it, with what its signatures need. */
export type NativeKey =
  | { readonly kind: 'ed25519'; readonly key: KeyObject; readonly application: string | null }
  | {
      readonly kind: 'ecdsa'
      readonly key: KeyObject
      readonly application: string | null
      readonly hash: 'sha256' | 'sha384' | 'sha512'
      readonly size: number
    }
  | { readonly kind: 'rsa'; readonly key: KeyObject }

/** The key for node:crypto; null for a type that only ssh-keygen can judge. Throws {@link WireError} for a broken key. */
export function toNativeKey({ blob }: SshPublicKey): NativeKey | null {
  const wire = readWire(blob)
  const type = wire.text()
  switch (type) {
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com': {
      const x = wire.string()
      const application = type === 'ssh-ed25519' ? null : wire.text()
      return { kind: 'ed25519', key: jwk({ kty: 'OKP', crv: 'Ed25519', x: base64url(x) }, wire.rest()), application }
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
    case 'sk-ecdsa-sha2-nistp256@openssh.com': {
      const curve = curveOf(wire.text())
      const point = wire.string()
      const application = type.startsWith('sk-') ? wire.text() : null
      if (curve === undefined || !type.includes(curve.name) || point.length !== 1 + 2 * curve.size || point[0] !== 4)
        throw new WireError('not a point of its curve')
      const [x, y] = [point.subarray(1, 1 + curve.size), point.subarray(1 + curve.size)]
      const key = jwk({ kty: 'EC', crv: curve.crv, x: base64url(x), y: base64url(y) }, wire.rest())
      return { kind: 'ecdsa', key, application, hash: curve.hash, size: curve.size }
    }
    case 'ssh-rsa': {
      const e = wire.string()
      const n = wire.string()
      return {
        kind: 'rsa',
        key: jwk({ kty: 'RSA', e: base64url(unsigned(e)), n: base64url(unsigned(n)) }, wire.rest()),
      }
    }
    default:
      return null
  }
}

const CURVES = new Map([
  ['nistp256', { name: 'nistp256', crv: 'P-256', size: 32, hash: 'sha256' }],
  ['nistp384', { name: 'nistp384', crv: 'P-384', size: 48, hash: 'sha384' }],
  ['nistp521', { name: 'nistp521', crv: 'P-521', size: 66, hash: 'sha512' }],
] as const)

function curveOf(name: string) {
  return name === 'nistp256' || name === 'nistp384' || name === 'nistp521' ? CURVES.get(name) : undefined
}

function isNative(type: string): boolean {
  return /^(sk-)?(ssh-ed25519|ecdsa-sha2-nistp(256|384|521))(@openssh\.com)?$|^ssh-rsa$/.test(type)
}

function isComplete(key: SshPublicKey): boolean {
  try {
    return toNativeKey(key) !== null
  } catch (error) {
    if (error instanceof WireError) return false
    throw error
  }
}

function jwk(key: Record<string, string>, rest: Buffer): KeyObject {
  if (rest.length > 0) throw new WireError('bytes behind the key')
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch (cause) {
    throw new WireError('not a key', { cause })
  }
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url')
}

/** Takes the leading zeros off an mpint. */
export function unsigned(mpint: Buffer): Buffer {
  let from = 0
  while (from < mpint.length - 1 && mpint[from] === 0) from++
  return mpint.subarray(from)
}
