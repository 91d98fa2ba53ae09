import type { EventOf, RunEvent, RunState, Section, Step, StepCounts } from '../../model/index.ts'
import { countSteps, isEnded, isJumpedOver, valueProblem } from '../../model/index.ts'
import { asItRuns } from './as-it-runs.ts'
import { blockerOf } from './blocking.ts'
import { conditionOf } from './condition.ts'
import type { RunContext } from './context.ts'
import { gateNeed } from './gate-need.ts'
import { activeFlow, askedText, currentStep, type Live } from './need.ts'
import { missingValues } from './script-text.ts'
import { beganAt, waitEvent } from './waiting.ts'

/** What the core is told from outside with every input, so that it needs no clock and no random of its own. */
export interface Moment {
  readonly nowMs: number
  /** 16 random bytes in base64url, used at most once. */
  readonly challenge: string
}

/**
 * The next event that follows of itself from the state, or null when a person or a script is needed.
 * Called again after each, until null: so every automatic step is recorded before the next is thought of.
 */
export function nextAutomatic(context: RunContext, state: RunState, live: Live, moment: Moment): RunEvent | null {
  const event = followingEvent(context, state, live, moment)
  // Nothing begins while it is not decided whether the run goes on beside a changed file; what has begun may end.
  return live.changed != null && event !== null && BEGINNINGS.has(event.kind) ? null : event
}

const BEGINNINGS: ReadonlySet<RunEvent['kind']> = new Set<RunEvent['kind']>(['wait.start', 'approval.request', 'param'])

function followingEvent(context: RunContext, state: RunState, live: Live, moment: Moment): RunEvent | null {
  if (state.result !== null || state.running !== null || state.paused !== null) return null
  // Cut off before its plan was written: nothing has been walked, so nothing has ended.
  if (state.steps.size === 0) return null
  const early = earlyEnd(context, state)
  if (early !== null) return early
  const ended = endedPhase(context, state, moment.nowMs)
  if (ended !== null) return ended
  const step = currentStep(context, state)
  if (step === null) return finish(context, state)
  if (blockerOf(state, step.id) !== null) return null
  return (
    notChosen(context, state, step) ??
    conditionAnswer(context, state, step) ??
    defaultValue(context, state, live, step) ??
    waitEvent(context, state, step, moment.nowMs) ??
    gateEvent(context, state, step, moment)
  )
}

/** A run that a person ended, by aborting or by letting a failure stand. */
function earlyEnd(context: RunContext, state: RunState): RunEvent | null {
  const step = currentStep(context, state)
  const status = step === null ? null : state.steps.get(step.id)?.status
  const noGo = status?.kind === 'failed' && status.why === 'no-go'
  if (state.aborted === null && !state.stopDecided) return null
  if (state.recovery !== null && state.recovery.ended === null) return endRollback(state)
  if (state.recovery?.ended === 'incomplete')
    return { kind: 'run.end', result: 'rollback-incomplete', steps: countSteps(state) }
  return {
    kind: 'run.end',
    result: noGo ? 'no-go' : state.stopDecided ? 'failed' : 'aborted',
    steps: countSteps(state),
  }
}

function finish(context: RunContext, state: RunState): RunEvent {
  if (state.recovery === null)
    return { kind: 'run.end', result: isPartial(context, state) ? 'partial' : 'passed', steps: countSteps(state) }
  if (state.recovery.ended === null) return endRollback(state)
  const result = state.recovery.ended === 'complete' ? 'rolled-back' : 'rollback-incomplete'
  return { kind: 'run.end', result, steps: countSteps(state) }
}

/** A selection left steps out, or a jump did: what was walked is complete, the runbook is not. */
function isPartial(context: RunContext, state: RunState): boolean {
  return context.partial || context.mainFlow.some(id => isJumpedOver(state.steps.get(id)?.status))
}

function endRollback(state: RunState): RunEvent {
  const recovery = state.recovery
  const ids = recovery?.steps ?? []
  const kindOf = (id: string) => state.steps.get(id)?.status.kind
  const done = ids.filter(id => kindOf(id) === 'passed' || kindOf(id) === 'not-applicable')
  const failed = ids.filter(id => !done.includes(id))
  return {
    kind: 'rollback.end',
    for: recovery?.for ?? null,
    result: failed.length === 0 ? 'complete' : 'incomplete',
    done,
    failed,
    without: [...(recovery?.without ?? [])],
  }
}

function endedPhase(context: RunContext, state: RunState, nowMs: number): RunEvent | null {
  const flow = activeFlow(context, state)
  for (const phase of context.runbook.phases) {
    if (state.phasesEnded.has(phase.id)) continue
    const ids = phasesOf(context, flow).get(phase.id) ?? []
    if (ids.length === 0) continue
    const isOpen = (id: string): boolean => {
      const record = state.steps.get(id)
      return record !== undefined && !isEnded(record.status)
    }
    if (ids.some(isOpen)) return null
    const records = ids.flatMap(id => state.steps.get(id) ?? [])
    const counts = countOf(records.map(record => record.status.kind))
    const started = beganAt(flow, ids, state)
    return {
      kind: 'phase.end',
      phase: phase.id,
      result: records.some(record => record.status.kind === 'skipped') ? 'partial' : 'passed',
      steps: counts,
      ms: Math.max(0, Math.round(nowMs - started)),
      planned: plannedOf(phase),
      criteria: phase.successCriteria,
      by: null,
    }
  }
  return null
}

