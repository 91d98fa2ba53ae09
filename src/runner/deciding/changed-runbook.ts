import type { Answer, RunState, Speaker } from '../../model/index.ts'
import { diffText } from '../../model/index.ts'
import type { RunbookFile } from '../ports.ts'
import type { RunContext } from './context.ts'
import { type Decision, decided, refused } from './decision.ts'
import { currentStep, type Live } from './need.ts'

/** The file of the runbook as it is now, where it is not the text that the run began with. */
export interface ChangedRunbook {
  /** sha256 of the file; null where it is gone. */
  readonly now: string | null
  /** Unified, of a bounded size; masked by whoever hands it in. */
  readonly diff: string
}

/** A diff must fit a line of the journal, escapes and all. */
const MOST_LINES = 400
const MOST_CHARACTERS = 48_000

/** What may be said while the decision on a changed file is due: nothing of it begins a step. */
const ALLOWED: ReadonlySet<Answer['kind']> = new Set<Answer['kind']>([
  'note',
  'value',
  'pause',
  'abort',
  'stop-script',
  // Its first step is asked after the decision, like any other.
  'rollback',
  'offer',
  'withdraw-offer',
])

/** What a look at the file leads to: a question, none, or the end of one where the file is as it was. */
export function decideLook(
  context: RunContext,
  state: RunState,
  seen: NonNullable<Awaited<ReturnType<RunbookFile['look']>>>,
): Decision {
  const kept = state.keptRunbook !== null && state.keptRunbook.now === seen.sha256
  if (seen.sha256 === context.runbook.sha256 || kept) return decided([], [{ kind: 'ask-runbook', changed: null }])
  const diff = seen.text === null ? 'the file is gone' : boundedDiff(context.runbook.source, seen.text)
  return decided([], [{ kind: 'ask-runbook', changed: { now: seen.sha256, diff } }])
}

/** The decision on a changed file, and the refusal of what would begin a step before it. Null: nothing to do with it. */
export function decideChanged(
  context: RunContext,
  state: RunState,
  live: Live,
  answer: Answer,
  speaker: Speaker,
): Decision | null {
  const changed = live.changed ?? null
  if (answer.kind !== 'runbook')
    return changed === null || ALLOWED.has(answer.kind)
      ? null
      : refused('the file of the runbook has changed: decide first whether the run goes on')
  if (changed === null) return refused('the file of the runbook has not changed')
  const { decision } = answer
  const recorded = {
    kind: 'runbook.changed',
    was: context.runbook.sha256,
    ...changed,
    decision,
    by: speaker.by,
  } as const
  if (decision === 'keep') return decided([recorded], [{ kind: 'ask-runbook', changed: null }])
  const step = currentStep(context, state)?.id ?? null
  return decided([recorded, { kind: 'run.pause', reason: 'the file of the runbook has changed', step, by: speaker.by }])
}

function boundedDiff(was: string, now: string): string {
  const lines = diffText(was, now)
  const kept: string[] = []
  let characters = 0
  for (const line of lines) {
    characters += line.length + 1
    if (kept.length === MOST_LINES || characters > MOST_CHARACTERS) break
    kept.push(line)
  }
  const left = lines.length - kept.length
  if (lines.length === 0) return 'no line differs: bytes that are not seen do, such as line ends'
  return [...kept, ...(left === 0 ? [] : [`@ ${left} more lines of the difference are left out`])].join('\n')
}
