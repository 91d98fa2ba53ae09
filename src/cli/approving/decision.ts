import { SignoffError } from '../../model/index.ts'
import type { CheckedRequest } from '../../transcript/index.ts'
import type { Io } from '../io.ts'

export interface Decided {
  readonly decision: 'go' | 'no-go'
  readonly reason: string | null
}

/**
 * GO or NO-GO, as it was said by a flag, else asked for by the phrase. A NO-GO, and a GO beside a criterion that is not met, have
 * a reason.
 * @throws {SignoffError} `USAGE` where nothing is to be signed.
 */
export async function askDecision(
  { start, gate }: CheckedRequest,
  said: { readonly go?: boolean; readonly noGo?: boolean; readonly reason?: string },
  io: Io,
): Promise<Decided> {
  const reason = said.reason?.trim() ? said.reason : null
  if (said.noGo === true) {
    if (reason === null) throw new SignoffError('USAGE', 'nothing was signed: a NO-GO needs --reason TEXT')
    return { decision: 'no-go', reason }
  }
  const unmet = gate.event.criteria.filter(({ ok }) => !ok)
  const why = `${unmet.length === 1 ? 'a criterion is' : `${unmet.length} criteria are`} not met`
  const needsReason = unmet.length > 0 && reason === null
  if (said.go === true) {
    if (needsReason) throw new SignoffError('USAGE', `nothing was signed: ${why}, so that a GO needs --reason TEXT`)
    return { decision: 'go', reason }
  }
  const phrase = start.env === null ? start.release : `${start.env} ${start.release}`
  if (!io.interactive) throw new SignoffError('USAGE', 'nobody is at the terminal: say --go, or --no-go --reason TEXT')
  const typed = await io.ask(`Type  ${phrase}  and press Enter to sign a GO. Empty Enter: nothing is signed.\n> `)
  if (typed.trim() !== phrase)
    throw new SignoffError('USAGE', 'nothing was signed', { advice: 'a NO-GO is said by --no-go --reason TEXT' })
  if (!needsReason) return { decision: 'go', reason }
  const given = (await io.ask(`${why}: why is it a GO all the same? Empty Enter: nothing is signed.\n> `)).trim()
  if (given === '') throw new SignoffError('USAGE', 'nothing was signed: no reason was given')
  return { decision: 'go', reason: given }
}
