import type { FormQuestion, Need, Offer, RunState, Step, StepDetail } from '../../model/index.ts'
import { isEnded, recoveryKey } from '../../model/index.ts'
import { asItRuns } from './as-it-runs.ts'
import { askFor } from './asking.ts'
import type { ChangedRunbook } from './changed-runbook.ts'
import { conditionOf } from './condition.ts'
import type { RunContext } from './context.ts'
import { probeNeed, probeOf } from './probe.ts'
import { isPoll } from './running.ts'
import { missingValues, scriptOf } from './script-text.ts'

/** What lives only as long as this process: never in an event, never on a disk. */
export interface Live {
  /** Names of secrets whose values are in memory. A resumed run has none. */
  readonly heldSecrets: ReadonlySet<string>
  /** What bash said of a script it rejected, by step. */
  readonly rejected: ReadonlyMap<string, string>
  /** The changed file of the runbook that nobody has decided on yet. */
  readonly changed?: ChangedRunbook | null
  /** When the script that runs now last said something; null or not there before its first word. */
  readonly saidAtMs?: number | null
}

/** The one thing that is needed now. Pure: the same context, state and live facts give the same need. */
export function needOf(context: RunContext, state: RunState, live: Live): Need {
  if (state.result !== null) return { kind: 'finished', result: state.result }
  // A wait stays the question while its probe is polled: people end or extend it all the time.
  if (state.running !== null && !isPoll(context, state)) {
    const sinceMs = Math.max(state.running.sinceMs, live.saidAtMs ?? 0)
    const { told: _, ...running } = state.running
    return { kind: 'running', ...running, silence: { sinceMs, afterMs: context.silenceMs } }
  }
  const step = currentStep(context, state)
  if (step === null) return { kind: 'finished', result: 'passed' }
  if (live.changed != null) return { kind: 'changed', step: step.id, ...live.changed }
  const held = [...state.blockers.values()].find(blocker => blocker.step === step.id)
  if (held !== undefined) return { kind: 'held', step: step.id, block: held.seq, by: held.by, reason: held.reason }
  const status = state.steps.get(step.id)?.status ?? { kind: 'pending' }
  if (status.kind === 'failed') {
    const failedState = status.why === 'exit' ? 'failed' : status.why
    return { kind: 'decide', step: step.id, state: failedState, recovery: wayBack(context, step) }
  }
  if (status.kind === 'unknown')
    return { kind: 'decide', step: step.id, state: 'unknown', recovery: wayBack(context, step) }
  if (step.when !== null && !state.conditions.has(conditionOf(context, step)))
    return { kind: 'condition', step: step.id, when: step.when, steps: sharing(context, step) }
  return needOfKind(context, state, live, step)
}

/** First step of the flow being walked that is not ended; null where all are. */
export function currentStep(context: RunContext, state: RunState): Step | null {
  const flow = activeFlow(context, state)
  const last = LOOKED_UP.get(flow)
  if (last?.steps === state.steps) return context.steps.get(last.id) ?? null
  const id = flow.find(candidate => {
    const record = state.steps.get(candidate)
    return record !== undefined && !isEnded(record.status)
  })
  LOOKED_UP.set(flow, { steps: state.steps, id: id ?? '' })
  return context.steps.get(id ?? '') ?? null
}

/** The last answer of `currentStep` for a flow: it is asked for several times between two events of a long run. */
const LOOKED_UP = new WeakMap<readonly string[], { readonly steps: RunState['steps']; readonly id: string }>()

/** The flow being walked. A recovery is the end of the way forward: once it is over there is nothing left to walk. */
export function activeFlow(context: RunContext, state: RunState): readonly string[] {
  if (state.recovery === null) return context.mainFlow
  return state.recovery.ended === null ? state.recovery.steps : []
}

function needOfKind(context: RunContext, state: RunState, live: Live, step: Step): Need {
  switch (step.kind) {
    case 'task':
      return needOfTask(context, state, live, step)
    case 'confirmation':
    case 'manual':
      return {
        kind: step.kind === 'manual' ? 'manual' : 'confirm',
        step: step.id,
        evidence: step.evidence,
        offer: offerOf(context, state, live, step),
      }
    case 'choice':
      return { kind: 'choose', step: step.id, options: (step.options ?? []).map(option => option.name) }
    case 'gate': {
      const gate = state.gates.get(step.id)
      return {
        kind: 'gate',
        step: step.id,
        request: gate?.request ?? -1,
        approvers: step.approvers ?? [],
        asksText: askedText(state, step),
      }
    }
    case 'wait': {
      const status = state.steps.get(step.id)?.status
      const untilMs = status?.kind === 'waiting' ? status.untilMs : 0
      const probe = probeNeed(context, state, live, step)
      const offer = offerOf(context, state, live, step)
      return { kind: 'wait', step: step.id, untilMs, offer, ...(probe === null ? {} : { probe }) }
    }
    case 'form':
      return { kind: 'form', step: step.id, fields: formQuestions(context, state, step) }
    default:
      step.kind satisfies never
      throw new Error('unreachable')
  }
}

