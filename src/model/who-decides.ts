import type { EventOf } from './run-event.ts'

/** One of the approvals that a gate needs. */
export type NeededApproval = EventOf<'approval.request'>['need'][number]

interface Given {
  readonly role: string | null
  readonly principal: string
}

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
  readonly need: readonly NeededApproval[]
}

/**
 * Why whoever signs cannot decide this gate; null if they can. The one rule for it: `approve` asks it before something is signed, the run
 * and `verify` of what was, and the run once more of what it is about to record. A person is told by name and by key, and by nothing else:
 * names that share a key in the signers file may be those of a team, and a key that is listed for two names is still one key.
 *
 * @param named false where only a wildcard line lets this key be that person.
 */
export function personRefusal(
  { approver, role }: { readonly approver: string; readonly role: string | null },
  { keyid }: { readonly keyid: string },
  named: boolean,
  { operators, given, need }: GateSides,
): Refusal | null {
  const signer = { principal: approver, keyid }
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

/** Whether this approval may stand for this need: its role, and one of its people where the role is mapped. */
export function answersNeed(need: NeededApproval, given: Given): boolean {
  return need.role === given.role && (need.from === null || need.from.includes(given.principal))
}

/**
 * Whether each of these approvals can stand for a need of its own. A gate is answered when as many do as there are needs.
 * A matching by augmenting paths: a hostile journal may hold many of both.
 */
export function eachHasANeed(needs: readonly NeededApproval[], given: readonly Given[]): boolean {
  /** By index of the need: the approval that stands for it. */
  const taken = new Map<number, Given>()
  const place = (one: Given, tried: Set<number>): boolean => {
    for (const [index, need] of needs.entries()) {
      if (tried.has(index) || !answersNeed(need, one)) continue
      tried.add(index)
      const before = taken.get(index)
      if (before !== undefined && !place(before, tried)) continue
      taken.set(index, one)
      return true
    }
    return false
  }
  return given.length <= needs.length && given.every(one => place(one, new Set()))
}
