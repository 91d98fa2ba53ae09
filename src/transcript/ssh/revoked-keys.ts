import { readCertificate } from './ssh-certificate.ts'
import { readPublicKey, type SshPublicKey } from './ssh-key.ts'
import type { SshKeygen } from './ssh-keygen.ts'

export type RevocationAnswer =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked' }
  /** A revocation file that cannot be read revokes: the caller treats it as such. */
  | { readonly kind: 'unreadable'; readonly why: string }

/** A file of revoked keys: its bytes, or that it is configured and cannot be read. */
export type RevocationFile = Uint8Array | 'unreadable'

/** Whether a key stands in one of the revocation files that are configured: each is a list of public keys, or a KRL, which only ssh-keygen reads. */
export async function checkRevoked(
  files: readonly RevocationFile[],
  key: SshPublicKey,
  sshKeygen: SshKeygen | undefined,
): Promise<RevocationAnswer> {
  for (const file of files) {
    const answer = await checkFile(file, key, sshKeygen)
    if (answer.kind !== 'good') return answer
  }
  return { kind: 'good' }
}

async function checkFile(
  bytes: RevocationFile,
  key: SshPublicKey,
  sshKeygen: SshKeygen | undefined,
): Promise<RevocationAnswer> {
  if (bytes === 'unreadable') return { kind: 'unreadable', why: 'it is configured, and not there or not readable' }
  if (Buffer.from(bytes.subarray(0, KRL_MAGIC.length)).toString('latin1') === KRL_MAGIC)
    return sshKeygen === undefined
      ? { kind: 'unreadable', why: 'a KRL needs ssh-keygen, which is not at hand' }
      : askKrl(bytes, key, sshKeygen)
  const blobs = blobsOf(key)
  for (const [index, line] of Buffer.from(bytes).toString('utf8').split('\n').entries()) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    const listed = readPublicKey(text)
    if (listed === null) return { kind: 'unreadable', why: `line ${index + 1} is no public key` }
    if (blobs.some(blob => blob.equals(plainBlob(listed)))) return { kind: 'revoked' }
  }
  return { kind: 'good' }
}

/** A certificate is revoked with the key in it, and with the authority that made it, as ssh-keygen has it. */
function blobsOf(key: SshPublicKey): Buffer[] {
  const certificate = readCertificate(key.blob)
  return certificate === null ? [key.blob] : [certificate.plainBlob, certificate.authorityBlob]
}

function plainBlob({ blob }: SshPublicKey): Buffer {
  return readCertificate(blob)?.plainBlob ?? blob
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
