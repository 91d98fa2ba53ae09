import { isRunChange } from './deviations.ts'
import { interpretersOfEvent } from './interpreters.ts'
import { LayeredMap } from './layered-map.ts'
import type { Entry, EventOf, RunEvent, StepCounts } from './run-event.ts'
import { EMPTY_STATE, type RunState, type StepRecord, type StepStatus } from './run-state.ts'
import { signedReason } from './signed-reason.ts'

/** The state after one more entry. Pure; an event that it does not know changes nothing. */
export function evolve(before: RunState, entry: Entry): RunState {
  const { event, seq, atMs } = entry
  const changes = isRunChange(event) ? [...before.changes, event] : before.changes
  const phasesToCall = isAct(before, event) ? [] : before.phasesToCall
  const state = { ...before, changes, phasesToCall, lastSeq: seq, lastAtMs: atMs }
  return FOLDS[event.kind]?.(state, entry as never) ?? state
}

/** Folds a whole list of entries. */
export function fold(entries: Iterable<Entry>, from: RunState = EMPTY_STATE): RunState {
  let state = from
  for (const entry of entries) state = evolve(state, entry)
  return state
}

type Fold<E extends RunEvent> = (state: RunState, entry: Entry<E>) => RunState
type Folds = { readonly [K in RunEvent['kind']]?: Fold<EventOf<K>> }

