import type { EventOf } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import { runSshKeygen } from '../../runner/local/index.ts'
import {
  APPROVAL_NAMESPACE,
  checkRevoked,
  checkSigner,
  namesOfKey,
  personRefusal,
  principalsOf,
  readAllowedSigners,
  type SshPublicKey,
} from '../../transcript/index.ts'
import { readRevoked } from '../revoked-file.ts'
import { readIfThere } from '../transcript-files.ts'
import type { Workspace } from '../workspace.ts'
import type { Asked } from './still-asked.ts'

/** Who would decide, and for which role. */
export interface Approver {
  readonly principal: string
  readonly role: string | null
  /** Why it could not be looked up who may sign; null where it was. */
  readonly unseen: string | null
}

export interface Claim {
  readonly key: SshPublicKey
  /** `--principal`, then the person's own configuration; null where neither says who they are. */
  readonly principal: string | null
  readonly configured: string | null
  /** `--role` */
  readonly role: string | null
}

/**
 * Whether this key may decide this gate, by the rules that the run holds its signature against, before anything is signed. What only
 * a signers file tells is left open where there is none.
 *
 * @throws {SignoffError} `APPROVER_EXCLUDED` for whoever operates the run or has decided already, `APPROVER_UNLISTED` for a key that
 * may not sign this, `USAGE` where it must be said who they are.
 */
export async function findApprover(
  { gate, operators }: Asked,
  claim: Claim,
  workspace: Workspace,
  nowMs: number,
): Promise<Approver> {
  const operator = operators.find(({ keyid }) => keyid === claim.key.keyid)
  if (operator !== undefined) throw operates(operator.principal)
  const { need } = gate.event
  const signersText = await readIfThere(workspace.signers)
  if (signersText !== null) await refuseRevoked(claim.key, workspace)
  const principal =
    signersText === null ? sayWho(need, claim) : listedAs(signersText, workspace.signers, need, claim, operators, nowMs)
  if (operators.some(one => one.principal === principal)) throw operates(principal)
  const role = roleFor(gate, principal, claim.role)
  const given = gate.approvals.map(({ event }) => event)
  const refusal = personRefusal({ approver: principal, role }, claim.key, true, { operators, given, need })
  if (refusal !== null)
    throw new SignoffError(
      refusal.why === 'unlisted' ? 'APPROVER_UNLISTED' : 'APPROVER_EXCLUDED',
      `nothing was signed: ${refusal.detail}`,
      { advice: needText(need) },
    )
  return { principal, role, unseen: signersText === null ? `there is no ${workspace.signers}` : null }
}

type Need = EventOf<'approval.request'>['need']

function operates(principal: string): SignoffError {
  return new SignoffError(
    'APPROVER_EXCLUDED',
    `nothing was signed: ${principal} operates this run and cannot approve it`,
    { advice: 'somebody else has to, with a key of their own' },
  )
}

function unlisted(why: string, advice: string): SignoffError {
  return new SignoffError('APPROVER_UNLISTED', `nothing was signed: ${why}`, { advice })
}

const HOW_TO_BE_LISTED = '"signoff init --role approver" adds the line; have it reviewed like code'

async function refuseRevoked(key: SshPublicKey, workspace: Workspace): Promise<void> {
  const answer = await checkRevoked(await readRevoked(workspace.revoked), key, runSshKeygen)
  if (answer.kind === 'revoked')
    throw unlisted(`the key ${key.keyid} is revoked by ${workspace.revoked}`, 'sign with another key of yours')
  if (answer.kind === 'unreadable')
    throw unlisted(`${workspace.revoked} cannot be read: ${answer.why}`, 'have it mended: the run would refuse you too')
}

/** The name that the signers file gives this key for approvals; of several, the one that is said, else one that is asked. */
function listedAs(
  signersText: string,
  path: string,
  need: Need,
  claim: Claim,
  operators: Asked['operators'],
  nowMs: number,
): string {
  const signers = readAllowedSigners(signersText)
  const { key } = claim
  // A person is one person under all of their names.
  const everyName = namesOfKey(signers, key)
  const operator = operators.find(({ principal }) => everyName.includes(principal))
  if (operator !== undefined) throw operates(operator.principal)
  const names = principalsOf(signers, key, APPROVAL_NAMESPACE)
  const asked = names.find(name => need.some(({ from }) => from?.includes(name) === true))
  if (claim.principal !== null && !names.includes(claim.principal))
    throw unlisted(
      `${path} does not give ${claim.principal} the key ${key.keyid} for approvals`,
      names.length === 0 ? HOW_TO_BE_LISTED : `it gives it to ${names.join(', ')}`,
    )
  const principal =
    claim.principal ?? names.find(name => name === claim.configured) ?? asked ?? names[0] ?? everyName[0] ?? null
  if (principal === null) throw unlisted(`${path} names nobody for your key ${key.keyid}`, HOW_TO_BE_LISTED)
  const answer = checkSigner(signers, { key, principal, namespace: APPROVAL_NAMESPACE, atMs: nowMs })
  if (!answer.ok) throw unlisted(`${path}: ${answer.detail}`, HOW_TO_BE_LISTED)
  return principal
}

/** Away from the repository there is no signers file: the approver is who they say, or the only one the gate asks for. */
function sayWho(need: Need, claim: Claim): string {
  const asked = [
    ...new Set(need.filter(({ role }) => claim.role === null || role === claim.role).flatMap(({ from }) => from ?? [])),
  ]
  const only = asked.length === 1 ? asked[0] : undefined
  const who = claim.principal ?? claim.configured ?? only
  if (who !== undefined) return who
  throw new SignoffError('USAGE', 'there is no signers file here that says who you are', {
    advice: `say --principal NAME${asked.length === 0 ? '' : `, one of ${asked.join(', ')}`}`,
  })
}

/** The role one decides for: the one asked for, else the first open one that names this person, else one that is open to anybody. */
function roleFor({ event, approvals }: Asked['gate'], principal: string, wanted: string | null): string | null {
  const { need } = event
  if (wanted !== null) {
    if (need.some(({ role }) => role === wanted)) return wanted
    throw new SignoffError('USAGE', `the gate asks for no "${wanted}"`, { advice: needText(need) })
  }
  const given = new Set(approvals.map(one => one.event.role))
  const open = need.filter(({ role }) => role === null || !given.has(role))
  const mine = open.find(({ from }) => from?.includes(principal)) ?? open.find(({ from }) => from === null)
  return (mine ?? need.find(({ from }) => from?.includes(principal)))?.role ?? null
}

/** `it asks for Release Manager (a@example.com) and any signer` */
export function needText(need: Need): string {
  const names = need.map(({ role, from }) =>
    from === null ? (role ?? 'any signer') : role === null ? from.join(' or ') : `${role} (${from.join(' or ')})`,
  )
  return `it asks for ${names.join(' and ')}`
}
