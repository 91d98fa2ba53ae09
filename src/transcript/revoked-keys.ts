import { readPublicKey, type SshPublicKey } from './ssh-key.ts'
import type { SshKeygen } from './ssh-keygen.ts'

export type RevocationAnswer =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked' }
  /** A revocation file that cannot be read revokes: the caller treats it as such. */
  | { readonly kind: 'unreadable'; readonly why: string }

/**
 * Whether a key stands in a revocation file: a list of public keys, or a KRL, which only ssh-keygen reads.
 * `null` for the bytes means that no such file is configured.
 */
export async function checkRevoked(
  bytes: Uint8Array | null,
  key: SshPublicKey,
  sshKeygen: SshKeygen | undefined,
): Promise<RevocationAnswer> {
  if (bytes === null) return { kind: 'good' }
  if (Buffer.from(bytes.subarray(0, KRL_MAGIC.length)).toString('latin1') === KRL_MAGIC)
    return sshKeygen === undefined
      ? { kind: 'unreadable', why: 'a KRL needs ssh-keygen, which is not at hand' }
      : askKrl(bytes, key, sshKeygen)
  for (const [index, line] of Buffer.from(bytes).toString('utf8').split('\n').entries()) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    const listed = readPublicKey(text)
    if (listed === null) return { kind: 'unreadable', why: `line ${index + 1} is no public key` }
    if (listed.blob.equals(key.blob)) return { kind: 'revoked' }
  }
  return { kind: 'good' }
}

const KRL_MAGIC = 'SSHKRL\n\0'

async function askKrl(bytes: Uint8Array, key: SshPublicKey, sshKeygen: SshKeygen): Promise<RevocationAnswer> {
  const pub = Buffer.from(`${key.type} ${key.blob.toString('base64')}\n`)
  const { exitCode, stdout, stderr } = await sshKeygen(['-Q', '-f', 'revoked', 'key.pub'], new Uint8Array(), {
    revoked: bytes,
    'key.pub': pub,
  })
  // ssh-keygen also exits 1 for a KRL that it cannot read: only its word decides.
  if (exitCode === 0) return { kind: 'good' }
  if (/: REVOKED$/m.test(stdout)) return { kind: 'revoked' }
  return { kind: 'unreadable', why: stderr.trim() || 'ssh-keygen cannot read it' }
}
