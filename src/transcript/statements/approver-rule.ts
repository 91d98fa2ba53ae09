import type { EventOf } from '../../model/index.ts'
import type { SshPublicKey } from '../ssh/ssh-key.ts'
import type { Touch } from '../ssh/sshsig.ts'
import { answersNeed, eachHasANeed, type Given, type Need } from './approval-needs.ts'

export interface Refusal {
  readonly why: EventOf<'approval.refused'>['why']
  readonly detail: string
}

/** Whoever signs, as a signature has them: the name and the id of the key. */
export interface NamedKeyid {
  readonly principal: string
  readonly keyid: string
}

export interface GateSides {
  /** Everybody who has operated the run so far. */
  readonly operators: readonly NamedKeyid[]
  /** Those of this request that count already. */
  readonly given: readonly (Given & NamedKeyid)[]
  readonly need: readonly Need[]
}

/**
 * Why whoever signs cannot decide this gate; null if they can. The one rule for it: `approve` asks it before something is signed, the run
 * and `verify` of what was. A person is told by name and by key, and by nothing else: names that share a key in the signers file may be
 * those of a team, and a key that is listed for two names is still one key.
 *
 * @param named false where only a wildcard line lets this key be that person.
 */
export function personRefusal(
  { approver, role }: { readonly approver: string; readonly role: string | null },
  key: Pick<SshPublicKey, 'keyid'>,
  named: boolean,
  { operators, given, need }: GateSides,
): Refusal | null {
  const signer = { principal: approver, keyid: key.keyid }
  if (!named) return { why: 'unlisted', detail: `no line names ${approver}; a wildcard line cannot approve` }
  if (isAmong(operators, signer)) return { why: 'operator', detail: `${approver}, or that key, operates this run` }
  if (isAmong(given, signer)) return { why: 'duplicate', detail: `${approver}, or that key, has decided already` }
  const answer = { role, principal: approver }
  if (!need.some(one => answersNeed(one, answer)))
    return { why: 'unlisted', detail: `${approver} is not asked${role === null ? '' : ` as ${role}`}` }
  if (!eachHasANeed(need, [...given, answer]))
    return { why: 'duplicate', detail: `what ${approver} could answer is answered already` }
  return null
}

/** Whether one of these people has this name, or this key. */
export function isAmong(people: readonly NamedKeyid[], { principal, keyid }: NamedKeyid): boolean {
  return people.some(one => one.principal === principal || one.keyid === keyid)
}

/** ssh-keygen says Good to a signature that nobody touched a key for; we must not. */
export function touchRefusal(touch: Touch, asked: EventOf<'approval.request'>['touch']): Refusal | null {
  const met = asked === 'none' || (asked === 'presence' ? touch?.presence : touch?.verified) === true
  return met ? null : { why: 'no-touch', detail: `the key must be one that asks for ${asked}, and must say so` }
}
