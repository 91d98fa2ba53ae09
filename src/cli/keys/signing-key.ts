import { SignoffError } from '../../model/index.ts'
import { runSshKeygen, signWithSshKeygen } from '../../runner/local/index.ts'
import {
  ed25519RawSigner,
  ed25519Signer,
  type Namespace,
  principalsOf,
  type RawSigner,
  readAllowedSigners,
  readCertificate,
  type Signer,
  type SignersFile,
  whyNotValid,
} from '../../transcript/index.ts'
import { checkPrivateHalf, type KeyAtHand, keysAtHand } from './keys-at-hand.ts'
import { findKey, type KeySources, type NamedKey, nameOfKey } from './named-key.ts'

/** The ways in which somebody's own key can sign, before it is known for whom. */
export interface OwnKeys {
  readonly named: NamedKey
  readonly keys: readonly [KeyAtHand, ...KeyAtHand[]]
}

/** @throws {SignoffError} `KEY_MISSING` naming `signoff init`, before anything was written; `KEY_UNUSABLE` */
export async function findOwnKeys(sources: KeySources): Promise<OwnKeys> {
  const named = await findKey(sources)
  if (named === null)
    throw new SignoffError(
      'KEY_MISSING',
      'no signing key: what you sign is signed with a key of yours, and none is named',
      { advice: 'run "signoff init" once, or name one by --key FILE or SIGNOFF_KEY' },
    )
  return { named, keys: await keysAtHand(named) }
}

/**
 * Signs with one of them, natively or by ssh-keygen. Whether the name is theirs is for whoever reads the signature to check.
 * @throws {SignoffError} `KEY_MISSING` where there is no private half, `KEY_UNUSABLE`
 */
export async function signerOf(key: KeyAtHand, principal: string): Promise<Signer> {
  await checkPrivateHalf(key)
  await checkCertificate(key)
  if (key.native !== null) return ed25519Signer(key.native, principal)
  return {
    principal,
    keyid: key.publicKey.keyid,
    publicKey: key.publicKey,
    mayAsk: true,
    sign: (asked, bytes) => signWithSshKeygen(key.forSshKeygen, asked, bytes),
  }
}

/**
 * Somebody who can sign for a namespace: a key, and the principal that the signers file gives it, by a line of its own or by that of
 * the authority of its certificate.
 * @throws {SignoffError} `KEY_MISSING` naming `signoff init`, before anything was written; `KEY_UNUSABLE`.
 */
export async function findSigner(
  sources: KeySources,
  signersText: string | null,
  signersPath: string,
  namespace: Namespace,
): Promise<Signer> {
  const { named, keys } = await findOwnKeys(sources)
  const found =
    signersText === null ? null : choose(keys, sources.config.principal, readAllowedSigners(signersText), namespace)
  if (found === null)
    throw new SignoffError(
      'KEY_MISSING',
      signersText === null
        ? `${signersPath} is missing`
        : `${signersPath} gives nobody ${keysText(named, keys)} for ${namespace}`,
      { advice: 'run "signoff init", and have the line that it adds reviewed like code' },
    )
  return signerOf(found.key, found.principal)
}

interface Listed {
  readonly key: KeyAtHand
  readonly principal: string
}

/**
 * The first key that the signers file gives to the person who is wanted, else the first that it gives to anybody. One that is valid
 * now comes before one that is not: whoever has moved to a certificate may still have a line of their own that has run out.
 */
function choose(
  keys: readonly KeyAtHand[],
  wanted: string | null,
  signers: SignersFile,
  namespace: Namespace,
): Listed | null {
  const listed = keys.flatMap(key =>
    principalsOf(signers, key.publicKey, namespace).map(principal => ({ key, principal })),
  )
  const atMs = Date.now()
  const isValid = ({ key, principal }: Listed): boolean =>
    whyNotValid(signers, key.publicKey, { principal, namespace, atMs }) === null
  const ofWanted = listed.filter(({ principal }) => principal === wanted)
  const found = ofWanted.length > 0 ? ofWanted : listed
  return found.find(isValid) ?? found[0] ?? null
}

function keysText(named: NamedKey, [key, certified]: readonly [KeyAtHand, ...KeyAtHand[]]): string {
  const whose = `the key ${nameOfKey(named)} (${key.publicKey.keyid})`
  return certified === undefined && readCertificate(key.publicKey.blob) === null
    ? whose
    : `${whose} with its certificate, nor without one,`
}

/** ssh-keygen reads no certificate that its authority did not sign; better to know that before a run than at its seal. */
async function checkCertificate({ publicKey }: KeyAtHand): Promise<void> {
  if (readCertificate(publicKey.blob) === null) return
  const text = Buffer.from(`${publicKey.type} ${publicKey.blob.toString('base64')}\n`)
  const { exitCode, stderr } = await runSshKeygen(['-L', '-f', 'cert.pub'], new Uint8Array(), { 'cert.pub': text })
  if (exitCode === 0) return
  throw new SignoffError(
    'KEY_UNUSABLE',
    `ssh-keygen does not take the certificate of ${publicKey.keyid}: ${stderr.trim()}`,
    {
      advice: 'have another made by your authority: ssh-keygen -s',
    },
  )
}

/**
 * A key that signs bytes as they are, which neither ssh-keygen nor an agent behind it does: an ed25519 file without a passphrase.
 * @throws {SignoffError} `KEY_MISSING`, `KEY_UNUSABLE`
 */
export async function findRawSigner(sources: KeySources): Promise<RawSigner> {
  const named = await findKey(sources)
  if (named === null)
    throw new SignoffError('KEY_MISSING', 'no signing key is named', { advice: 'name it by --key FILE or SIGNOFF_KEY' })
  const [{ native }] = await keysAtHand(named)
  if (native === null)
    throw new SignoffError(
      'KEY_UNUSABLE',
      `${nameOfKey(named)}: only ssh-keygen can sign with it, and what that signs is wrapped as SSH signatures are`,
      { advice: 'this needs an ed25519 key file without a passphrase' },
    )
  return ed25519RawSigner(native)
}
