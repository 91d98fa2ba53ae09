import { SignoffError } from '../../model/index.ts'
import {
  ADDENDUM_NAMESPACE,
  APPROVAL_NAMESPACE,
  type Namespace,
  principalsOf,
  SEAL_NAMESPACE,
  type SignersFile,
} from '../../transcript/index.ts'
import type { KeyAtHand } from '../keys/keys-at-hand.ts'
import type { OwnKeys } from '../keys/signing-key.ts'
import { HOW_TO_BE_LISTED, refusalOf } from './refusal.ts'
import type { GateNeed } from './role.ts'

export interface Claim {
  readonly keys: OwnKeys['keys']
  /** `--principal`; null where it does not say who they are. */
  readonly principal: string | null
  /** What the person's own configuration says of that. */
  readonly configured: string | null
  /** `--role` */
  readonly role: string | null
}

/** One way to sign: with one of one's keys, under a name that is given to it. */
export interface OwnName {
  readonly key: KeyAtHand
  readonly principal: string
}

/**
 * The names under which these keys may decide, the most likely first: the one that is said, else the configured one, else those that are
 * asked, else all. A name and a key may come twice, plain and with a certificate. `others`: every name that the file gives them at all.
 *
 * @throws {SignoffError} `APPROVER_UNLISTED` where the file gives them none.
 */
export function listedAs(
  signers: SignersFile,
  path: string,
  need: GateNeed,
  { keys, principal: said, configured }: Claim,
): { readonly names: readonly [OwnName, ...OwnName[]]; readonly others: readonly string[] } {
  const namesFor = (namespace: Namespace): OwnName[] =>
    keys.flatMap(key => principalsOf(signers, key.publicKey, namespace).map(principal => ({ key, principal })))
  const listed = namesFor(APPROVAL_NAMESPACE)
  // Listed for something else: what is said of them then is that, and not that nobody knows them.
  const known = [...listed, ...namesFor(SEAL_NAMESPACE), ...namesFor(ADDENDUM_NAMESPACE)]
  const [{ publicKey }] = keys
  const isAsked = ({ principal }: OwnName) => need.some(({ from }) => from === null || from.includes(principal))
  const under = (name: string | null) => listed.filter(({ principal }) => principal === name)
  const [first, ...rest] =
    said !== null
      ? under(said)
      : under(configured).length > 0
        ? under(configured)
        : listed.length > 0
          ? [...listed.filter(isAsked), ...listed.filter(one => !isAsked(one))]
          : known
  if (first !== undefined) return { names: [first, ...rest], others: known.map(({ principal }) => principal) }
  const whose = said === null ? 'names nobody for your key' : `does not give ${said} the key`
  throw refusalOf(
    { why: 'unlisted', detail: `${path} ${whose} ${publicKey.keyid}${said === null ? '' : ' for approvals'}` },
    listed.length === 0 ? HOW_TO_BE_LISTED : `it gives it to ${listed.map(({ principal }) => principal).join(', ')}`,
  )
}

/** Away from the repository there is no signers file: the approver is who they say, or the only one the gate asks for. */
export function sayWho(need: GateNeed, claim: Claim): string {
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
