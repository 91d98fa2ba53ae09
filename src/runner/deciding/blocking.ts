import type { Answer, Blocker, RunState, Speaker } from '../../model/index.ts'
import { isEnded } from '../../model/index.ts'
import type { RunContext } from './context.ts'
import { type Decision, decided, refused } from './decision.ts'
import { activeFlow } from './need.ts'

/** The first thing that holds a step; null where nothing does. */
export function blockerOf(state: RunState, step: string): Blocker | null {
  return [...state.blockers.values()].find(blocker => blocker.step === step) ?? null
}

/** A person says that nothing goes past a step. It holds for what has not ended, whoever would walk on. */
export function blockEvents(
  context: RunContext,
  state: RunState,
  answer: Extract<Answer, { kind: 'block' }>,
  speaker: Speaker,
): Decision {
  const step = context.steps.get(answer.step)
  if (step === undefined) return refused(`no step ${answer.step}`)
  if (!activeFlow(context, state).includes(step.id))
    return refused(`${step.position} is not in the flow that is walked`)
  if (isEnded(state.steps.get(step.id)?.status ?? { kind: 'pending' }))
    return refused(`${step.position} has ended already`)
  if (state.running?.step === step.id && step.kind === 'task')
    return refused(`${step.position} is running: block the step behind it`)
  if (answer.reason.trim() === '') return refused('a reason is needed')
  return decided([{ kind: 'block', step: step.id, reason: answer.reason, by: speaker.by }])
}

/** A person lifts it again, and says why. */
export function unblockEvents(
  state: RunState,
  answer: Extract<Answer, { kind: 'unblock' }>,
  speaker: Speaker,
): Decision {
  if (!state.blockers.has(answer.block)) return refused('that was lifted already')
  if (answer.reason.trim() === '') return refused('a reason is needed')
  return decided([{ kind: 'block.end', block: answer.block, reason: answer.reason, by: speaker.by }])
}
