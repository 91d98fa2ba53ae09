import { readWire, WireError, wireString } from './ssh-wire.ts'

/**
 * What an authority says of a key (openssh-portable PROTOCOL.certkeys), taken apart. Nothing here checks its signature: ssh-keygen
 * does, each time it reads one.
 */
export interface UntrustedCertificate {
  /** The key that is certified, as it is without its certificate. */
  readonly plainBlob: Buffer
  /** False for one of a machine. */
  readonly isForUsers: boolean
  /** How its authority calls it. */
  readonly name: string
  /** Whom it names; none, and it speaks for nobody. */
  readonly principals: readonly string[]
  /** Seconds since the epoch, the first that is valid and the first that is not. */
  readonly validAfter: bigint
  readonly validBefore: bigint
  readonly authorityBlob: Buffer
}

/** How many fields a key of each type has behind its name. */
const FIELDS: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519', 1],
  ['sk-ssh-ed25519@openssh.com', 2],
  ['ecdsa-sha2-nistp256', 2],
  ['ecdsa-sha2-nistp384', 2],
  ['ecdsa-sha2-nistp521', 2],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 3],
  ['ssh-rsa', 2],
  ['ssh-dss', 4],
])
const SUFFIX = '-cert-v01@openssh.com'
const OF_USERS = 1

/** Reads the blob of a certificate; null for a key without one. @throws {WireError} for a certificate that is cut or not of its kind. */
export function readCertificate(blob: Uint8Array): UntrustedCertificate | null {
  const wire = readWire(blob)
  const type = wire.text()
  if (!type.endsWith(SUFFIX)) return null
  const bare = type.slice(0, -SUFFIX.length)
  const plain = bare.startsWith('sk-') ? `${bare}@openssh.com` : bare
  const count = FIELDS.get(plain)
  if (count === undefined) throw new WireError('a certificate of a key that is not known')
  wire.string()
  const fields = Array.from({ length: count }, () => wireString(wire.string()))
  wire.bytes(8)
  const kind = wire.uint32()
  const name = wire.text()
  const principals = textsOf(wire.string())
  const [validAfter, validBefore] = [wire.bytes(8).readBigUInt64BE(), wire.bytes(8).readBigUInt64BE()]
  wire.string()
  wire.string()
  wire.string()
  const authorityBlob = wire.string()
  wire.string()
  if (wire.rest().length > 0) throw new WireError('bytes behind the certificate')
  return {
    plainBlob: Buffer.concat([wireString(plain), ...fields]),
    isForUsers: kind === OF_USERS,
    name,
    principals,
    validAfter,
    validBefore,
    authorityBlob,
  }
}

/** Whether its own dates hold at a time. */
export function isInForce({ validAfter, validBefore }: UntrustedCertificate, atMs: number): boolean {
  const seconds = BigInt(Math.floor(atMs / 1000))
  return seconds >= validAfter && seconds < validBefore
}

function textsOf(packed: Buffer): string[] {
  const texts: string[] = []
  const wire = readWire(packed)
  for (let left = packed.length; left > 0; ) {
    const text = wire.string()
    texts.push(text.toString('utf8'))
    left -= 4 + text.length
  }
  return texts
}
