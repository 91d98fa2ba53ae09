import {
  type ApprovalRecord,
  type EventOf,
  type Observed,
  type Step,
  type StepRecord,
  WHY_REFUSED,
} from '../../model/index.ts'
import { counted } from '../text/counting.ts'
import { positionOf, type Scene } from './walk.ts'

/** One approval that a gate still lacks. */
export interface Missing {
  /** Whom it is missing of, in one name: the role, else the people, else `any 2 signers`. */
  readonly name: string
  readonly role: string | null
  /** Who can give it; empty where anybody can who is listed. */
  readonly people: readonly string[]
}

/** How a gate stands with the people who decide it: the same words on every front end. */
export interface GateStanding {
  readonly given: readonly ApprovalRecord[]
  readonly missing: readonly Missing[]
  /** What was said to earlier requests of it, and counts no more. */
  readonly earlier: readonly ApprovalRecord[]
  /** `asked again by kim@example.com: "mended"`; null where it was not. */
  readonly askedAgain: string | null
  readonly needed: number
  /** False once it was decided: then nobody is asked any more. */
  readonly isOpen: boolean
}

/** As the request says it, since a role that is mapped to nobody is open to any signer; before there is one, as the runbook does. */
export function standingOfGate({ state }: Pick<Scene, 'state'>, step: Pick<Step, 'id' | 'approvers'>): GateStanding {
  const gate = state.gates.get(step.id)
  const need = gate?.event.need ?? plannedNeed(step)
  const given = [...(gate?.approvals ?? [])]
  const status = state.steps.get(step.id)?.status.kind ?? 'pending'
  const isOpen = status === 'pending' || status === 'open-gate'
  const missing = isOpen ? missingOf(need, given) : []
  const again = gate?.askedAgain ?? null
  const askedAgain = again === null ? null : `asked again by ${again.by}: "${again.reason}"`
  return { given, missing, earlier: [...(gate?.earlier ?? [])], askedAgain, needed: need.length, isOpen }
}

/** `1 of 2 signed, missing Platform Lead`. */
export function standingText({ given, missing, needed }: GateStanding): string {
  const signed = `${given.length} of ${needed} signed`
  return missing.length === 0 ? signed : `${signed}, missing ${missing.map(({ name }) => name).join(', ')}`
}

/** `GO "within noise"` */
export function decisionText({ event, reason }: ApprovalRecord): string {
  return `${event.decision === 'go' ? 'GO' : 'NO-GO'}${reason === null ? '' : ` "${reason}"`}`
}

/** Every decision of a run that has been signed, gate by gate, with those of earlier requests: `GO "within noise" by kim@..., Lead`. */
export function decisionsOf({ state }: Pick<Scene, 'state'>): { readonly step: string; readonly text: string }[] {
  return [...state.gates].flatMap(([step, { earlier, approvals }]) => [
    ...earlier.map(one => ({ step, text: `${signedText(one)}; it was of an earlier request` })),
    ...approvals.map(one => ({ step, text: signedText(one) })),
  ])
}

function signedText(one: ApprovalRecord): string {
  const { role, principal } = one.event
  return `${decisionText(one)} by ${principal}${role === null ? '' : `, ${role}`}`
}

/** What has come to a gate between two moments, the last of it: somebody who looks elsewhere finds out why the screen has moved on. */
export function gateNews(before: Pick<Scene, 'state'>, after: Pick<Scene, 'state' | 'walk'>): string | null {
  if (before.state.gates === after.state.gates) return null
  const news = [...after.state.gates].flatMap(([step, { request, approvals, refused }]) => {
    const was = before.state.gates.get(step)
    if (was === undefined || was.request !== request) return []
    const at = positionOf(after.walk, step)
    return [
      ...approvals.slice(was.approvals.length).map(one => `${at}: ${signedText(one)}`),
      ...refused.slice(was.refused.length).map(why => `${at}: an approval was refused: ${WHY_REFUSED[why]}`),
    ]
  })
  return news.at(-1) ?? null
}

/** What one criterion of a gate has come to. */
export interface Criterion {
  readonly id: string
  readonly seen: 'passed' | 'failed' | 'pending'
  readonly word: 'met' | 'NOT met' | 'not applicable' | 'skipped' | 'pending'
  /** What was observed, with its limit: `7 s (< 5 s)`; empty where nothing was. */
  readonly value: string
}

/** Those that are not met stand first: a long list must not hide them. */
export function criteriaOf({ state }: Pick<Scene, 'state'>, step: Step): Criterion[] {
  const all = (step.criteria ?? []).map(id => criterionOf(id, state.steps.get(id)))
  const rank = { failed: 0, pending: 1, passed: 2 }
  return all.toSorted((a, b) => rank[a.seen] - rank[b.seen])
}

type Need = EventOf<'approval.request'>['need']

function plannedNeed({ approvers }: Pick<Step, 'approvers'>): Need {
  const anyone = { role: null, from: null }
  if (approvers === null || approvers.length === 0) return [anyone, anyone]
  return approvers.map(({ role, principal }) => ({ role, from: principal === null ? null : [principal] }))
}

function missingOf(need: Need, given: readonly ApprovalRecord[]): Missing[] {
  const open = [...need]
  for (const { event } of given) {
    const fits = (one: Need[number]) => one.role === event.role
    const named = open.findIndex(one => fits(one) && one.from?.includes(event.principal) === true)
    const at = named === -1 ? open.findIndex(fits) : named
    if (at !== -1) open.splice(at, 1)
  }
  const anybody = open.filter(({ role, from }) => role === null && from === null).length
  return [
    ...open
      .filter(({ role, from }) => role !== null || from !== null)
      .map(({ role, from }) => ({ name: role ?? (from ?? []).join(' or '), role, people: from ?? [] })),
    ...(anybody === 0 ? [] : [{ name: `any ${counted(anybody, 'signer')}`, role: null, people: [] }]),
  ]
}

/** A value beyond its limit is not met, though somebody confirmed it with a reason. */
function criterionOf(id: string, record: StepRecord | undefined): Criterion {
  const observed = record?.observed ?? []
  const value = observed.map(observedText).join(', ')
  if (observed.some(({ ok }) => ok === false)) return { id, seen: 'failed', word: 'NOT met', value }
  switch (record?.status.kind) {
    case 'passed':
      return { id, seen: 'passed', word: 'met', value }
    case 'failed':
      return { id, seen: 'failed', word: 'NOT met', value }
    case 'not-applicable':
      return { id, seen: 'pending', word: 'not applicable', value }
    case 'skipped':
      return { id, seen: 'pending', word: 'skipped', value }
    default:
      return { id, seen: 'pending', word: 'pending', value }
  }
}

function observedText({ value, unit, op, want }: Observed): string {
  const measure = unit === null ? '' : ` ${unit}`
  return `${value}${measure}${op === null || want === null ? '' : ` (${op} ${want}${measure})`}`
}
