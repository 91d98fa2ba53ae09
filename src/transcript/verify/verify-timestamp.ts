import { whyNotValid } from '../ssh/certified-signers.ts'
import { SEAL_NAMESPACE } from '../ssh/signer.ts'
import type { Trust } from '../statements/signature-check.ts'
import type { Finding } from './verify-report.ts'
import type { SealCheck } from './verify-seal.ts'

/**
 * Asks whether a time-stamp token (RFC 3161, as the authority sent it) is over these bytes and by an authority that the verifier trusts.
 * It is handed in: nothing here starts a program.
 */
export type CheckTimestamp = (
  signature: Uint8Array,
  token: Uint8Array,
) => Promise<
  | { readonly ok: true; readonly atMs: number; readonly authority: string }
  | { readonly ok: false; readonly detail: string }
>

/** What somebody else than the writer says of the time: the seal was there by then. */
export interface TimestampFact {
  readonly atMs: number
  readonly authority: string
}

/** A token tells whole seconds, and the clocks of two machines are not one. */
const TOLERANCE_MS = 2000
/** With strict time: longer after the end of a run, a token says little about it. */
const LATE_MS = 24 * 3_600_000

/**
 * Checks the tokens beside the signature of a seal. Anybody can put one there, so a bad one breaks nothing; where the verifier
 * wants strict time (`isStrict`), a good one must be there, soon after the end, while the key was valid.
 */
export async function checkTimestamps(
  seal: SealCheck,
  trust: Trust | null,
  check: CheckTimestamp | null,
  isStrict: boolean,
): Promise<{ readonly findings: Finding[]; readonly fact: TimestampFact | null }> {
  const findings: Finding[] = []
  const found = (message: string) => findings.push({ check: 'clock', exit: isStrict ? 6 : 0, message, line: null })
  const { statement, tokens } = seal
  if (statement === null) return { findings, fact: null }
  if (tokens.length === 0) {
    if (isStrict) found('no time-stamp token stands beside the seal: its time is the word of the writer')
    return { findings, fact: null }
  }
  if (check === null) {
    found('a time-stamp token stands beside the seal, and no authority is named to check it by: --tsa-ca FILE')
    return { findings, fact: null }
  }
  let fact: TimestampFact | null = null
  for (const { signature, token } of tokens) {
    const answer = await check(signature, token)
    if (!answer.ok) found(`a time-stamp token beside the seal is not good: ${answer.detail}`)
    else if (fact === null || answer.atMs < fact.atMs) fact = { atMs: answer.atMs, authority: answer.authority }
  }
  if (fact === null) return { findings, fact }
  const finishedMs = Date.parse(statement.predicate.finishedOn)
  const at = new Date(fact.atMs).toISOString()
  if (fact.atMs < finishedMs - TOLERANCE_MS) found(`it was time-stamped at ${at}, before the end that it names`)
  if (fact.atMs > finishedMs + LATE_MS)
    found(`it was time-stamped at ${at}, more than a day after the end that it names`)
  if (isStrict && trust !== null && seal.key !== null) {
    const { signers } = trust
    const { key } = seal
    const asked = { principal: statement.predicate.operator.principal, namespace: SEAL_NAMESPACE }
    const isValidAt = (atMs: number) => whyNotValid(signers, key, { ...asked, atMs }) === null
    if (isValidAt(finishedMs) && !isValidAt(fact.atMs))
      found(`when it was time-stamped, at ${at}, the key was not valid`)
  }
  return { findings, fact }
}
