import { sign } from 'node:crypto'
import { SignoffError } from '../../model/index.ts'
import type { SshPublicKey } from './ssh-key.ts'
import { type PrivateKeyAnswer, readPrivateKey } from './ssh-private-key.ts'
import { signedBytes, toArmor } from './sshsig.ts'

/** Strings inside every signature: nothing configures them. */
export const SEAL_NAMESPACE = 'signoff-seal-v1'
export const APPROVAL_NAMESPACE = 'signoff-approval-v1'
export const ADDENDUM_NAMESPACE = 'signoff-addendum-v1'
export type Namespace = typeof SEAL_NAMESPACE | typeof APPROVAL_NAMESPACE | typeof ADDENDUM_NAMESPACE

/** Somebody who can sign: a key in memory, an agent, or ssh-keygen with the terminal. */
export interface Signer {
  readonly principal: string
  /** `SHA256:..` of the public key. */
  readonly keyid: string
  readonly publicKey: SshPublicKey
  /** True where signing may ask somebody at the terminal, for a passphrase or a touch. */
  readonly mayAsk?: boolean
  /** Gives the armored SSHSIG (sha512) over `bytes`. @throws {SignoffError} `SIGNING_FAILED` */
  sign(namespace: Namespace, bytes: Uint8Array): Promise<string>
}

/** An ed25519 key that signs bytes as they are, without the wrapping of OpenSSH. */
export interface RawSigner {
  readonly keyid: string
  /** 64 bytes: the same for the same bytes, each time. */
  signRaw(bytes: Uint8Array): Buffer
}

/**
 * A signer from an unencrypted ed25519 key file of OpenSSH; the bytes of its signatures are those of `ssh-keygen -Y sign`.
 * @throws {SignoffError} `KEY_UNUSABLE` for anything else: ask `readPrivateKey` first, and let ssh-keygen sign where it says so.
 */
export function ed25519Signer(privateKeyText: string, principal: string): Signer {
  const { publicKey, key } = usableKey(privateKeyText)
  return {
    principal,
    keyid: publicKey.keyid,
    publicKey,
    sign: async (namespace, bytes) =>
      toArmor(publicKey.blob, namespace, publicKey.type, sign(null, signedBytes(namespace, 'sha512', bytes), key)),
  }
}

/** The same key, signing bytes as they are, for what is read by others than OpenSSH. @throws {SignoffError} as {@link ed25519Signer}. */
export function ed25519RawSigner(privateKeyText: string): RawSigner {
  const { publicKey, key } = usableKey(privateKeyText)
  return { keyid: publicKey.keyid, signRaw: bytes => sign(null, bytes, key) }
}

function usableKey(privateKeyText: string): Extract<PrivateKeyAnswer, { kind: 'ed25519' }> {
  const read = readPrivateKey(privateKeyText)
  if (read.kind === 'ed25519') return read
  throw new SignoffError('KEY_UNUSABLE', read.kind === 'none' ? read.why : 'this key is for ssh-keygen to sign with')
}
