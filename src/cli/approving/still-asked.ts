import type { GateRecord, Operator } from '../../model/index.ts'
import { EMPTY_STATE, evolve, SignoffError } from '../../model/index.ts'
import { readLines } from '../runs/journal-reader.ts'
import { listRuns } from '../runs/transcript-files.ts'
import type { FoundRequest } from './request.ts'

/** What is known of the gate now, and of everybody who has operated the run: from the journal where it is at hand. */
export interface Asked {
  readonly gate: GateRecord
  readonly operators: readonly Operator[]
  /** Why it could not be looked up whether the request still stands; null where it was. */
  readonly unseen: string | null
}

/**
 * Whether a request still stands: its run goes on, its gate is open, and nobody has asked anew since. On another machine, or for
 * another account than the operator's, the journal is not at hand; then the request is all that is known.
 *
 * @throws {SignoffError} `REQUEST_OVER` where it does not.
 */
export async function stillAsked({ checked, workspace, position }: FoundRequest): Promise<Asked> {
  const { request, start, gate } = checked
  const known = { gate, operators: [...checked.state.operators] }
  const files = (await listRuns(workspace.transcripts)).find(({ run }) => run === start.run)
  if (files === undefined) return { ...known, unseen: 'its run is not on this machine' }
  const { seq, leaf } = request.statement.predicate.request
  let state = EMPTY_STATE
  let leafOfAsking: string | null = null
  try {
    for await (const line of readLines(files.journal)) {
      if (line.entry !== null) state = evolve(state, line.entry)
      if (line.seq === seq) leafOfAsking = line.leaf
    }
  } catch (error) {
    if (!(error instanceof SignoffError)) throw error
    return { ...known, unseen: error.message }
  }
  const over = (why: string, advice: string) =>
    new SignoffError('REQUEST_OVER', `nothing was signed: ${why}`, { advice })
  if (leafOfAsking !== leaf)
    throw over(
      `the run ${start.run} here has not asked this`,
      'the file is of another run, or was changed: ask the operator for a new one',
    )
  if (state.result !== null) throw over(`the run ${start.run} has ended, ${state.result}`, 'there is nothing to decide')
  const now = state.gates.get(gate.event.step)
  const status = state.steps.get(gate.event.step)?.status
  if (status?.kind === 'passed' || status?.kind === 'failed')
    throw over(`the gate ${position} is answered: ${status.kind === 'passed' ? 'GO' : 'NO-GO'}`, NEXT)
  if (now === undefined || status?.kind !== 'open-gate')
    throw over(`the gate ${position} is not open any more: the run has gone back to a step before it`, NEXT)
  if (now.request !== seq)
    throw over(
      `the gate ${position} was asked anew since this request was made`,
      `the new one: signoff approve ${start.run} ${position}`,
    )
  return { gate: now, operators: [...state.operators], unseen: null }
}

const NEXT = 'a new request appears when the run asks again'
