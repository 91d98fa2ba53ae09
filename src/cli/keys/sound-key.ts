import { SignoffError } from '../../model/index.ts'
import { runSshKeygen } from '../../runner/local/index.ts'
import { checkRevoked, type Namespace, readAllowedSigners, type Signer, whyNotValid } from '../../transcript/index.ts'
import type { Workspace } from '../settings/workspace.ts'
import { readRevocations } from './revoked-file.ts'

/** What a signature is about to be made with, and for. */
export interface AboutToSign {
  readonly signer: Pick<Signer, 'principal' | 'keyid' | 'publicKey'>
  readonly namespace: Namespace
  readonly workspace: Workspace
  /** Null where there is no signers file: whoever reads the signature has one. */
  readonly signersText: string | null
  readonly nowMs: number
}

/**
 * Refuses to sign what would never verify: one addendum or hand-over by a key that is revoked, or not valid now, and the whole
 * transcript answers 5 from then on.
 * @throws {SignoffError} `KEY_UNUSABLE`
 */
export async function refuseUnsoundKey(about: AboutToSign): Promise<void> {
  const why = await whyUnsound(about)
  if (why === null) return
  throw new SignoffError('KEY_UNUSABLE', `nothing was signed: ${why}`, { advice: 'name another key by --key FILE' })
}

/** Why what a key signs now would not verify; null where it would. */
export async function whyUnsound(about: AboutToSign): Promise<string | null> {
  const { signer, namespace, workspace, signersText, nowMs } = about
  const { publicKey, principal } = signer
  const revoked = await checkRevoked(await readRevocations(workspace), publicKey, runSshKeygen)
  if (revoked.kind === 'revoked') return `the key of ${principal} (${signer.keyid}) is revoked`
  if (revoked.kind === 'unreadable') return `a file of revoked keys cannot be read, and so revokes all: ${revoked.why}`
  if (signersText === null) return null
  return whyNotValid(readAllowedSigners(signersText), publicKey, { principal, namespace, atMs: nowMs })
}