function needOfTask(context: RunContext, state: RunState, live: Live, planned: Step): Need {
  const { step, detail, edited } = asItRuns(context, state, planned)
  const blocked = blockedBy(context, step, detail, live)
  if (blocked !== null) return { kind: 'blocked', step: step.id, why: blocked, rejected: live.rejected.has(step.id) }
  const names = missingValues(step.needs, state, live)
  if (names.length > 0) return { kind: 'values', step: step.id, names }
  const { script, missing } = scriptOf(context, state, planned)
  if (missing.length > 0)
    return {
      kind: 'blocked',
      step: step.id,
      why: `what was given for ${missing.join(', ')} cannot enter its place`,
      rejected: false,
    }
  const asked = askFor(context, step, step.risk, detail, edited)
  return { kind: 'run', step: step.id, script, ...asked, ...(edited ? { edited: { risk: step.risk } } : {}) }
}

/**
 * Why the script of a task cannot run as it stands, though every value that it needs were there; null where it can. Pure, and told of
 * any step of a run, also of one that is not needed yet.
 *
 * @param state with the values that count as given.
 */
export function whyBlocked(context: RunContext, state: RunState, step: Step): string | null {
  const need = needOfTask(context, state, { heldSecrets: new Set(state.values.keys()), rejected: new Map() }, step)
  return need.kind === 'blocked' ? need.why : null
}

function blockedBy(context: RunContext, step: Step, detail: StepDetail | undefined, live: Live): string | null {
  const rejected = live.rejected.get(step.id)
  if (rejected !== undefined) return rejected
  if (context.interpreters[step.language ?? ''] === null)
    return `it is written for ${step.language}, and .signoff/config.yaml names no interpreter for that any more`
  if (detail?.unfinished != null) return `the script is unfinished: ${detail.unfinished}`
  if (step.interaction === 'terminal' && context.terminal !== true)
    return 'it asks at a terminal, and there is none here'
  if (step.interaction === 'remote') return 'it belongs on another machine; run it there and record it by hand'
  return null
}

function offerOf(context: RunContext, state: RunState, live: Live, step: Step): Offer | null {
  const probe = probeOf(context, state, step)
  if (probe !== null) {
    const { script, missing, level, phrase } = probe
    return { script, missing: [...new Set([...missing, ...missingValues(step.needs, state, live)])], level, phrase }
  }
  if (step.offer === null) return null
  const detail = context.runbook.details.get(step.id)
  const { script, missing } = scriptOf(context, state, step, 'offer')
  const secrets = missingValues(step.needs, state, live).filter(name => state.values.get(name)?.masked === true)
  return {
    script,
    missing: [...new Set([...missing, ...secrets])],
    ...askFor(context, step, detail?.offerRisk ?? 'change', detail),
  }
}

/** The text that a gate still asks for: what was given for an earlier request of it, or said as a remark, does not count. */
export function askedText(state: RunState, step: Step): string | null {
  if (step.evidence?.op !== 'text') return null
  const { name } = step.evidence
  const openedAtMs = state.gates.get(step.id)?.openedAtMs ?? 0
  const given = state.notes.some(
    note => note.step === step.id && note.atMs >= openedAtMs && note.text.startsWith(`${name}: `),
  )
  return given ? null : name
}

function formQuestions(context: RunContext, state: RunState, step: Step): FormQuestion[] {
  const fields = context.runbook.details.get(step.id)?.fields ?? []
  // What is written twice is asked once.
  return fields.filter(isAsked).map(field => ({
    label: field.label,
    hint: field.hint,
    value: fieldValue(context, state, field.source),
  }))
}

function isAsked(field: StepDetail['fields'][number]): boolean {
  return field.source?.kind !== 'field'
}

function fieldValue(
  context: RunContext,
  state: RunState,
  source: StepDetail['fields'][number]['source'],
): string | null {
  if (source === null) return null
  switch (source.kind) {
    case 'release':
      return context.release
    case 'operator':
      return state.operator?.principal ?? null
    case 'time':
      // The time of the last recorded event: the fold has no clock of its own.
      return `${new Date(state.lastAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    case 'observed': {
      const seen = state.steps.get(source.step)?.observed[0]
      return seen === undefined ? null : `${seen.value}${seen.unit ?? ''}`
    }
    case 'parameter':
      return state.values.get(source.name)?.value ?? null
    case 'field':
      return null
    default:
      source satisfies never
      return null
  }
}

function wayBack(context: RunContext, step: Step): string | null {
  if (step.recovery !== null) return step.recovery
  return context.runbook.flows.recovery.some(flow => recoveryKey(flow) === 'document') ? 'document' : null
}

function sharing(context: RunContext, step: Step): string[] {
  const key = conditionOf(context, step)
  return [...context.steps.values()]
    .filter(other => other.when !== null && conditionOf(context, other) === key)
    .map(other => other.id)
}