/** The steps of a flow by phase, gathered once for a flow. */
function phasesOf(context: RunContext, flow: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const known = PHASES.get(flow)
  if (known !== undefined) return known
  const found = Map.groupBy(flow, id => context.runbook.details.get(id)?.phase ?? '')
  PHASES.set(flow, found)
  return found
}

const PHASES = new WeakMap<readonly string[], ReadonlyMap<string, readonly string[]>>()

function notChosen(context: RunContext, state: RunState, step: Step): RunEvent | null {
  if (step.choice === null) return null
  const { group, option } = step.choice
  const status = state.steps.get(group)?.status
  if (status === undefined) return null
  const taken = state.choices.get(group)
  const offered = status.kind === 'passed' && taken === option
  if (offered) return null
  const title = context.steps.get(group)?.position ?? group
  const reason = status.kind === 'passed' ? `${title}: "${taken ?? ''}" was chosen` : `${title} is not applicable`
  return { kind: 'step.skip', step: step.id, why: 'other-option', reason, by: null }
}

function conditionAnswer(context: RunContext, state: RunState, step: Step): RunEvent | null {
  if (step.when === null) return null
  if (state.conditions.get(conditionOf(context, step)) !== 'no') return null
  return { kind: 'step.skip', step: step.id, why: 'condition', reason: `"${step.when}": no`, by: null }
}

/** The release and the author's own defaults enter by themselves, recorded just before the step that uses them. */
function defaultValue(context: RunContext, state: RunState, live: Live, step: Step): RunEvent | null {
  for (const name of missingValues(asItRuns(context, state, step).step.needs, state, live)) {
    const parameter = context.runbook.parameters.find(p => p.name === name)
    const value = context.releaseParameters.includes(name) ? context.release : (parameter?.default ?? null)
    // A release name that its value's pattern does not allow is no default: the value is asked.
    if (value === null || parameter?.secret === true || valueProblem(context.runbook, name, value) !== null) continue
    return {
      kind: 'param',
      name,
      value,
      masked: false,
      how: 'default',
      by: state.operator?.principal ?? '',
      source: null,
    }
  }
  return null
}

function gateEvent(context: RunContext, state: RunState, step: Step, moment: Moment): RunEvent | null {
  if (step.kind !== 'gate' || (step.when !== null && !state.conditions.has(conditionOf(context, step)))) return null
  const status = state.steps.get(step.id)?.status
  if (status?.kind === 'pending') return requestOf(context, state, step, moment.challenge)
  const gate = state.gates.get(step.id)
  if (status?.kind !== 'open-gate' || gate === undefined) return null
  const refusal = gate.approvals.find(({ event }) => event.decision === 'no-go')
  const approvals = gate.approvals.map(({ seq }) => seq)
  const end = (decision: 'go' | 'no-go'): RunEvent => ({
    kind: 'gate.end',
    step: step.id,
    decision,
    approvals,
    voided: [],
    criteria: gate.event.criteria,
  })
  if (refusal !== undefined) return end('no-go')
  return gate.approvals.length >= gate.event.need.length && askedText(state, step) === null ? end('go') : null
}

function requestOf(context: RunContext, state: RunState, step: Step, challenge: string): EventOf<'approval.request'> {
  return {
    kind: 'approval.request',
    step: step.id,
    ask: `${step.title}: ${context.runbook.title}, release ${context.release}?`,
    need: gateNeed(step, context.roles),
    touch: context.touch ?? 'none',
    criteria: (step.criteria ?? []).map(id => criterionOf(context, state, id)),
    challenge,
  }
}

function criterionOf(
  context: RunContext,
  state: RunState,
  id: string,
): EventOf<'approval.request'>['criteria'][number] {
  const record = state.steps.get(id)
  const seen = record?.observed[0]
  return {
    name: context.steps.get(id)?.title ?? id,
    op: seen?.op ?? 'confirmed',
    want: seen?.want ?? 'yes',
    got: seen?.value ?? (record === undefined ? null : record.status.kind === 'passed' ? 'yes' : record.status.kind),
    unit: seen?.unit ?? null,
    ok:
      record !== undefined &&
      (seen?.ok ?? (record.status.kind === 'passed' || record.status.kind === 'not-applicable')),
  }
}

function plannedOf(phase: Section): { readonly minMs: number | null; readonly maxMs: number | null } {
  const all: Section[] = []
  const visit = (section: Section): void => {
    all.push(section)
    section.sections.forEach(visit)
  }
  visit(phase)
  const sum = (pick: (section: Section) => number | null): number | null => {
    const known = all.flatMap(section => pick(section) ?? [])
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0)
  }
  return { minMs: sum(s => s.duration?.minMs ?? null), maxMs: sum(s => s.duration?.maxMs ?? null) }
}

function countOf(kinds: readonly string[]): StepCounts {
  const number = (...names: string[]) => kinds.filter(kind => names.includes(kind)).length
  const known = {
    passed: number('passed'),
    failed: number('failed'),
    skipped: number('skipped', 'not-applicable'),
    unknown: number('unknown'),
  }
  return { ...known, open: kinds.length - known.passed - known.failed - known.skipped - known.unknown }
}
