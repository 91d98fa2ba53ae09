import type { Answer, EvidenceAnswer, Observed, RunEvent, RunState, Speaker, Step } from '../../model/index.ts'
import { checkObserved, valueProblem } from '../../model/index.ts'
import { canBeMasked } from '../scripts/secret-forms.ts'
import { secretVariable } from '../scripts/secret-places.ts'
import { passingPhrase } from './asking.ts'
import { conditionOf } from './condition.ts'
import type { RunContext } from './context.ts'
import { type Decision, decided, refused } from './decision.ts'
import { editEvents } from './edit.ts'
import { fillForm } from './form.ts'
import { type Live, needOf } from './need.ts'
import { stopPoll } from './running.ts'
import { endWaitEvents, extendWaitEvents } from './waiting.ts'

type PlainAnswer = Exclude<
  Answer,
  {
    kind:
      | 'run'
      | 'run-offer'
      | 'stop-script'
      | 'rollback'
      | 'jump'
      | 'block'
      | 'unblock'
      | 'pause'
      | 'abort'
      | 'runbook'
      | 'offer'
      | 'withdraw-offer'
  }
>

/** What a person's answer to the present question is recorded as; an answer to any other question is refused. */
export function answerEvents(
  context: RunContext,
  state: RunState,
  live: Live,
  answer: PlainAnswer,
  speaker: Speaker,
): Decision {
  const said = { how: speaker.how, by: speaker.by, source: speaker.source }
  switch (answer.kind) {
    case 'note':
      if (answer.text.trim() === '') return refused('an empty note is not kept')
      return decided([{ kind: 'note', step: answer.step, text: answer.text, by: speaker.by }])
    case 'value':
      return valueEvents(context, answer, speaker)
    case 'condition': {
      const need = needOf(context, state, live)
      if (need.kind !== 'condition' || need.when !== answer.when) return refused('that condition is not asked now')
      const step = context.steps.get(need.step)
      const when = step === undefined ? answer.when : conditionOf(context, step)
      return decided([{ kind: 'condition', when, answer: answer.answer, steps: [...need.steps], ...said }])
    }
    default:
      break
  }
  const need = needOf(context, state, live)
  const step = context.steps.get(answer.step)
  if (step === undefined) return refused(`no step ${answer.step}`)
  if (!('step' in need) || need.step !== answer.step) return refused(`${step.position} is not what is needed now`)
  if (need.kind === 'held')
    return refused(
      `${step.position} is blocked by ${need.by}: ${need.reason}; nothing goes past it until that is lifted`,
    )
  switch (answer.kind) {
    case 'confirm':
      return need.kind === 'confirm' || need.kind === 'manual'
        ? confirmEvents(step, answer, speaker)
        : refused(`${step.position} is not a confirmation`)
    case 'choose': {
      if (need.kind !== 'choose') return refused(`${step.position} is not a choice`)
      const option = need.options.find(name => name.toLowerCase() === answer.option.trim().toLowerCase())
      if (option === undefined) return refused(`choose one of: ${need.options.join(' | ')}`)
      return decided([{ kind: 'choice', step: step.id, group: step.id, option, reason: answer.reason, ...said }])
    }
    case 'form': {
      if (need.kind !== 'form') return refused(`${step.position} is not a form`)
      const filled = fillForm(context, step, need.fields, answer.fields)
      return filled.ok
        ? decided([{ kind: 'form', step: step.id, text: filled.text, by: speaker.by }])
        : refused(filled.why)
    }
    case 'gate-text':
      if (need.kind !== 'gate' || need.asksText === null) return refused(`${step.position} asks no text now`)
      if (answer.text.trim() === '') return refused(`${need.asksText}: a text is needed`)
      return decided([{ kind: 'note', step: step.id, text: `${need.asksText}: ${answer.text}`, by: speaker.by }])
    case 'end-wait':
      return endWaitEvents(context, state, step, answer, speaker)
    case 'extend-wait':
      return extendWaitEvents(state, step, answer, speaker)
    case 'edit':
      return editEvents(context, state, live, answer, speaker)
    case 'skip':
      if (need.kind === 'running') return refused(`${step.position} is running and cannot be skipped`)
      if (step.kind === 'gate') return refused('a gate cannot be skipped')
      if (answer.reason.trim() === '') return refused('a reason is needed')
      return (
        phraseRefusal(context, step, answer.phrase) ??
        decided(
          [{ kind: 'step.skip', step: step.id, why: 'person', reason: answer.reason, by: speaker.by }],
          stopPoll(context, state, speaker.by),
        )
      )
    case 'decide':
      return decideEvents(context, state, step, need, answer, speaker)
    default:
      answer satisfies never
      return refused('not understood')
  }
}

