import { z } from 'zod'
import { diffText, type PlannedStep, type RunState, type StepStatus, signedReason } from '../../model/index.ts'
import type { RunSummary, StepSummary } from './run-summary.ts'

/** What two runs can differ in. */
const DifferenceAboutSchema = z.enum([
  'result',
  'runbook',
  'value',
  'step',
  'outcome',
  'attempts',
  'exit',
  'edited',
  'confirmation',
  'form',
  'choice',
  'condition',
  'approvals',
  'time',
])
export type DifferenceAbout = z.infer<typeof DifferenceAboutSchema>

/** One thing in which the second run went otherwise than the first. Texts are as recorded, not cleaned. */
export const DifferenceSchema = z.strictObject({
  about: DifferenceAboutSchema,
  step: z.strictObject({ id: z.string(), position: z.string(), title: z.string() }).nullable(),
  /** What it is of, where that is no step: a value, a condition, a phase. */
  name: z.string().nullable(),
  /** As it was in each, times in milliseconds; null where there is nothing of it. */
  a: z.string().nullable(),
  b: z.string().nullable(),
})
export type Difference = z.infer<typeof DifferenceSchema>

/** A step counts as slower or faster from half as long again, and five seconds: less is the weather. */
const TIME_FACTOR = 1.5
const TIME_LEAST_MS = 5000

/**
 * Compares two runs, of one runbook or of two versions of it: steps by their id, which stays the same under edits elsewhere in the file. What
 * has to differ (run, release, environment, times of day, who operated) is no difference; a person who operated one run and
 * a person who operated the other count as the same in what they confirmed.
 */
export function compareRuns(a: RunSummary, b: RunSummary): Difference[] {
  return [
    ...ofRun(a, b),
    ...ofValues(a.state, b.state),
    ...ofConditions(a.state, b.state),
    ...ofPhases(a, b),
    ...ofSteps(a, b),
  ]
}

/** How the texts of the two runbooks differ, in the manner of a unified diff; empty where they do not. */
export function runbookDiff(a: RunState, b: RunState): string[] {
  if (a.start === null || b.start === null || a.start.runbook.sha256 === b.start.runbook.sha256) return []
  return diffText(a.start.runbook.text, b.start.runbook.text)
}

function ofRun(a: RunSummary, b: RunSummary): Difference[] {
  const [one, other] = [a.state.start?.runbook, b.state.start?.runbook]
  return [
    ...differing('result', a.state.result ?? 'not ended', b.state.result ?? 'not ended'),
    ...differing('runbook', one?.sha256 ?? null, other?.sha256 ?? null),
  ]
}

function ofValues(a: RunState, b: RunState): Difference[] {
  const text = (state: RunState, name: string): string | null => {
    const value = state.values.get(name)
    return value === undefined ? null : value.masked ? '(secret)' : value.value
  }
  return union(a.values.keys(), b.values.keys()).flatMap(name =>
    differing('value', text(a, name), text(b, name), { name }),
  )
}

function ofConditions(a: RunState, b: RunState): Difference[] {
  return union(a.conditions.keys(), b.conditions.keys()).flatMap(name =>
    differing('condition', a.conditions.get(name) ?? null, b.conditions.get(name) ?? null, { name }),
  )
}

function ofPhases(a: RunSummary, b: RunSummary): Difference[] {
  return union(a.phaseMs.keys(), b.phaseMs.keys()).flatMap(id => {
    const phase = b.state.phases.find(one => one.id === id) ?? a.state.phases.find(one => one.id === id)
    const name = phase === undefined ? id : `${phase.position} ${phase.title}`
    return ofTime(a.phaseMs.get(id) ?? null, b.phaseMs.get(id) ?? null, { name })
  })
}

function ofSteps(a: RunSummary, b: RunSummary): Difference[] {
  return union(a.steps.keys(), b.steps.keys()).flatMap(id => {
    const [one, other] = [a.steps.get(id), b.steps.get(id)]
    const planned = (other ?? one)?.planned
    if (planned === undefined) return []
    const step = { id, position: planned.position, title: planned.title }
    if (one === undefined || other === undefined)
      return differing('step', one && kindText(one.planned), other && kindText(other.planned), { step })
    return ofStep(one, other, a, b).map(found => ({ ...found, step }))
  })
}

function ofStep(one: StepSummary, other: StepSummary, a: RunSummary, b: RunSummary): Difference[] {
  const { id } = one.planned
  const [before, after] = [statusOf(a.state, id), statusOf(b.state, id)]
  const cameOut = sameStatus(before, after)
    ? differing('exit', textOf(one.exit), textOf(other.exit))
    : differing('outcome', statusText(before), statusText(after))
  const bothRan = one.attempts > 0 && other.attempts > 0
  return [
    ...differing('step', kindText(one.planned), kindText(other.planned)),
    ...cameOut,
    ...(bothRan ? differing('attempts', String(one.attempts), String(other.attempts)) : []),
    ...differing('edited', editText(one), editText(other)),
    ...ofConfirmation(one, other, a.state, b.state),
    ...differing('form', one.form, other.form),
    ...differing('choice', a.state.choices.get(id) ?? null, b.state.choices.get(id) ?? null),
    ...differing('approvals', approvalText(one), approvalText(other)),
    ...(one.ms === 0 || other.ms === 0 ? [] : ofTime(one.ms, other.ms, {})),
  ]
}

