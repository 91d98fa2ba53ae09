import { type Entry, type EventOf, fold, type GateRecord, type RunState, SignoffError } from '../../model/index.ts'
import { encode } from '../encoding/canonical.ts'
import { readJournal } from '../journal/read-journal.ts'
import { APPROVAL_TYPE, type ApprovalRequest, ApprovalRequestSchema, approvalSubjects } from './approval-statement.ts'
import { STATEMENT_TYPE } from './seal-statement.ts'

/** The request file of an open gate, JSON with a final LF, from the journal's bytes so far. Its head is the last whole line. */
export async function buildApprovalRequest(journal: Uint8Array, step: string): Promise<string> {
  const { entries, chain } = await readJournal(journal)
  const state = fold(entries)
  const gate = state.gates.get(step)
  if (state.start === null || gate === undefined)
    throw new SignoffError('USAGE', `no approval was asked for step ${step}`)
  const statement: ApprovalRequest['statement'] = {
    _type: STATEMENT_TYPE,
    subject: approvalSubjects(state.start),
    predicateType: APPROVAL_TYPE,
    predicate: {
      run: state.start.run,
      release: state.start.release,
      step,
      request: {
        seq: gate.request,
        leaf: chain.leaf(gate.request) ?? '',
        challenge: gate.event.challenge,
      },
      head: { seq: chain.lines - 1, leaf: chain.head },
      meaning: gate.event.ask,
    },
  }
  const lines = Buffer.from(journal).toString('latin1').split('\n').slice(0, chain.lines)
  return `${encode({ schema: 'signoff.approval-request/1', statement, lines })}\n`
}

/** What an approver's tool shows: all of it comes from the lines, which were checked against the statement. */
export interface CheckedRequest {
  readonly request: ApprovalRequest
  readonly start: EventOf<'run.start'>
  readonly gate: GateRecord
  readonly state: RunState
  readonly entries: readonly Entry[]
}

/**
 * Reads a request file that came from anywhere: the chain holds, and the statement says what the lines say.
 * @throws {SignoffError} `JOURNAL_INVALID` where it does not: sign nothing.
 */
export async function readApprovalRequest(untrustedText: string): Promise<CheckedRequest> {
  const request = parse(untrustedText)
  const { entries, chain, torn } = await readJournal(Buffer.from(request.lines.map(line => `${line}\n`).join('')))
  const state = fold(entries)
  const { predicate, subject } = request.statement
  const gate = predicate.step === null ? undefined : state.gates.get(predicate.step)
  const start = state.start
  if (torn !== null || start === null || gate === undefined) throw refuse('its lines do not ask for this approval')
  const due = {
    run: start.run,
    release: start.release,
    step: gate.event.step,
    request: { seq: gate.request, leaf: chain.leaf(gate.request), challenge: gate.event.challenge },
    head: { seq: chain.lines - 1, leaf: chain.head },
    meaning: gate.event.ask,
  }
  if (encode(due) !== encode(predicate)) throw refuse('it asks for something else than its lines do')
  if (encode(subject) !== encode(approvalSubjects(start))) throw refuse('its subject is not the runbook of its lines')
  return { request, start, gate, state, entries }
}

function parse(text: string): ApprovalRequest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refuse('it is not JSON', cause)
  }
  const parsed = ApprovalRequestSchema.safeParse(value)
  if (!parsed.success) throw refuse('it is no request of version 1', parsed.error)
  return parsed.data
}

function refuse(why: string, cause?: unknown): SignoffError {
  return new SignoffError('JOURNAL_INVALID', `the approval request cannot be trusted: ${why}`, {
    cause,
    advice: 'ask the operator for a new request file; sign nothing',
  })
}
