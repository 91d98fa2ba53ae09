import type { RunState, Slot, Step } from '../../model/index.ts'
import { referToSecrets, staysText } from '../scripts/secret-places.ts'
import { enterValues } from '../scripts/values.ts'
import { asItRuns } from './as-it-runs.ts'
import type { RunContext } from './context.ts'
import type { Live } from './need.ts'

/** Names of values that the script of a step still needs before it may run. */
export function missingValues(names: readonly string[], state: RunState, live: Live): string[] {
  return names.filter(name => {
    const value = state.values.get(name)
    return value === undefined || (value.masked && !live.heldSecrets.has(name))
  })
}

/** The script with its values entered; placeholders of missing ones stay, and `missing` names them. */
export function scriptOf(
  context: RunContext,
  state: RunState,
  step: Step,
  which: 'script' | 'offer' = 'script',
): { readonly script: string; readonly missing: readonly string[] } {
  const text = textOf(context, state, step, which)
  return enterKnown(context, state, text.script, text.slots)
}

/** Values entered at their places, and references where secrets are to stand. */
export function enterKnown(
  context: RunContext,
  state: RunState,
  text: string,
  slots: readonly Slot[],
): { readonly script: string; readonly missing: readonly string[] } {
  const kindOf = (name: string) => context.runbook.parameters.find(parameter => parameter.name === name)
  // A variable is read by the shell itself: its value comes by the environment, and its text stays as it is.
  const places = slots.filter(slot => kindOf(slot.parameter)?.kind !== 'env')
  const isGivenSecret = (slot: Slot): boolean => state.values.get(slot.parameter)?.masked === true
  const unread = places.filter(slot => isGivenSecret(slot) && staysText(text, slot))
  if (unread.length > 0) return { script: text, missing: [...new Set(unread.map(slot => slot.parameter))] }
  const referring = referToSecrets(
    text,
    places.filter(isGivenSecret),
    places.filter(slot => !isGivenSecret(slot)),
  )
  return enterValues(referring.script, referring.slots, knownValues(state))
}

function textOf(context: RunContext, state: RunState, step: Step, which: 'script' | 'offer') {
  if (which === 'offer')
    return { script: step.offer ?? '', slots: context.runbook.details.get(step.id)?.offerSlots ?? [] }
  const runs = asItRuns(context, state, step)
  return { script: runs.step.script ?? '', slots: runs.detail?.slots ?? [] }
}

export function knownValues(state: RunState): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  for (const [name, { value }] of state.values) if (value !== null) known.set(name, value)
  return known
}