/** Both runs came to it, and somebody said something else, saw something else, or was somebody else. */
function ofConfirmation(
  { confirm: one }: StepSummary,
  { confirm: other }: StepSummary,
  a: RunState,
  b: RunState,
): Difference[] {
  if (one === null || other === null) return []
  const same =
    one.answer === other.answer &&
    JSON.stringify(one.observed.map(({ name, value }) => [name, value])) ===
      JSON.stringify(other.observed.map(({ name, value }) => [name, value])) &&
    (one.by === other.by || (hasOperated(a, one.by) && hasOperated(b, other.by)))
  const text = ({ answer, observed, by }: typeof one): string =>
    [
      answer,
      ...observed.map(
        ({ name, value, unit, ok }) =>
          `${name} ${value}${unit === null ? '' : ` ${unit}`}${ok === false ? ' (NOT met)' : ''}`,
      ),
      `by ${by}`,
    ].join(', ')
  return same ? [] : differing('confirmation', text(one), text(other))
}

function hasOperated({ operators }: RunState, principal: string): boolean {
  return operators.some(operator => operator.principal === principal)
}

function ofTime(a: number | null, b: number | null, of: Partial<Pick<Difference, 'name'>>): Difference[] {
  if (a === null || b === null) return []
  const [less, more] = a < b ? [a, b] : [b, a]
  if (more < less * TIME_FACTOR || more - less < TIME_LEAST_MS) return []
  return differing('time', String(a), String(b), of)
}

function differing(
  about: DifferenceAbout,
  a: string | null | undefined,
  b: string | null | undefined,
  of: Partial<Pick<Difference, 'step' | 'name'>> = {},
): Difference[] {
  if ((a ?? null) === (b ?? null)) return []
  return [{ about, step: null, name: null, ...of, a: a ?? null, b: b ?? null }]
}

function statusOf(state: RunState, id: string): StepStatus {
  return state.steps.get(id)?.status ?? { kind: 'pending' }
}

/** Reasons and times differ from run to run; that something was skipped, or passed by hand, must not. */
function sameStatus(a: StepStatus, b: StepStatus): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'passed' && b.kind === 'passed') return a.how === b.how && wasCutShort(a) === wasCutShort(b)
  if (a.kind === 'failed' && b.kind === 'failed') return a.why === b.why
  if (a.kind === 'skipped' && b.kind === 'skipped') return a.how === b.how
  if (a.kind === 'not-applicable' && b.kind === 'not-applicable') return a.cause === b.cause
  return true
}

function wasCutShort(status: Extract<StepStatus, { kind: 'passed' }>): boolean {
  return status.how === 'waited' && status.by !== null
}

function statusText(status: StepStatus): string {
  const because = (reason: string | null) => (reason === null || reason === '' ? '' : `: ${reason}`)
  const by = (name: string | null) => (name === null ? '' : ` by ${name}`)
  switch (status.kind) {
    case 'passed':
      if (status.how === 'by-hand') return `done by hand${by(status.by)}${because(status.note)}`
      return wasCutShort(status) ? `wait ended early${by(status.by)}${because(status.note)}` : 'passed'
    case 'failed':
      return status.why === 'exit'
        ? `failed${status.exit === null ? '' : `, exit ${status.exit}`}`
        : `failed, ${status.why}`
    case 'skipped':
      return `${status.how === 'jump' ? 'jumped over' : 'skipped'}${by(status.by)}${because(status.reason)}`
    case 'not-applicable':
      return `not applicable${because(status.why)}`
    case 'unknown':
      return 'outcome unknown'
    case 'pending':
      return 'not reached'
    case 'running':
    case 'waiting':
      return status.kind
    case 'open-gate':
      return 'waiting for approval'
    default:
      status satisfies never
      return ''
  }
}

function kindText({ kind, title, required }: PlannedStep): string {
  return `${kind}: ${title}${required ? '' : ' (optional)'}`
}

function editText({ edits }: StepSummary): string | null {
  const last = edits.at(-1)
  return last === undefined ? null : `${last.reason}, by ${last.by}:\n${diffText(last.was, last.script).join('\n')}`
}

function approvalText({ approvals }: StepSummary): string | null {
  if (approvals.length === 0) return null
  return approvals
    .map(
      ({ decision, principal, role, envelope }) =>
        `${decision.toUpperCase()} by ${principal}${role === null ? '' : ` as ${role}`}${reasonText(envelope)}`,
    )
    .sort()
    .join(', ')
}

function reasonText(envelope: string): string {
  const reason = signedReason(envelope)
  return reason === null ? '' : `: "${reason}"`
}

function textOf(value: number | null): string | null {
  return value === null ? null : String(value)
}

/** The names of both, in the order of the first, those of the second alone where they stand there. */
function union(a: Iterable<string>, b: Iterable<string>): string[] {
  const first = [...a]
  const known = new Set(first)
  const behind = new Map<string | null, string[]>()
  let anchor: string | null = null
  for (const name of b) {
    if (known.has(name)) anchor = name
    else behind.set(anchor, [...(behind.get(anchor) ?? []), name])
  }
  return [...(behind.get(null) ?? []), ...first.flatMap(name => [name, ...(behind.get(name) ?? [])])]
}
