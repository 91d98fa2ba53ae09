import { type EventOf, type GateRecord, SignoffError } from '../../model/index.ts'

export type GateNeed = EventOf<'approval.request'>['need']

/** The role one decides for: the one asked for, else the first open one that names this person, else one that is open to anybody. */
export function roleFor({ event, approvals }: GateRecord, principal: string, wanted: string | null): string | null {
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
export function needText(need: GateNeed): string {
  const names = need.map(({ role, from }) =>
    from === null ? (role ?? 'any signer') : role === null ? from.join(' or ') : `${role} (${from.join(' or ')})`,
  )
  return `it asks for ${names.join(' and ')}`
}
