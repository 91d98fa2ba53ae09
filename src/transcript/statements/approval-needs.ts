import type { EventOf } from '../../model/index.ts'

export type Need = EventOf<'approval.request'>['need'][number]
export interface Given {
  readonly role: string | null
  readonly principal: string
}

/** Whether this approval may stand for this need: its role, and one of its people where the role is mapped. */
export function answersNeed(need: Need, given: Given): boolean {
  return need.role === given.role && (need.from === null || need.from.includes(given.principal))
}

/**
 * Whether each of these approvals can stand for a need of its own. A gate is answered when as many do as there are needs.
 * A matching by augmenting paths: a hostile journal may hold many of both.
 */
export function eachHasANeed(needs: readonly Need[], given: readonly Given[]): boolean {
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