const FOLDS: Folds = {
  'run.start': (state, { event, atMs }) => ({
    ...state,
    start: event,
    startedAtMs: atMs,
    operator: event.operator,
    operators: [event.operator],
  }),
  'run.plan': (state, { event }) => ({
    ...state,
    phases: event.phases,
    steps: new LayeredMap<string, StepRecord>(
      new Map(
        event.steps.map(planned => [
          planned.id,
          {
            planned,
            status: { kind: 'pending' },
            attempts: 0,
            phraseSeq: null,
            observed: [],
            changedAtMs: 0,
            edited: null,
            lastCheck: null,
            checks: [],
            difference: null,
            lastEnd: null,
          },
        ]),
      ),
    ),
  }),
  param: (state, { event }) => ({
    ...state,
    values: new Map(state.values).set(event.name, { value: event.value, masked: event.masked, how: event.how }),
  }),
  choice: (state, { event, atMs }) => ({
    ...withStatus(state, event.step, { kind: 'passed', how: 'chosen', by: event.by, atMs, note: event.option }),
    choices: new Map(state.choices).set(event.step, event.option),
  }),
  condition: (state, { event }) => ({
    ...state,
    conditions: new Map(state.conditions).set(conditionKey(event.when), event.answer),
    conditionOfStep: new Map([
      ...state.conditionOfStep,
      ...event.steps.map(step => [step, conditionKey(event.when)] as const),
    ]),
  }),
  'step.edit': (state, { event, seq }) =>
    withRecord(state, event.step, { edited: { seq, script: event.script, reason: event.reason, by: event.by } }),
  'step.start': (state, { event, atMs }) => {
    const running = { step: event.step, attempt: event.attempt, sinceMs: atMs, told: new Set<never>() }
    const begun = { attempts: event.attempt, phraseSeq: null, checks: [], difference: null }
    const next = withRecord({ ...state, running }, event.step, begun)
    return isTask(next, event.step)
      ? withStatus(next, event.step, { kind: 'running', attempt: event.attempt, sinceMs: atMs })
      : next
  },
  'step.left': (state, { event }) => withTold(state, event),
  'output.end': (state, { event }) => withTold(state, event),
  'output.differs': (state, { event }) => withTold(withRecord(state, event.step, { difference: event.diff }), event),
  'step.stop': (state, { event }) => {
    const { running } = state
    if (running?.step !== event.step || running.attempt !== event.attempt || event.by === null) return state
    return { ...state, running: { ...running, stoppedBy: event.by } }
  },
  'step.end': (state, { event, atMs }) => {
    const lastEnd = {
      ms: event.ms,
      signal: event.signal,
      stoppedBy: state.running?.stoppedBy ?? null,
      unmet: event.checks.filter(({ ok }) => !ok),
    }
    const next = withRecord({ ...state, running: null }, event.step, { lastEnd })
    if (!isTask(next, event.step)) return withRecord(next, event.step, { lastCheck: { result: event.result, atMs } })
    return withStatus(withRecord(next, event.step, { checks: event.checks }), event.step, statusOfEnd(event, atMs))
  },
  'step.decide': (state, { event, atMs }) => {
    switch (event.choice) {
      case 'rerun':
        return withStatus(withAskedAgain(state, event), event.step, { kind: 'pending' })
      case 'passed':
      case 'by-hand':
        return withStatus(state, event.step, { kind: 'passed', how: 'by-hand', by: event.by, atMs, note: event.reason })
      case 'failed':
        return withStatus(state, event.step, { kind: 'failed', why: 'declined', exit: null, by: event.by, ms: 0 })
      case 'skip':
        return withStatus(state, event.step, { kind: 'skipped', reason: event.reason, by: event.by, how: 'person' })
      case 'rollback':
        return state
      case 'stop':
        return { ...state, stopDecided: true }
      default:
        event.choice satisfies never
        return state
    }
  },
  'step.skip': (state, { event }) =>
    withStatus(
      state,
      event.step,
      event.why === 'person'
        ? { kind: 'skipped', reason: event.reason, by: event.by, how: 'person' }
        : {
            kind: 'not-applicable',
            why: event.reason ?? event.why,
            cause: event.why === 'not-applicable' ? 'person' : event.why,
          },
    ),
  'step.reopen': (state, { event }) => {
    const opened = withStatus(state, event.step, { kind: 'pending' })
    return withoutPhaseEnd(withoutAnswer(opened, event.step), event.step)
  },
  jump: (state, { event }) =>
    event.over.reduce<RunState>(
      (next, step) => withStatus(next, step, { kind: 'skipped', reason: event.reason, by: event.by, how: 'jump' }),
      state,
    ),
  confirm: (state, { event, seq, atMs }) => {
    const record = state.steps.get(event.step)
    if (record === undefined) return state
    // A phrase typed before a dangerous task is a confirm of that task; it does not end it.
    if (record.planned.kind === 'task')
      return withRecord(state, event.step, { phraseSeq: event.answer === 'yes' ? seq : null })
    if (record.planned.kind !== 'confirmation' && record.planned.kind !== 'manual') return state
    const status: StepStatus =
      event.answer === 'yes'
        ? { kind: 'passed', how: 'confirmed', by: event.by, atMs, note: event.note }
        : event.answer === 'no'
          ? { kind: 'failed', why: 'declined', exit: null, by: event.by, ms: 0 }
          : { kind: 'not-applicable', why: event.note ?? 'said to be not applicable', cause: 'person' }
    return withRecord(withStatus(state, event.step, status), event.step, { observed: event.observed })
  },
  form: (state, { event, atMs }) =>
    withStatus(state, event.step, { kind: 'passed', how: 'filled', by: event.by, atMs, note: null }),
  note: (state, { event, atMs }) => ({
    ...state,
    notes: [...state.notes, { step: event.step, text: event.text, by: event.by, atMs }],
  }),
  block: (state, { event, seq, atMs }) => ({
    ...state,
    blockers: [...state.blockers, { seq, step: event.step, reason: event.reason, by: event.by, atMs }],
  }),
  'block.end': (state, { event }) => ({ ...state, blockers: state.blockers.filter(({ seq }) => seq !== event.block) }),
  'approval.request': (state, { event, seq, atMs }) => {
    const before = state.gates.get(event.step)
    const earlier = before === undefined ? [] : [...before.earlier, ...before.approvals]
    const askedAgain = before?.askedAgain ?? null
    const gate = { request: seq, openedAtMs: atMs, event, approvals: [], refused: [], earlier, askedAgain }
    return {
      ...withStatus(state, event.step, { kind: 'open-gate' }),
      gates: new Map(state.gates).set(event.step, gate),
    }
  },
  approval: (state, { event, seq, atMs }) => {
    const gate = state.gates.get(event.step)
    if (gate === undefined) return state
    const approval = { seq, atMs, event, reason: signedReason(event.envelope) }
    return {
      ...state,
      gates: new Map(state.gates).set(event.step, { ...gate, approvals: [...gate.approvals, approval] }),
    }
  },
  'approval.refused': (state, { event }) => {
    const found = [...state.gates].find(([, gate]) => gate.request === event.request)
    if (found === undefined) return withRefusedAcceptance(state, event)
    const [step, gate] = found
    return { ...state, gates: new Map(state.gates).set(step, { ...gate, refused: [...gate.refused, event.why] }) }
  },
  'gate.end': (state, { event, seq, atMs }) => {
    const by =
      state.gates
        .get(event.step)
        ?.approvals.map(({ event: approval }) => approval.principal)
        .join(', ') ?? null
    return event.decision === 'go'
      ? {
          ...withStatus(state, event.step, { kind: 'passed', how: 'go', by, atMs, note: null }),
          gatesPassed: [...state.gatesPassed, { step: event.step, seq }],
        }
      : withStatus(state, event.step, { kind: 'failed', why: 'no-go', exit: null, by, ms: 0 })
  },
  'wait.start': (state, { event, atMs }) => {
    const record = state.steps.get(event.step)
    const extended = record?.status.kind === 'waiting' ? record.status : null
    const status = {
      kind: 'waiting',
      sinceMs: extended?.sinceMs ?? atMs,
      untilMs: Date.parse(event.until),
      minMs: event.minMs,
    } as const
    // What a probe said before this wait began says nothing about it.
    const lastCheck = extended === null ? null : (record?.lastCheck ?? null)
    return withRecord(withStatus(state, event.step, status), event.step, { lastCheck })
  },
  'wait.end': (state, { event, atMs }) => {
    if (event.how === 'extended') return state
    if (event.how === 'cancelled')
      return withStatus(state, event.step, { kind: 'failed', why: 'cancelled', exit: null, by: event.by, ms: 0 })
    return withStatus(state, event.step, { kind: 'passed', how: 'waited', by: event.by, atMs, note: event.reason })
  },
  'phase.end': (state, { event }) => ({
    ...state,
    phasesEnded: new Set(state.phasesEnded).add(event.phase),
    phasesToCall: [...state.phasesToCall.filter(id => id !== event.phase), event.phase],
  }),
  'rollback.start': (state, { event }) => ({
    ...state,
    recovery: { for: event.for, of: event.of, steps: event.steps, without: event.without, ended: null },
  }),
  'rollback.end': (state, { event }) => ({
    ...state,
    recovery: state.recovery === null ? null : { ...state.recovery, ended: event.result },
  }),
  'runbook.changed': (state, { event }) => ({
    ...state,
    keptRunbook: event.decision === 'keep' ? { now: event.now } : null,
  }),
  'run.interpreters': (state, { event }) => {
    const now = interpretersOfEvent(event.interpreters)
    return { ...state, interpreters: { planned: state.interpreters?.planned ?? now, now } }
  },
  'handoff.offer': (state, { event, seq, atMs }) => ({ ...state, offer: { seq, atMs, event, refused: [] } }),
  'handoff.withdraw': (state, { event }) => (state.offer?.seq === event.offer ? { ...state, offer: null } : state),
  'handoff.accept': (state, { event }) => withOperator(state, { principal: event.by, keyid: event.keyid }),
  'writer.changed': (state, { event }) => ({
    ...withOperator(state, { principal: event.to.principal, keyid: event.to.keyid }),
    interruptions: state.interruptions + 1,
  }),
  'run.pause': (state, { event }) => ({ ...state, paused: event }),
  'run.resume': (state, { event }) => ({
    ...withOperator(state, event.operator),
    paused: null,
    interruptions: state.interruptions + 1,
  }),
  'run.abort': (state, { event }) => ({ ...state, aborted: event }),
  'run.end': (state, { event }) => ({ ...state, result: event.result }),
}

