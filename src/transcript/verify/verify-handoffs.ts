import type { EventOf, RunEvent, RunState } from '../../model/index.ts'
import type { ScannedLine } from '../journal/scanned-line.ts'
import { checkHandoff, type HandoffContext } from '../statements/handoff.ts'
import type { Trust } from '../statements/signature-check.ts'
import type { Finding } from './verify-report.ts'

export interface HandoffCheck {
  /** Takes every line, with the run as it stood before it. */
  add(line: ScannedLine, before: RunState): void
  finish(trust: Trust | null, atMs: number): Promise<Finding[]>
}

interface Half {
  readonly seq: number
  readonly keyid: string
  readonly envelope: string
  /** Null where an acceptance names no open offer. */
  readonly context: HandoffContext | null
}

/** Hand-offs: an offer by the operator, an acceptance by the one it is made to, each bound to the line before it. */
export function createHandoffCheck(): HandoffCheck {
  const halves: Half[] = []
  const findings: Finding[] = []
  /** Leaves of the lines that stood last before each of those that a process has begun with. */
  let found: readonly string[] = []
  let offer: { readonly seq: number; readonly leaf: string; readonly event: EventOf<'handoff.offer'> } | null = null
  return {
    add({ seq, leaf, prev, entry }, before) {
      const event = entry?.event
      const start = before.start
      if (event === undefined || start === null) return
      const wrong = wrongChange(event, before)
      if (wrong !== null) findings.push({ check: 'hand-offs', exit: 6, message: wrong, line: seq + 1 })
      if ('head' in event && event.head !== prev && !found.includes(event.head))
        findings.push({
          check: 'hand-offs',
          exit: 6,
          message: 'it goes on behind another line than it says',
          line: seq + 1,
        })
      found = OPENING.has(event.kind) ? [...found, prev].slice(-OPENING.size) : []
      if (event.kind === 'handoff.offer') {
        const byOperator = before.operator?.principal === event.by && before.operator.keyid === event.keyid
        const request = { seq: seq - 1, leaf: prev, challenge: event.challenge }
        const context: HandoffContext = { start, decision: 'handoff-offer', request, to: event.to, by: event.by }
        halves.push({ seq, keyid: event.keyid, envelope: event.envelope, context: byOperator ? context : null })
        offer = { seq, leaf, event }
      }
      if (event.kind === 'handoff.withdraw' && offer?.seq === event.offer) offer = null
      if (event.kind === 'handoff.accept') {
        // An offer binds whoever operated the run then: after another operator, or a later offer, it is nobody's to take.
        const stands = offer !== null && before.operator?.principal === offer.event.by
        const fits = stands && offer !== null && offer.seq === event.offer && offer.event.to === event.by
        const context: HandoffContext | null =
          fits && offer !== null
            ? {
                start,
                decision: 'handoff-accept',
                request: { seq: offer.seq, leaf: offer.leaf, challenge: offer.event.challenge },
                to: event.by,
                by: event.by,
                offeredBy: offer.event.keyid,
              }
            : null
        halves.push({ seq, keyid: event.keyid, envelope: event.envelope, context })
        offer = null
      }
    },
    async finish(trust, atMs) {
      for (const { seq, keyid, envelope, context } of halves) {
        const found = (exit: 5 | 6, message: string) =>
          findings.push({ check: 'hand-offs', exit, message: `the hand-off: ${message}`, line: seq + 1 })
        if (context === null) found(6, 'it is not by the operator, or to nobody who was asked')
        else if (trust === null) found(5, 'no signers file to judge it by')
        else {
          const answer = await checkHandoff(envelope, context, trust, atMs)
          if (!answer.ok) found(answer.exit, answer.detail)
          else if (answer.keyid !== keyid) found(6, 'the line names another key than the one that signed')
        }
      }
      return findings
    },
  }
}

/** What stands before the `run.resume` of a process that goes on: both name the line that it found last. */
const OPENING: ReadonlySet<string> = new Set(['run.plan', 'writer.changed'])

/** An operator changes by a hand-over that both signed, or for a reason that stands in the record: not by going on with the run. */
function wrongChange(event: RunEvent, before: RunState): string | null {
  const was = before.operator?.principal
  if (event.kind === 'run.resume' && event.operator.principal !== was)
    return `${event.operator.principal} goes on in the place of ${was ?? 'nobody'}, without a hand-over or a reason`
  if (event.kind !== 'writer.changed') return null
  if (event.reason.trim() === '') return `${event.to.principal} has taken the run over without a reason`
  return event.from.principal === was
    ? null
    : `the run is taken from ${event.from.principal}, and ${was ?? 'nobody'} operated it`
}
