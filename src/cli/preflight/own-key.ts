import { runSshKeygen } from '../../runner/local/index.ts'
import { checkRevoked, readAllowedSigners, SEAL_NAMESPACE, validUntilMs, whyNotValid } from '../../transcript/index.ts'
import { revocationFiles } from '../keys/revoked-file.ts'
import type { Bench } from './about-to-run.ts'
import { type PreflightFinding, preflightFinding } from './finding.ts'

/** Certificates are often made for a working day; less than this is said, since a run may take longer. */
const SOON_MS = 24 * 3_600_000

/** A run that is sealed with a key that is revoked, or not valid when it ends, verifies nowhere. */
export async function ownKeyFindings(bench: Bench, nowMs: number): Promise<PreflightFinding[]> {
  return [...(await revokedFindings(bench)), ...validityFindings(bench, nowMs)]
}

async function revokedFindings({ workspace, signer }: Bench): Promise<PreflightFinding[]> {
  const findings: PreflightFinding[] = []
  for (const { path, content } of await revocationFiles(workspace)) {
    // Without a signer there is no key to ask about, and a file that nobody can read is wrong all the same.
    const answer = signer === null ? null : await checkRevoked([content], signer.publicKey, runSshKeygen)
    if (answer?.kind === 'revoked') {
      const message = `the key of ${signer?.principal} (${signer?.keyid}) is revoked`
      findings.push(preflightFinding('key-revoked', message, 'name another key by --key FILE', { path }))
    }
    if (content === 'unreadable' || answer?.kind === 'unreadable') {
      const why = answer?.kind === 'unreadable' ? `: ${answer.why}` : ''
      const message = `it cannot be read, and so revokes every key${why}`
      findings.push(preflightFinding('revoked-keys-unreadable', message, 'mend it', { path }))
    }
  }
  return findings
}

function validityFindings({ workspace, signer, signersText }: Bench, nowMs: number): PreflightFinding[] {
  if (signer === null || signersText === null) return []
  const signers = readAllowedSigners(signersText)
  const asked = { principal: signer.principal, namespace: SEAL_NAMESPACE }
  const place = { path: workspace.signers }
  const why = whyNotValid(signers, signer.publicKey, { ...asked, atMs: nowMs })
  if (why !== null)
    return [
      preflightFinding('key-not-valid', `${why}: now`, 'name another key by --key FILE, or renew this one', place),
    ]
  const untilMs = validUntilMs(signers, signer.publicKey, asked)
  if (untilMs === null || untilMs > nowMs + SOON_MS) return []
  const message = `the key of ${signer.principal} (${signer.keyid}) is valid until ${new Date(untilMs).toISOString()}: a run that ends later is sealed by nobody whom verify trusts`
  return [preflightFinding('key-expires', message, 'renew it before the run ends', place)]
}