function confirmEvents(step: Step, answer: Extract<Answer, { kind: 'confirm' }>, speaker: Speaker): Decision {
  const note = answer.note?.trim() ? answer.note : null
  if (answer.answer !== 'yes' && note === null) return refused('a reason is needed')
  const seen = answer.observed ?? ''
  const { evidence } = step
  const checked = evidence === null ? null : checkObserved(evidence, seen)
  if (answer.answer === 'yes' && checked?.kind === 'refused') return refused(checked.why)
  if (answer.answer === 'yes' && checked?.kind === 'value' && !checked.met && note === null)
    return refused(`${checked.text}: confirm with a reason, or say that you cannot confirm`)
  const observed = seen.trim() === '' ? [] : [observedAs(evidence, checked, seen)]
  return decided([
    {
      kind: 'confirm',
      step: step.id,
      ask: step.title,
      answer: answer.answer,
      observed,
      how: speaker.how,
      by: speaker.by,
      source: speaker.source,
      note,
    },
  ])
}

/** A value as it is recorded: against its limit where it has one, whatever was answered; else as it was typed. */
function observedAs(evidence: Step['evidence'], checked: EvidenceAnswer | null, seen: string): Observed {
  const name = evidence?.name ?? 'observed'
  if (evidence === null || checked?.kind !== 'value')
    return { name, value: seen.trim(), unit: null, op: null, want: null, ok: null }
  const { op, unit, value } = evidence
  return { name, value: String(checked.value), unit, op, want: String(value), ok: checked.met }
}

function valueEvents(context: RunContext, answer: Extract<Answer, { kind: 'value' }>, speaker: Speaker): Decision {
  const parameter = context.runbook.parameters.find(p => p.name === answer.name)
  if (parameter === undefined) return refused(`the runbook has no value "${answer.name}"`)
  if (answer.value === '') return refused(`${answer.name}: a value is needed`)
  if (answer.value.includes('\0')) return refused(`${answer.name}: a value cannot hold a NUL byte`)
  const why = valueProblem(context.runbook, answer.name, answer.value)
  if (why !== null) return refused(why)
  const secret = parameter.secret || answer.secret === true
  const event: RunEvent = {
    kind: 'param',
    name: answer.name,
    value: secret ? null : answer.value,
    masked: secret,
    how: answer.how ?? speaker.how,
    by: speaker.by,
    source: speaker.source,
  }
  if (!secret) return decided([event])
  const variable = secretVariable(answer.name)
  const keeping = decided([event], [{ kind: 'keep-secret', name: answer.name, variable, value: answer.value }])
  if (canBeMasked(answer.value)) return keeping
  const note = `${answer.name} is shorter than 6 characters: it is not masked where a script prints it`
  return { ...keeping, reply: { ok: true, note } }
}

/** In production a step is passed over by the phrase alone, whoever asks for it: a terminal, a flag or a file. */
function phraseRefusal(context: RunContext, step: Step, given: string | null | undefined): Decision | null {
  const phrase = passingPhrase(step, context.environment, context.release)
  if (phrase === null || given?.trim() === phrase) return null
  return refused(`the phrase does not match: type "${phrase}" to pass ${step.position} over`)
}

function decideEvents(
  context: RunContext,
  state: RunState,
  step: Step,
  need: ReturnType<typeof needOf>,
  answer: Extract<Answer, { kind: 'decide' }>,
  speaker: Speaker,
): Decision {
  const byHand =
    answer.choice === 'by-hand' && (need.kind === 'run' || need.kind === 'blocked' || need.kind === 'values')
  if (need.kind !== 'decide' && !byHand) return refused(`${step.position} has no outcome to decide on`)
  if (answer.reason.trim() === '') return refused('a reason is needed')
  if (need.kind === 'decide' && need.state === 'no-go' && !['rerun', 'stop'].includes(answer.choice))
    return refused('a NO-GO can be asked again or end the run; it cannot be passed over')
  if (answer.choice === 'skip' || byHand) {
    const wrong = phraseRefusal(context, step, answer.phrase)
    if (wrong !== null) return wrong
  }
  const failure = need.kind === 'decide' ? need.state : 'cancelled'
  return decided([
    {
      kind: 'step.decide',
      step: step.id,
      attempt: Math.max(1, state.steps.get(step.id)?.attempts ?? 1),
      state: failure === 'declined' || failure === 'no-go' ? 'failed' : failure,
      choice: answer.choice,
      reason: answer.reason,
      by: speaker.by,
    },
  ])
}
