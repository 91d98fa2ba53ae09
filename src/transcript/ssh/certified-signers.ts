import {
  checkSigner,
  isFor,
  isValidAt,
  plainPrincipalsOf,
  type SignersFile,
  type SignersLine,
} from './allowed-signers.ts'
import { isNamedIn, matchesPatternList } from './pattern-list.ts'
import { isInForce, readCertificate, type UntrustedCertificate } from './ssh-certificate.ts'
import type { SshPublicKey } from './ssh-key.ts'

/**
 * The principals that a file gives a key in a namespace, at any time. Of a certificate they are those that it names and that a line of
 * its authority lets it name; of a plain key those that its lines name, wildcards left out.
 */
export function principalsOf(signers: SignersFile, key: SshPublicKey, namespace: string): string[] {
  const certificate = readCertificate(key.blob)
  if (certificate === null) return plainPrincipalsOf(signers, key, namespace)
  return certificate.principals.filter(
    name => certificate.isForUsers && linesFor(signers, certificate, name, namespace).length > 0,
  )
}

interface Asked {
  readonly principal: string
  readonly namespace: string
  readonly atMs: number
}

/**
 * Whether a line names this principal for this key, word for word: a wildcard lets the same line be anybody. The line of an authority
 * names them too; that its certificate does is ssh-keygen's to say.
 */
export function isNamed(signers: SignersFile, key: SshPublicKey, { principal, namespace, atMs }: Asked): boolean {
  const certificate = readCertificate(key.blob)
  if (certificate === null) {
    const answer = checkSigner(signers, { key, principal, namespace, atMs })
    return answer.ok && answer.named
  }
  return linesFor(signers, certificate, principal, namespace).some(
    line => isNamedIn(principal, line.principals) && isValidAt(line, atMs),
  )
}

/**
 * Why a key that a file gives to somebody cannot sign for them at a time; null where it can. Of a certificate only what it says is
 * looked at: whether its authority said so is ssh-keygen's to find out.
 */
export function whyNotValid(signers: SignersFile, key: SshPublicKey, asked: Asked): string | null {
  const certificate = readCertificate(key.blob)
  if (certificate === null) {
    const answer = checkSigner(signers, { ...asked, key })
    return answer.ok ? null : answer.detail
  }
  if (!isInForce(certificate, asked.atMs)) return `the certificate "${certificate.name}" is not valid at that time`
  const lines = linesFor(signers, certificate, asked.principal, asked.namespace)
  return lines.some(line => isValidAt(line, asked.atMs))
    ? null
    : `the authority of the certificate "${certificate.name}" is not valid at that time`
}

/** The last millisecond at which a key may sign for somebody, in the eyes of a file; null where nothing ends it. */
export function validUntilMs(signers: SignersFile, key: SshPublicKey, asked: Omit<Asked, 'atMs'>): number | null {
  const certificate = readCertificate(key.blob)
  const lines =
    certificate === null
      ? signers.lines.filter(
          line =>
            !line.certAuthority &&
            line.key.blob.equals(key.blob) &&
            matchesPatternList(asked.principal, line.principals) &&
            isFor(line, asked.namespace),
        )
      : linesFor(signers, certificate, asked.principal, asked.namespace)
  const ofLines = Math.max(...lines.map(({ validBeforeMs }) => validBeforeMs ?? Number.POSITIVE_INFINITY))
  const ofCertificate = certificate === null ? Number.POSITIVE_INFINITY : Number(certificate.validBefore) * 1000
  const until = Math.min(ofLines, ofCertificate)
  // "Forever" is the greatest number that a certificate can hold.
  return until > MOST_MS ? null : until
}

const MOST_MS = 8.64e15

function linesFor(
  signers: SignersFile,
  { authorityBlob }: UntrustedCertificate,
  principal: string,
  namespace: string,
): SignersLine[] {
  return signers.lines.filter(
    line =>
      line.certAuthority &&
      line.key.blob.equals(authorityBlob) &&
      matchesPatternList(principal, line.principals) &&
      isFor(line, namespace),
  )
}