/** Whether somebody did something in the walk: what follows by itself, what approvers sign, and a pause are no act of whoever walks it. */
function isAct({ steps, phasesToCall }: RunState, event: RunEvent): boolean {
  if (phasesToCall.length === 0) return false
  switch (event.kind) {
    case 'step.start':
      // The check of a wait is run by itself.
      return steps.get(event.step)?.planned.kind !== 'wait'
    case 'step.skip':
    case 'wait.end':
      return event.by !== null
    case 'confirm':
    case 'choice':
    case 'condition':
    case 'form':
    case 'note':
    case 'jump':
    case 'step.decide':
    case 'step.reopen':
    case 'rollback.start':
      return true
    default:
      return false
  }
}

/** One question for all steps that share a condition, whatever its capitals, an "only" around it or a closing colon. */
export function conditionKey(when: string): string {
  return when
    .toLowerCase()
    .replace(/\s*[:：]$/, '')
    .replace(/^only\s+|\s+only$/g, '')
    .trim()
}

/** True once nothing more is expected of the step. A failed or unknown step is not ended: a person decides. */
export function isEnded(status: StepStatus): boolean {
  return status.kind === 'passed' || status.kind === 'skipped' || status.kind === 'not-applicable'
}

/** Skipped together with others by a jump: the run cannot have passed. */
export function isJumpedOver(status: StepStatus | undefined): boolean {
  return status?.kind === 'skipped' && status.how === 'jump'
}

