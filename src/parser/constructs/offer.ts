import type { Draft, ScriptText } from '../draft.ts'
import { commandShaped, interactionOf, unfinishedIn } from '../shell/index.ts'
import type { InlineCode } from '../text/prose.ts'

const FORBIDDEN = /\b(?:not|never|don['’]?t|avoid|without|instead of|rather than)\b(?!.*[.;!?]\s)/i

/**
 * Rule R17: a command that a text names is offered beside the question, if it has the shape of a command
 * and nothing before it in the sentence forbids it.
 */
export function offerIn(codes: readonly InlineCode[]): ScriptText | null {
  if (codes.some(code => FORBIDDEN.test(code.before))) return null
  // What holds `...` or `a|b` runs in no mode (rule R13), so that it is no offer either.
  const command = codes.find(code => commandShaped(code.text) && unfinishedIn(code.text) === null)
  return command === undefined ? null : { text: command.text, places: [command.place] }
}

/** A step with its offer; one that asks a person, or opens a session, needs the terminal. */
export function offering(made: Draft, offer: ScriptText | null): Draft {
  const terminal = offer !== null && made.interaction === 'none' && interactionOf(offer.text) === 'terminal'
  return { ...made, offer, interaction: terminal ? 'terminal' : made.interaction }
}
