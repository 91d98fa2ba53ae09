import { type Bytes, digest, fromBase64, toBase64 } from './bytes.ts'
import { unsigned, WireError, WireReader } from './wire.ts'

/** A public key as OpenSSH writes it. */
export interface PublicKey {
  readonly type: string
  readonly blob: Bytes
}

/** `SHA256:` and unpadded base64, as `ssh-keygen -l` shows it. */
export async function keyidOf({ blob }: PublicKey): Promise<string> {
  return `SHA256:${toBase64(await digest('SHA-256', blob)).replace(/=+$/, '')}`
}

/** Reads `type base64 comment`; null for what is no public key. */
export function readPublicKey(text: string): PublicKey | null {
  const found = /^\s*(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text)
  const blob = found === null ? null : fromBase64(found[2] ?? '')
  if (blob === null) return null
  try {
    const type = new WireReader(blob).text()
    return type === found?.[1] ? { type, blob } : null
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

/** How WebCrypto takes the key and its signatures. */
export type CheckingKey =
  | { readonly kind: 'ed25519'; readonly raw: Bytes; readonly application: string | null }
  | { readonly kind: 'ecdsa'; readonly raw: Bytes; readonly application: string | null; readonly curve: Curve }
  | { readonly kind: 'rsa'; readonly e: Bytes; readonly n: Bytes }

export interface Curve {
  readonly name: 'P-256' | 'P-384' | 'P-521'
  readonly size: number
  readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512'
}

const CURVES: Readonly<Record<string, Curve>> = {
  nistp256: { name: 'P-256', size: 32, hash: 'SHA-256' },
  nistp384: { name: 'P-384', size: 48, hash: 'SHA-384' },
  nistp521: { name: 'P-521', size: 66, hash: 'SHA-512' },
}

/** The key of a kind that can be checked here; null for another. @throws {WireError} for a broken one. */
export function toCheckingKey({ blob }: PublicKey): CheckingKey | null {
  const wire = new WireReader(blob)
  const type = wire.text()
  switch (type) {
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com': {
      const raw = wire.string()
      const application = type === 'ssh-ed25519' ? null : wire.text()
      wire.end()
      return { kind: 'ed25519', raw, application }
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
    case 'sk-ecdsa-sha2-nistp256@openssh.com': {
      const name = wire.text()
      const curve = type.includes(name) ? CURVES[name] : undefined
      const raw = wire.string()
      const application = type.startsWith('sk-') ? wire.text() : null
      wire.end()
      if (curve === undefined || raw.length !== 1 + 2 * curve.size || raw[0] !== 4)
        throw new WireError('not a point of its curve')
      return { kind: 'ecdsa', raw, application, curve }
    }
    case 'ssh-rsa': {
      const e = unsigned(wire.string())
      const n = unsigned(wire.string())
      wire.end()
      return { kind: 'rsa', e, n }
    }
    default:
      return null
  }
}