/** Counts over the main flow, and over a recovery flow once it was entered. Not applicable counts as skipped. */
export function countSteps(state: RunState): StepCounts {
  const counts = { passed: 0, failed: 0, skipped: 0, unknown: 0, open: 0 }
  // Of a sealed run that is led back from, nothing forward is walked here.
  const leadsBackFromAnother = (state.recovery?.of ?? null) !== null
  for (const { planned, status } of state.steps.values()) {
    const inRecovery = state.recovery?.steps.includes(planned.id) === true
    if (!inRecovery && (planned.flow !== 'main' || leadsBackFromAnother)) continue
    if (status.kind === 'passed') counts.passed++
    else if (status.kind === 'failed') counts.failed++
    else if (status.kind === 'skipped' || status.kind === 'not-applicable') counts.skipped++
    else if (status.kind === 'unknown') counts.unknown++
    else counts.open++
  }
  return counts
}

function statusOfEnd(event: EventOf<'step.end'>, atMs: number): StepStatus {
  if (event.result === 'passed') return { kind: 'passed', how: 'script', by: null, atMs, note: null }
  if (event.result === 'unknown') return { kind: 'unknown' }
  const why = event.outcome === 'timed-out' || event.outcome === 'cancelled' ? event.outcome : 'exit'
  return { kind: 'failed', why, exit: event.exit, by: null, ms: event.ms }
}

/** A condition is asked again once a step under it is opened again and nothing under it was done. */
function withoutAnswer(state: RunState, step: string): RunState {
  const key = state.conditionOfStep.get(step)
  if (key === undefined) return state
  const sharing = [...state.conditionOfStep].filter(([, other]) => other === key).map(([id]) => id)
  const untouched = sharing.every(id => {
    const record = state.steps.get(id)
    return record === undefined || isUntouched(record)
  })
  if (!untouched) return state
  const conditions = new Map(state.conditions)
  conditions.delete(key)
  return { ...state, conditions }
}

function isUntouched({ status, attempts }: StepRecord): boolean {
  return attempts === 0 && (status.kind === 'pending' || status.kind === 'not-applicable')
}

/** A phase with an open step in it is not complete any more; its end is recorded anew. */
function withoutPhaseEnd(state: RunState, step: string): RunState {
  const phase = state.steps.get(step)?.planned.phase ?? null
  if (phase === null || !state.phasesEnded.has(phase)) return state
  return { ...state, phasesEnded: new Set([...state.phasesEnded].filter(id => id !== phase)) }
}

function isTask(state: RunState, step: string): boolean {
  return state.steps.get(step)?.planned.kind === 'task'
}

function withTold(
  state: RunState,
  event: EventOf<'step.left'> | EventOf<'output.end'> | EventOf<'output.differs'>,
): RunState {
  const { running } = state
  if (running?.step !== event.step || running.attempt !== event.attempt) return state
  return { ...state, running: { ...running, told: new Set([...running.told, event.kind]) } }
}

function withStatus(state: RunState, step: string, status: StepStatus): RunState {
  return withRecord(state, step, { status, changedAtMs: state.lastAtMs })
}

function withRecord(state: RunState, step: string, change: Partial<StepRecord>): RunState {
  const record = state.steps.get(step)
  return record === undefined ? state : { ...state, steps: state.steps.changed(step, { ...record, ...change }) }
}

/** After a NO-GO: whoever decides next is told why it is asked again. */
function withAskedAgain(state: RunState, { step, by, reason }: EventOf<'step.decide'>): RunState {
  const gate = state.gates.get(step)
  if (gate === undefined) return state
  return { ...state, gates: new Map(state.gates).set(step, { ...gate, askedAgain: { by, reason } }) }
}

function withRefusedAcceptance(state: RunState, event: EventOf<'approval.refused'>): RunState {
  const { offer } = state
  if (offer === null || offer.seq !== event.request) return state
  return { ...state, offer: { ...offer, refused: [...offer.refused, event.why] } }
}

function withOperator(state: RunState, operator: { readonly principal: string; readonly keyid: string }): RunState {
  const known = state.operators.some(o => o.principal === operator.principal && o.keyid === operator.keyid)
  // What one operator offered is not the next one's to be taken from.
  const offer = state.operator?.principal === operator.principal ? state.offer : null
  return { ...state, operator, offer, operators: known ? state.operators : [...state.operators, operator] }
}
