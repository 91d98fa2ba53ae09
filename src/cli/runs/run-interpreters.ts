import type { EventOf, Runbook, RunInterpreters, RunState } from '../../model/index.ts'
import { stepsOf } from '../../model/index.ts'

/** Those of some interpreters that blocks of a runbook are for: no other has a part in its run. */
export function usedInterpreters(runbook: Runbook, interpreters: RunInterpreters): RunInterpreters {
  const tags = new Set(stepsOf(runbook).map(({ language }) => language))
  return Object.fromEntries(Object.entries(interpreters).filter(([tag]) => tags.has(tag)))
}

/** Recorded right behind the plan of a new run: whoever reads the plan again needs them. Null where no block is for one. */
export function firstInterpreters(used: RunInterpreters, by: string): EventOf<'run.interpreters'> | null {
  return Object.keys(used).length === 0 ? null : { kind: 'run.interpreters', interpreters: listed(used), was: null, by }
}

/**
 * What has become of the interpreters of a run: the configuration may name others by now, or none. Blocks that came to have one since
 * the run began stay by hand in it, as they were planned. Null where nothing has changed.
 */
export function changedInterpreters(
  { planned, now }: NonNullable<RunState['interpreters']>,
  configured: RunInterpreters,
  by: string,
): EventOf<'run.interpreters'> | null {
  const left = Object.fromEntries(Object.entries(configured).filter(([tag]) => Object.hasOwn(planned, tag)))
  const [before, after] = [listed(now), listed(left)]
  if (JSON.stringify(before) === JSON.stringify(after)) return null
  return { kind: 'run.interpreters', interpreters: after, was: before, by }
}

function listed(interpreters: RunInterpreters): EventOf<'run.interpreters'>['interpreters'] {
  return Object.entries(interpreters)
    .map(([tag, command]) => ({ tag, command: [...command] }))
    .sort((a, b) => (a.tag < b.tag ? -1 : 1))
}
