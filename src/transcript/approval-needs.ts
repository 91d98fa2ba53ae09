import type { EventOf } from '../model/index.ts'

export type Need = EventOf<'approval.request'>['need'][number]
export interface Given {
  readonly role: string | null
  readonly principal: string
}

/** Whether this approval may stand for this need: its role, and one of its people where the role is mapped. */
export function answersNeed(need: Need, given: Given): boolean {
  return need.role === given.role && (need.from === null || need.from.includes(given.principal))
}

/** Whether each of these approvals can stand for a need of its own. A gate is answered when as many do as there are needs. */
export function eachHasANeed(needs: readonly Need[], given: readonly Given[]): boolean {
  const [first, ...rest] = given
  if (first === undefined) return true
  return needs.some(
    (need, index) =>
      answersNeed(need, first) &&
      eachHasANeed(
        needs.filter((_, other) => other !== index),
        rest,
      ),
  )
}
