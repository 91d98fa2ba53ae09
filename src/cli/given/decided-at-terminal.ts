import type { RunState } from '../../model/index.ts'
import { decisionFor, needOf, type Provided, type RunContext } from '../../runner/index.ts'
import type { Io } from '../io.ts'
import type { FirstWords } from './first-words.ts'

/**
 * Where somebody attends, people are asked. What they decided by flag about the step at which the run stands failed is said for them; of
 * the rest they are told that they will be asked.
 */
export function decidedAtTerminal(context: RunContext, past: RunState, provided: Provided, io: Io): FirstWords {
  const state = { ...past, paused: null }
  const need = needOf({ ...context, terminal: true }, state, { heldSecrets: new Set(), rejected: new Map() })
  const found = need.kind === 'decide' ? decisionFor(context, state, need, provided) : null
  const said = found?.kind === 'answer' ? [found] : []
  const saidOf = said.length > 0 && need.kind === 'decide' ? need.step : null
  const open = [...new Set([...provided.decisions.keys(), ...provided.edits.keys()])]
    .filter(id => id !== saidOf)
    .map(id => context.steps.get(id)?.position ?? id)
  if (open.length > 0)
    io.say(`Decided by flag for a run that nobody attends; here you are asked when they come: ${open.join(', ')}`)
  return said
}
