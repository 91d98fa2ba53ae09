import type { EventOf } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import {
  ADDENDUM_NAMESPACE,
  APPROVAL_NAMESPACE,
  isNamed,
  type Namespace,
  personRefusal,
  principalsOf,
  readAllowedSigners,
  SEAL_NAMESPACE,
} from '../../transcript/index.ts'
import type { KeyAtHand } from '../keys/keys-at-hand.ts'
import type { OwnKeys } from '../keys/signing-key.ts'
import { whyUnsound } from '../keys/sound-key.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import type { Workspace } from '../settings/workspace.ts'
import type { Asked } from './still-asked.ts'

/** Who would decide, for which role, and with which of their keys. */
export interface Approver {
  readonly key: KeyAtHand
  readonly principal: string
  readonly role: string | null
  /** Why it could not be looked up who may sign; null where it was. */
  readonly unseen: string | null
}

export interface Claim {
  readonly keys: OwnKeys['keys']
  /** `--principal`; null where it does not say who they are. */
  readonly principal: string | null
  /** What the person's own configuration says of that. */
  readonly configured: string | null
  /** `--role` */
  readonly role: string | null
}

/**
 * Whether these keys may decide this gate, by the rules that the run holds a signature against, before anything is signed. What only
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
  const operator = operators.find(({ keyid }) => claim.keys.some(({ publicKey }) => publicKey.keyid === keyid))
  if (operator !== undefined) throw operates(operator.principal)
  const { need } = gate.event
  const signersText = await readIfThere(workspace.signers)
  const { key, principal } =
    signersText === null
      ? { key: claim.keys[0], principal: sayWho(need, claim) }
      : listedAs(signersText, workspace.signers, need, claim, operators)
  if (operators.some(one => one.principal === principal)) throw operates(principal)
  const { publicKey } = key
  const signer = { principal, keyid: publicKey.keyid, publicKey }
  const unsound = await whyUnsound({ signer, namespace: APPROVAL_NAMESPACE, workspace, signersText, nowMs })
  if (unsound !== null) throw unlisted(unsound, HOW_TO_BE_LISTED)
  const asked = { principal, namespace: APPROVAL_NAMESPACE, atMs: nowMs }
  const named = signersText === null || isNamed(readAllowedSigners(signersText), publicKey, asked)
  const role = roleFor(gate, principal, claim.role)
  const given = gate.approvals.map(({ event }) => event)
  const refusal = personRefusal({ approver: principal, role }, publicKey, named, { operators, given, need })
  if (refusal !== null)
    throw new SignoffError(
      refusal.why === 'unlisted' ? 'APPROVER_UNLISTED' : 'APPROVER_EXCLUDED',
      `nothing was signed: ${refusal.detail}`,
      { advice: needText(need) },
    )
  return { key, principal, role, unseen: signersText === null ? `there is no ${workspace.signers}` : null }
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

const HOW_TO_BE_LISTED =
  'sign with another key by --key FILE; or "signoff init --role approver" adds a line: have it reviewed like code'

/** The name that the signers file gives one of these keys for approvals; of several, the one that is said, else one that is asked. */
function listedAs(
  signersText: string,
  path: string,
  need: Need,
  { keys, principal: said, configured }: Claim,
  operators: Asked['operators'],
): { readonly key: KeyAtHand; readonly principal: string } {
  const signers = readAllowedSigners(signersText)
  const namesFor = (namespace: Namespace) =>
    keys.flatMap(key => principalsOf(signers, key.publicKey, namespace).map(principal => ({ key, principal })))
  const listed = namesFor(APPROVAL_NAMESPACE)
  // A person is one person under each of their names.
  const known = [...listed, ...namesFor(SEAL_NAMESPACE), ...namesFor(ADDENDUM_NAMESPACE)]
  const operator = operators.find(one => known.some(({ principal }) => principal === one.principal))
  if (operator !== undefined) throw operates(operator.principal)
  const [{ publicKey }] = keys
  if (said !== null) {
    const found = listed.find(({ principal }) => principal === said)
    if (found !== undefined) return found
    throw unlisted(
      `${path} does not give ${said} the key ${publicKey.keyid} for approvals`,
      listed.length === 0 ? HOW_TO_BE_LISTED : `it gives it to ${listed.map(({ principal }) => principal).join(', ')}`,
    )
  }
  const found =
    listed.find(({ principal }) => principal === configured) ??
    listed.find(({ principal }) => need.some(({ from }) => from?.includes(principal) === true)) ??
    // Listed for something else: what is said of them then is that, and not that nobody knows them.
    known[0]
  if (found === undefined) throw unlisted(`${path} names nobody for your key ${publicKey.keyid}`, HOW_TO_BE_LISTED)
  return found
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
