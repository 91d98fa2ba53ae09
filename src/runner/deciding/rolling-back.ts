import type { Answer, RunState, Speaker } from '../../model/index.ts'
import { phraseFor, recoveryKey, withoutWayBack } from '../../model/index.ts'
import type { RunContext } from './context.ts'
import { type Decision, decided, refused } from './decision.ts'
import { runningInTheWay, stopPoll } from './running.ts'

/** Enters a recovery flow: by a person's word with a reason and the phrase, and by nothing else. */
export function rollbackEvents(
  context: RunContext,
  state: RunState,
  answer: Extract<Answer, { kind: 'rollback' }>,
  speaker: Speaker,
): Decision {
  const flow = context.runbook.flows.recovery.find(candidate => recoveryKey(candidate) === answer.flow)
  if (flow === undefined) return refused(`no recovery flow "${answer.flow}"`)
  const busy = runningInTheWay(context, state)
  if (busy !== null) return refused(`${busy} is running: stop it first`)
  if (state.recovery !== null) return refused('a recovery flow was entered already')
  if (answer.reason.trim() === '') return refused('a reason is needed')
  const phrase = rollbackPhrase(context, answer.flow)
  if (answer.phrase?.trim() !== phrase) return refused(`the phrase does not match: type "${phrase}" to roll back`)
  return decided(
    [
      {
        kind: 'rollback.start',
        for: flow.for,
        of: context.undoes?.run ?? null,
        steps: [...flow.steps],
        without: withoutWayBack(context.runbook, doneSteps(context, state), answer.flow),
        reason: answer.reason,
        by: speaker.by,
      },
    ],
    stopPoll(context, state, speaker.by),
  )
}

/** What is typed to enter a recovery: environment of its first step, and release. */
export function rollbackPhrase(context: RunContext, key: string): string {
  const flow = context.runbook.flows.recovery.find(candidate => recoveryKey(candidate) === key)
  const first = context.steps.get(flow?.steps[0] ?? '')
  return phraseFor(first?.environment ?? null, context.environment, context.release)
}

/** Steps of the way forward that passed, in this run or in the sealed one that it leads back from. */
export function doneSteps(context: RunContext, state: RunState): readonly string[] {
  return context.undoes?.done ?? context.runbook.flows.main.filter(id => state.steps.get(id)?.status.kind === 'passed')
}
