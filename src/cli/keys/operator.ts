import { type RunState, SignoffError } from '../../model/index.ts'

/** Another operator comes by a hand-over that both signed, or by a reason that stands in the record. */
export function checkOperator(
  past: RunState,
  run: string,
  principal: string,
  flags: { readonly takeOver?: boolean; readonly reason?: string },
): void {
  if (flags.takeOver === true && (flags.reason ?? '').trim() === '')
    throw new SignoffError('USAGE', '--take-over needs --reason TEXT: it is recorded')
  const operator = past.operator?.principal ?? principal
  if (operator === principal || (flags.takeOver === true && past.result === null)) return
  if (past.result !== null)
    throw new SignoffError('LOCKED', `${operator} operated this run to its end, and seals it; you are ${principal}`, {
      advice: `${operator} runs: signoff resume ${run}`,
    })
  const open = past.offer?.event.to === principal
  throw new SignoffError('LOCKED', `this run is operated by ${operator}; you are ${principal}`, {
    advice: open
      ? `it is on offer to you: signoff accept ${run}`
      : `${operator} hands it over by "signoff handoff ${run} --to ${principal}"; without them: signoff resume ${run} --take-over --reason TEXT`,
  })
}
