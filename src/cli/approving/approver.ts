import { isAmong, personRefusal, SignoffError } from '../../model/index.ts'
import { APPROVAL_NAMESPACE, isNamed, readAllowedSigners, touchRefusal } from '../../transcript/index.ts'
import { whyUnsound } from '../keys/sound-key.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import type { Workspace } from '../settings/workspace.ts'
import { HOW_TO_BE_LISTED, refusalOf } from './refusal.ts'
import { needText, roleFor } from './role.ts'
import type { Asked } from './still-asked.ts'
import { type Claim, listedAs, type OwnName, sayWho } from './whose-key.ts'

/** Who would decide, for which role, and with which of their keys. */
export interface Approver extends OwnName {
  readonly role: string | null
  /** The signers file that says so; null where there is none. */
  readonly signersText: string | null
  /** A name of somebody who operates the run that the signers file gives this key as well, such as that of a team; else null. */
  readonly sharedWith: string | null
}

/**
 * Whether these keys may decide this gate, by the rules that the run holds a signature against, before anything is signed. What only
 * a signers file tells is left open where there is none.
 *
 * @throws {SignoffError} `APPROVER_EXCLUDED` for whoever operates the run or has decided already, `APPROVER_UNLISTED` for a key that
 * may not sign this, `USAGE` where it must be said who they are.
 */
export async function findApprover(asked: Asked, claim: Claim, workspace: Workspace, nowMs: number): Promise<Approver> {
  const { need } = asked.gate.event
  const operator = asked.operators.find(({ keyid }) => claim.keys.some(({ publicKey }) => publicKey.keyid === keyid))
  if (operator !== undefined) throw operates(operator.principal)
  const signersText = await readIfThere(workspace.signers)
  const { names, others } =
    signersText === null
      ? { names: [{ key: claim.keys[0], principal: sayWho(need, claim) }] as const, others: [] }
      : listedAs(readAllowedSigners(signersText), workspace.signers, need, claim)
  let refused: SignoffError | null = null
  for (const name of names) {
    const role = roleFor(asked.gate, name.principal, claim.role)
    const refusal = await refusalFor(name, role, { asked, workspace, signersText, nowMs })
    const sharedWith = others.find(other => asked.operators.some(({ principal }) => principal === other)) ?? null
    if (refusal === null) return { ...name, role, signersText, sharedWith }
    refused ??= refusal
  }
  throw refused
}

interface At {
  readonly asked: Asked
  readonly workspace: Workspace
  readonly signersText: string | null
  readonly nowMs: number
}

/** Why the run would not take it from this name and key; null where it would. */
async function refusalFor(
  { key: { publicKey }, principal }: OwnName,
  role: string | null,
  { asked: { gate, operators }, workspace, signersText, nowMs }: At,
): Promise<SignoffError | null> {
  const { need, touch } = gate.event
  const signer = { principal, keyid: publicKey.keyid, publicKey }
  // Whoever operates the run is told that, whatever else is wrong with the key.
  if (isAmong(operators, signer)) return operates(principal)
  const unsound = await whyUnsound({ signer, namespace: APPROVAL_NAMESPACE, workspace, signersText, nowMs })
  if (unsound !== null) return refusalOf({ why: 'unlisted', detail: unsound }, HOW_TO_BE_LISTED)
  const named =
    signersText === null ||
    isNamed(readAllowedSigners(signersText), publicKey, { principal, namespace: APPROVAL_NAMESPACE, atMs: nowMs })
  const given = gate.approvals.map(({ event }) => event)
  const refusal =
    personRefusal({ approver: principal, role }, publicKey, named, { operators, given, need }) ??
    // Whether a key that asks for a touch got it is seen once it has signed.
    (publicKey.type.startsWith('sk-') ? null : touchRefusal(null, touch))
  return refusal === null ? null : refusalOf(refusal, needText(need))
}

function operates(principal: string): SignoffError {
  return new SignoffError(
    'APPROVER_EXCLUDED',
    `nothing was signed: ${principal} operates this run and cannot approve it`,
    { advice: 'somebody else has to, with a key of their own' },
  )
}
