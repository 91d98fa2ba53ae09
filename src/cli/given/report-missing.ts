import { EMPTY_STATE } from '../../model/index.ts'
import { lackingOf, type Provided, type RunContext } from '../../runner/index.ts'
import { cleanText } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import type { FirstWords } from './first-words.ts'

/** Everything an unattended run would have to ask, at once and before anything runs. Returns 20 if there is any. */
export function reportMissing(
  context: RunContext,
  first: FirstWords,
  provided: Provided,
  io: Io,
  from = EMPTY_STATE,
): number {
  const { missing, gates } = lackingOf(context, from, first, provided)
  if (missing.length === 0) return 0
  const path = context.runbook.path
  io.say(
    `signoff: nobody is at the terminal, and ${missing.length} ${missing.length === 1 ? 'answer is' : 'answers are'} missing; nothing was run`,
  )
  for (const item of missing) io.say(`${path}:${item.line}:${item.column} ${cleanText(item.what)}: ${item.how}`)
  for (const gate of gates) {
    const step = context.steps.get(gate.step)
    io.say(
      `${path}:${gate.line}:1 ${step?.position ?? ''} ${cleanText(step?.title ?? '')}: still to come, by signoff approve`,
    )
  }
  return 20
}
