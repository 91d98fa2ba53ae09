import type { Answer, Entry, RunEvent, RunState, Step } from '../../model/index.ts'
import { evolve, fold } from '../../model/index.ts'
import { nextAutomatic } from '../deciding/advance.ts'
import { conditionOf } from '../deciding/condition.ts'
import { planEvent, type RunContext } from '../deciding/context.ts'
import { editEvents } from '../deciding/edit.ts'
import { currentStep, type Live, needOf } from '../deciding/need.ts'
import { decisionFor } from './decided-beforehand.ts'
import { answerFor, type Found, type Missing, needOfText, type Provided } from './provided-answer.ts'

/** What an unattended walk will lack, found before anything runs; and the gates that lie ahead. */
export interface Lacking {
  readonly missing: readonly Missing[]
  readonly gates: readonly { readonly step: string; readonly line: number }[]
}

/**
 * Walks the flow in thought: every task passes, every gate opens, every wait is over. What was provided is used; what
 * was not is noted and taken as given, apart from a choice: behind an open choice its options are not asked for.
 */
export function lackingOf(
  context: RunContext,
  from: RunState,
  first: readonly { readonly answer: Answer }[],
  given: Provided,
): Lacking {
  // On a first start nothing is recorded yet; on resume the plan is in the journal.
  const plan: Entry = { seq: 1, atMs: from.lastAtMs, event: planEvent(context.runbook) }
  let state = from.steps.size > 0 ? from : fold([plan], from)
  // A paused run leads to nothing by itself; in thought it has been resumed.
  state = { ...state, paused: null, operator: state.operator ?? { principal: given.operator, keyid: '' } }
  let held: Live = { heldSecrets: new Set(), rejected: new Map() }
  /** Without the edits that were refused. */
  let provided = given
  const missing: Missing[] = []
  const gates: { step: string; line: number }[] = []
  const moment = { nowMs: Number.MAX_SAFE_INTEGER / 2, challenge: '' }
  const apply = (event: RunEvent): void => {
    const entry: Entry = { seq: state.lastSeq + 1, atMs: state.lastAtMs, event }
    state = evolve(state, entry)
  }
  for (const { answer } of first) if (answer.kind === 'value') giveValue(answer.name, answer.value)
  // Each turn ends a step or answers one of its questions, so the bound is never met by a sound plan.
  for (let turn = 0; turn < context.steps.size * 20 + 1000; turn++) {
    const need = needOf(context, state, held)
    if (need.kind === 'finished') break
    const step = 'step' in need ? context.steps.get(need.step) : (currentStep(context, state) ?? undefined)
    if (step === undefined) break
    const decision = decisionFor(context, state, need, provided)
    if (need.kind === 'gate' || need.kind === 'wait') {
      const found = decision ?? answerFor(context, need, given)
      if (found.kind === 'missing') missing.push(...found.missing)
      if (need.kind === 'gate') gates.push({ step: step.id, line: step.line })
      apply(passed(step.id))
      continue
    }
    const automatic = nextAutomatic(context, state, held, moment)
    if (automatic !== null && automatic.kind !== 'run.end') {
      apply(automatic)
      continue
    }
    if (decision !== null) {
      decide(step, decision)
      continue
    }
    const values = need.kind === 'values' ? need : needOfText(context, state, need, given)
    if (values !== null) {
      for (const name of values.names) takeValue(step.id, name)
      continue
    }
    const found = answerFor(context, need, given)
    if (found.kind === 'missing') missing.push(...found.missing)
    switch (need.kind) {
      case 'condition':
        apply(
          condition(
            need.when,
            step.id,
            found.kind === 'answer' && found.answer.kind === 'condition' ? found.answer.answer : 'no',
          ),
        )
        break
      case 'choose':
        if (found.kind === 'answer' && found.answer.kind === 'choose') {
          const asked = found.answer.option.toLowerCase()
          const option = need.options.find(name => name.toLowerCase() === asked) ?? asked
          apply({
            kind: 'choice',
            step: step.id,
            group: step.id,
            option,
            reason: null,
            how: 'answers',
            by: '',
            source: null,
          })
        } else apply({ kind: 'step.skip', step: step.id, why: 'not-applicable', reason: 'not chosen yet', by: null })
        break
      default:
        if (found.kind === 'answer' && found.answer.kind === 'confirm') apply(confirmed(step, found.answer))
        else apply(passed(step.id))
    }
  }
  return { missing: dedupe(missing), gates }

  /** What was decided by flag: another text is asked about like any other, and what runs again asks its phrase again. */
  function decide(step: Step, found: Found): void {
    if (found.kind === 'missing') missing.push(...found.missing)
    const answer = found.kind === 'answer' ? found.answer : null
    if (answer?.kind === 'edit') {
      const speaker = { by: given.operator, how: 'flag', source: null } as const
      const { events, reply } = editEvents(context, state, held, answer, speaker)
      for (const event of events) apply(event)
      if (reply.ok) return
      const how = `--edit ${step.position}=FILE`
      missing.push({ line: step.line, column: 1, what: `${step.position} ${step.title}: ${reply.why}`, how })
      provided = { ...provided, edits: new Map([...provided.edits].filter(([id]) => id !== step.id)) }
    } else if (answer?.kind === 'decide' && answer.choice === 'rerun') {
      const attempt = Math.max(1, state.steps.get(step.id)?.attempts ?? 1)
      const { choice, reason } = answer
      apply({ kind: 'step.decide', step: step.id, attempt, state: 'failed', choice, reason, by: given.operator })
    } else apply(passed(step.id))
  }

  function takeValue(step: string, name: string): void {
    const found = answerFor(context, { kind: 'values', step, names: [name] }, given)
    if (found.kind === 'missing') missing.push(...found.missing)
    giveValue(name, found.kind === 'answer' && found.answer.kind === 'value' ? found.answer.value : 'x')
  }

  function giveValue(name: string, text: string): void {
    held = { ...held, heldSecrets: new Set(held.heldSecrets).add(name) }
    apply({ kind: 'param', name, value: text, masked: false, how: 'answers', by: '', source: null })
  }

  function condition(when: string, step: string, answer: 'yes' | 'no'): RunEvent {
    const key = conditionKeyOf(step, when)
    return { kind: 'condition', when: key, answer, steps: [], how: 'answers', by: '', source: null }
  }

  function conditionKeyOf(step: string, when: string): string {
    const found = context.steps.get(step)
    return found === undefined ? when : conditionOf(context, found)
  }
}

/** What was observed is filled into forms later on, so it counts in thought as well. */
function confirmed(step: Step, answer: Extract<Answer, { kind: 'confirm' }>): RunEvent {
  const unit = step.evidence?.unit ?? null
  const value = answer.observed
  return {
    kind: 'confirm',
    step: step.id,
    ask: step.title,
    answer: answer.answer === 'no' ? 'n/a' : answer.answer,
    observed: value === null ? [] : [{ name: step.title, value, unit, op: null, want: null, ok: null }],
    how: 'answers',
    by: '',
    source: null,
    note: null,
  }
}

function passed(step: string): RunEvent {
  return { kind: 'step.skip', step, why: 'person', reason: null, by: null }
}

function dedupe(missing: readonly Missing[]): Missing[] {
  const seen = new Map(missing.map(item => [`${item.line}:${item.column}:${item.what}`, item]))
  return [...seen.values()].sort((a, b) => a.line - b.line || a.column - b.column)
}
