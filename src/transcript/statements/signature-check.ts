import { checkSigner, type SignersFile, type TrustAnswer } from '../ssh/allowed-signers.ts'
import { isNamed } from '../ssh/certified-signers.ts'
import { checkRevoked, type RevocationFile } from '../ssh/revoked-keys.ts'
import type { Namespace } from '../ssh/signer.ts'
import type { SshPublicKey } from '../ssh/ssh-key.ts'
import type { SshKeygen } from '../ssh/ssh-keygen.ts'
import { readSshSig, type SshSigAnswer, type Touch, touchOf, verifySshSig } from '../ssh/sshsig.ts'
import { PAYLOAD_TYPE, pae, type UntrustedEnvelope } from './dsse.ts'

/** Who may sign, as the verifier has it: never a file that came with the transcript. */
export interface Trust {
  readonly signers: SignersFile
  /** The signers file as it is, for ssh-keygen. */
  readonly signersText: string
  /** Every revocation file that is configured: what one of them revokes is revoked. */
  readonly revoked: readonly RevocationFile[]
  readonly sshKeygen?: SshKeygen
}

export type SignedAnswer =
  /** With the signature that it is, of those of the envelope. */
  | (Extract<SshSigAnswer, { ok: true }> & { readonly armored: string })
  | {
      readonly ok: false
      readonly why: Extract<SshSigAnswer, { ok: false }>['why']
      readonly detail: string
      /** A certificate, or a kind of key that only ssh-keygen knows: with a principal it may still be judged. */
      readonly unsupported: string | null
    }

/** The first signature of an envelope that its own key made over these bytes. Whose key that is, is not asked yet. */
export function checkSigned(envelope: UntrustedEnvelope, namespace: Namespace): SignedAnswer {
  const message = pae(PAYLOAD_TYPE, envelope.payload)
  let first: SignedAnswer | null = null
  for (const armored of envelope.signatures) {
    const answer = verifySshSig(armored, namespace, message)
    if (answer.ok) return { ...answer, armored }
    first ??= { ...answer, unsupported: answer.why === 'unsupported' ? armored : null }
  }
  return first ?? { ok: false, why: 'malformed', detail: 'there is no signature', unsupported: null }
}

/**
 * The key that has signed an envelope in a namespace, whoever's it is; null where no signature holds. What is not judged here, such as a
 * certificate's signature, ssh-keygen judges, where it is at hand.
 */
export async function keyThatSigned(
  envelope: UntrustedEnvelope,
  namespace: Namespace,
  sshKeygen?: SshKeygen,
): Promise<SshPublicKey | null> {
  const signed = checkSigned(envelope, namespace)
  if (signed.ok) return signed.key
  if (signed.unsupported === null || sshKeygen === undefined) return null
  const message = pae(PAYLOAD_TYPE, envelope.payload)
  return (await isSigned(signed.unsupported, namespace, message, sshKeygen))
    ? (readSshSig(signed.unsupported)?.key ?? null)
    : null
}

/** Whether ssh-keygen finds a signature good, whoever made it. */
async function isSigned(
  armored: string,
  namespace: Namespace,
  message: Uint8Array,
  sshKeygen: SshKeygen,
): Promise<boolean> {
  const alone = ['-Y', 'check-novalidate', '-n', namespace, '-s', 'sig']
  const { exitCode } = await sshKeygen(alone, message, { sig: Buffer.from(armored, 'latin1') })
  return exitCode === 0
}

export type TrustedAnswer = TrustAnswer | { readonly ok: false; readonly why: 'revoked'; readonly detail: string }

/** Whether the verifier gives this key to this principal, and has not revoked it. A revoked key is one whatever the date. */
export async function checkTrusted(
  trust: Trust,
  asked: {
    readonly key: SshPublicKey
    readonly principal: string
    readonly namespace: Namespace
    readonly atMs: number
  },
): Promise<TrustedAnswer> {
  const revocation = await checkRevoked(trust.revoked, asked.key, trust.sshKeygen)
  if (revocation.kind === 'revoked')
    return { ok: false, why: 'revoked', detail: `the key ${asked.key.keyid} is revoked` }
  if (revocation.kind === 'unreadable')
    return { ok: false, why: 'revoked', detail: `the revocation file cannot be read: ${revocation.why}` }
  return checkSigner(trust.signers, asked)
}

export type KeygenAnswer =
  | {
      readonly ok: true
      readonly key: SshPublicKey
      readonly touch: Touch
      /** False where only a wildcard lets this key be that person. */
      readonly named: boolean
    }
  /** `signed`: the signature itself is good, and only nobody trusts it. */
  | { readonly ok: false; readonly signed: boolean; readonly key: SshPublicKey; readonly detail: string }

/**
 * Lets ssh-keygen judge a signature that is not judged here, such as one with a certificate: signature, principal,
 * namespace, time and revocation in one. Null where ssh-keygen is not at hand.
 */
export async function askSshKeygen(
  trust: Trust,
  asked: {
    readonly armored: string
    readonly payload: Uint8Array
    readonly principal: string
    readonly namespace: Namespace
    readonly atMs: number
  },
): Promise<KeygenAnswer | null> {
  const sig = readSshSig(asked.armored)
  const { sshKeygen } = trust
  if (sshKeygen === undefined || sig === null) return null
  const { principal, namespace, atMs } = asked
  const time = new Date(atMs).toISOString().slice(0, 19).replace(/[-:T]/g, '')
  const message = pae(PAYLOAD_TYPE, asked.payload)
  const files = { signers: Buffer.from(trust.signersText), sig: Buffer.from(asked.armored, 'latin1') }
  const verify = [
    '-Y',
    'verify',
    '-f',
    'signers',
    '-I',
    principal,
    '-n',
    namespace,
    '-s',
    'sig',
    `-Overify-time=${time}Z`,
  ]
  const refuse = async (detail: string): Promise<KeygenAnswer> => {
    const signed = await isSigned(asked.armored, namespace, message, sshKeygen)
    return { ok: false, signed, key: sig.key, detail }
  }
  // It takes one revocation file at a time.
  for (const revoked of trust.revoked.length === 0 ? [null] : trust.revoked) {
    if (revoked === 'unreadable') return refuse(UNREADABLE)
    const [args, given] = revoked === null ? [verify, files] : [[...verify, '-r', 'revoked'], { ...files, revoked }]
    const { exitCode, stderr, stdout } = await sshKeygen(args, message, given)
    if (exitCode !== 0) return refuse((stderr || stdout).trim())
  }
  return { ok: true, key: sig.key, touch: touchOf(sig), named: isNamed(trust.signers, sig.key, asked) }
}

const UNREADABLE = 'the revocation file cannot be read: it is configured, and not there or not readable'
