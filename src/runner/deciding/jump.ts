import type { Answer, RunEvent, RunState, Speaker, Step, StepStatus } from '../../model/index.ts'
import { isEnded, isJumpedOver } from '../../model/index.ts'
import { passingPhrase } from './asking.ts'
import { blockerOf } from './blocking.ts'
import { conditionOf } from './condition.ts'
import type { RunContext } from './context.ts'
import { type Decision, decided, refused } from './decision.ts'
import { activeFlow, currentStep } from './need.ts'
import { positionOf, runningInTheWay } from './running.ts'

/**
 * Forward over steps, all of them named in the record, or back to one that has ended, which is opened again. A gate is never
 * jumped over, and one that has said GO is asked anew when what it rests on is opened again.
 */
export function jumpEvents(
  context: RunContext,
  state: RunState,
  answer: Extract<Answer, { kind: 'jump' }>,
  speaker: Speaker,
): Decision {
  const target = context.steps.get(answer.to)
  const flow = activeFlow(context, state)
  const current = currentStep(context, state)
  if (target === undefined) return refused(`no step ${answer.to}`)
  if (!flow.includes(target.id)) return refused(`${target.position} is not in the flow that is walked`)
  const busy = runningInTheWay(context, state)
  if (busy !== null) return refused(`${busy} is running: stop it first`)
  const status = state.steps.get(target.id)?.status ?? { kind: 'pending' }
  const back = isEnded(status) || (target.id === current?.id && isReconsidered(state, target))
  if (!back && target.id === current?.id) return refused(`${target.position} is the step that is needed now`)
  const decision = back
    ? reopening(context, state, target, status)
    : current === null
      ? refused('nothing is left to walk')
      : jumping(context, state, current, target, answer.phrase ?? null)
  if (!decision.reply.ok) return decision
  if (answer.reason.trim() === '') return refused('a reason is needed')
  return decided(decision.events.map(event => ({ ...event, reason: answer.reason, by: speaker.by }) as RunEvent))
}

/** The steps that a jump from one to the other leaves out. */
export function jumpedOver(context: RunContext, state: RunState, from: string, to: string): string[] {
  const flow = activeFlow(context, state)
  return flow
    .slice(flow.indexOf(from), flow.indexOf(to))
    .filter(id => !isEnded(state.steps.get(id)?.status ?? { kind: 'pending' }))
}

function jumping(context: RunContext, state: RunState, current: Step, target: Step, phrase: string | null): Decision {
  const over = jumpedOver(context, state, current.id, target.id)
  const steps = over.flatMap(id => context.steps.get(id) ?? [])
  const gate = steps.find(step => step.kind === 'gate')
  if (gate !== undefined) return refused(`${gate.position} is a gate that has not said GO: it cannot be jumped over`)
  const held = steps.find(step => blockerOf(state, step.id) !== null)
  if (held !== undefined) return refused(`${held.position} is blocked, and nothing goes past it: lift that first`)
  const unknown = steps.find(step => state.steps.get(step.id)?.status.kind === 'unknown')
  if (unknown !== undefined) return refused(`${unknown.position}: its outcome is unknown; say first what is true`)
  const outside = whyOutside(context, state, target)
  if (outside !== null) return refused(outside)
  for (const step of [...steps, target]) {
    const due = passingPhrase(step, context.environment, context.release)
    if (due === null) continue
    if (phrase?.trim() !== due) return refused(`the phrase does not match: type "${due}" to jump in production`)
    break
  }
  return decided([{ kind: 'jump', from: current.id, to: target.id, over, reason: '', by: '' }])
}

/** What would be left out by itself as soon as it is reached is no place to jump to. */
function whyOutside(context: RunContext, state: RunState, target: Step): string | null {
  if (target.choice !== null && state.choices.get(target.choice.group) !== target.choice.option) {
    const choice = positionOf(context, target.choice.group)
    return `${target.position} belongs to the option "${target.choice.option}" of ${choice}, which is not chosen`
  }
  if (target.when !== null && state.conditions.get(conditionOf(context, target)) === 'no')
    return `${target.position}: "${target.when}" is answered no`
  return null
}

function reopening(context: RunContext, state: RunState, target: Step, status: StepStatus): Decision {
  if (status.kind === 'not-applicable' && status.cause === 'other-option' && target.choice !== null)
    return refused(`${target.position} was not chosen; jump to the choice, ${positionOf(context, target.choice.group)}`)
  const opened = new Set([target.id, ...alongWith(context, state, target, status)])
  const gates = activeFlow(context, state).filter(id => !opened.has(id) && restsOn(context, state, id, opened))
  return decided([...opened, ...gates].map(step => ({ kind: 'step.reopen', step, reason: '', by: '' })))
}

/**
 * What was left out by the same answer: it is asked again for all of them. With a choice among them comes what is inside it,
 * whether another option or a jump left it out: else the option that is chosen now would not be walked.
 */
function alongWith(context: RunContext, state: RunState, target: Step, status: StepStatus): string[] {
  const all = [...context.steps.values()]
  const statusOf = (step: Step) => state.steps.get(step.id)?.status
  const answered = isLeftOut(status, 'condition') ? conditionOf(context, target) : null
  const sharing = all.filter(
    step => step.when !== null && conditionOf(context, step) === answered && isLeftOut(statusOf(step), 'condition'),
  )
  const inside = insideChoices(all, [target, ...sharing]).filter(
    step => isLeftOut(statusOf(step), 'other-option') || isJumpedOver(statusOf(step)),
  )
  return [...sharing, ...inside].map(({ id }) => id)
}

function isLeftOut(status: StepStatus | undefined, cause: 'condition' | 'other-option'): boolean {
  return status?.kind === 'not-applicable' && status.cause === cause
}

/** The steps under every option of the choices among these, and of the choices under those. */
function insideChoices(all: readonly Step[], opened: readonly Step[]): Step[] {
  const groups = new Set(opened.filter(({ kind }) => kind === 'choice').map(({ id }) => id))
  return all.filter(step => {
    if (step.choice === null || !groups.has(step.choice.group)) return false
    groups.add(step.id)
    return true
  })
}

/** A gate rests on its criteria; where it names none, on all that stands before it. */
function restsOn(context: RunContext, state: RunState, id: string, opened: ReadonlySet<string>): boolean {
  const gate = context.steps.get(id)
  const status = state.steps.get(id)?.status.kind
  if (gate?.kind !== 'gate' || (status !== 'passed' && status !== 'open-gate')) return false
  const criteria = gate.criteria ?? []
  if (criteria.length > 0) return criteria.some(criterion => opened.has(criterion))
  const flow = activeFlow(context, state)
  return flow.slice(0, flow.indexOf(id)).some(before => opened.has(before))
}

/** True where a condition was answered for the step and nothing under it was done yet. */
function isReconsidered(state: RunState, step: Step): boolean {
  const key = state.conditionOfStep.get(step.id)
  if (step.when === null || key === undefined || !state.conditions.has(key)) return false
  return [...state.conditionOfStep].every(([id, other]) => {
    const record = state.steps.get(id)
    if (other !== key || record === undefined) return true
    return record.attempts === 0 && (record.status.kind === 'pending' || record.status.kind === 'not-applicable')
  })
}
