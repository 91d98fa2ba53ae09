import { sha256Hex } from '../encoding/hash.ts'
import { principalsOf } from '../ssh/certified-signers.ts'
import { SEAL_NAMESPACE } from '../ssh/signer.ts'
import type { SshPublicKey } from '../ssh/ssh-key.ts'
import { readEnvelope, tokensBeside } from '../statements/dsse.ts'
import { SEAL_TYPE, type SealStatement, SealStatementSchema, STATEMENT_TYPE } from '../statements/seal-statement.ts'
import { askSshKeygen, checkSigned, checkTrusted, type Trust } from '../statements/signature-check.ts'
import type { Finding, VerifyExit } from './verify-report.ts'

export interface SealCheck {
  readonly findings: readonly Finding[]
  /** What the seal says; null unless its signature is good over these very bytes. Trust is in the findings. */
  readonly statement: SealStatement | null
  readonly sha256: string | null
  readonly keyid: string | null
  /** The key that made it. */
  readonly key: SshPublicKey | null
  /** Time-stamp tokens that stand beside the signature, believed by nobody yet, with the bytes they are over. */
  readonly tokens: readonly { readonly signature: Uint8Array; readonly token: Uint8Array }[]
}

/** The seal, from its line of the bundle: PAE, SSHSIG, namespace, then the same bytes parsed, then who may have signed them. */
export async function verifySeal(untrustedLine: string, trust: Trust | null): Promise<SealCheck> {
  const nothing = (exit: VerifyExit, message: string): SealCheck => ({
    findings: [finding(exit, message)],
    statement: null,
    sha256: null,
    keyid: null,
    key: null,
    tokens: [],
  })
  const envelope = readEnvelope(untrustedLine)
  if (envelope === null) return nothing(8, 'the bundle does not begin with an envelope')
  const signed = checkSigned(envelope, SEAL_NAMESPACE)
  if (!signed.ok && (signed.unsupported === null || trust?.sshKeygen === undefined))
    return nothing(5, `the seal: ${signed.detail}`)
  const statement = readStatement(envelope.payload)
  if (typeof statement === 'string') return nothing(8, statement)
  const { operator, finishedOn } = statement.predicate
  const asked = { principal: operator.principal, namespace: SEAL_NAMESPACE, atMs: Date.parse(finishedOn) } as const
  let key: SshPublicKey
  const findings: Finding[] = []
  if (signed.ok) {
    key = signed.key
    findings.push(...(await trustFindings(trust, key, asked)))
  } else {
    if (trust === null) return nothing(5, 'the seal: no signers file to judge it by')
    const { payload } = envelope
    const answer = await askSshKeygen(trust, { ...asked, armored: signed.unsupported ?? '', payload })
    if (answer === null || (!answer.ok && !answer.signed))
      return nothing(5, `the seal: ${answer?.detail ?? signed.detail}`)
    if (!answer.ok) findings.push(finding(5, `the seal: ${answer.detail}`))
    key = answer.key
  }
  if (key.keyid !== operator.keyid)
    findings.push(finding(5, `the seal names the key ${operator.keyid}, and is signed by ${key.keyid}`))
  const armored = signed.ok ? signed.armored : (signed.unsupported ?? '')
  const signature = Buffer.from(armored, 'latin1')
  const tokens = tokensBeside(envelope, armored).map(token => ({ signature, token }))
  return { findings, statement, sha256: sha256Hex(envelope.payload), keyid: key.keyid, key, tokens }
}

async function trustFindings(
  trust: Trust | null,
  key: SshPublicKey,
  asked: { readonly principal: string; readonly namespace: typeof SEAL_NAMESPACE; readonly atMs: number },
): Promise<Finding[]> {
  if (trust === null) return [finding(5, 'the seal: no signers file to judge it by')]
  const trusted = await checkTrusted(trust, { ...asked, key })
  if (trusted.ok) return []
  const others = principalsOf(trust.signers, key, asked.namespace)
  const whose = others.length > 0 ? `; the signers file gives it to ${others.join(', ')}` : ''
  return [finding(5, `the seal: ${trusted.detail}${whose}`)]
}

function readStatement(payload: Buffer): SealStatement | string {
  let value: unknown
  try {
    value = JSON.parse(payload.toString('utf8'))
  } catch {
    return 'the seal holds no JSON'
  }
  const parsed = SealStatementSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const isOurs =
    typeof value === 'object' &&
    value !== null &&
    '_type' in value &&
    value._type === STATEMENT_TYPE &&
    'predicateType' in value &&
    value.predicateType === SEAL_TYPE
  return isOurs ? 'the seal is not as version 1 has it' : 'the seal is of a version or kind that is not known'
}

function finding(exit: VerifyExit, message: string): Finding {
  return { check: 'seal', exit, message, line: null }
}
