import { type RunEvent, type RunState, SignoffError } from '../../model/index.ts'
import { randomToken } from '../../runner/local/index.ts'
import { cleanText } from '../../tui/index.ts'
import { openDesk } from '../desk.ts'
import type { Io } from '../io.ts'
import { handoffSigner } from '../keys/handoff-halves.ts'
import { appendQuietly, readRecorded } from '../runs/quiet-append.ts'
import { findRun } from '../runs/transcript-files.ts'
import { findWorkspace } from '../settings/workspace.ts'

export interface HandoffFlags {
  readonly to?: string
  readonly note?: string
  readonly withdraw?: boolean
  readonly key?: string
}

/**
 * Offers a run to another operator, or withdraws the offer. The run is one that nobody walks: where it is walked the offer is made
 * at that terminal, since it is signed over the journal's last line, and only the process that writes it knows which that will be.
 */
export async function handoff(reference: string, flags: HandoffFlags, io: Io): Promise<number> {
  if ((flags.to === undefined) === (flags.withdraw !== true))
    throw new SignoffError('USAGE', 'say either --to PRINCIPAL or --withdraw')
  const files = await findRun(findWorkspace(io.cwd).transcripts, reference)
  // Who asks is looked at before anything is locked.
  const { state: before } = await readRecorded(files)
  const desk = await openDesk(io.cwd, flags.key ?? null, io)
  checkOffers(before, desk.signer.principal, flags)
  const made = await appendQuietly(
    files,
    desk.signer.principal,
    async ({ state, chain }): Promise<RunEvent> => {
      checkOffers(state, desk.signer.principal, flags)
      if (flags.to === undefined)
        return { kind: 'handoff.withdraw', offer: state.offer?.seq ?? 0, by: desk.signer.principal }
      const { signer, workspace } = desk
      const start = () => state.start
      const port = handoffSigner({ signer, workspace, chain, start, onScreen: () => false, nowMs: io.nowMs })
      const signed = await port.offer(flags.to, flags.note?.trim() || null, randomToken())
      if (!signed.ok) throw new SignoffError('USAGE', `the run was not offered: ${signed.why}`)
      return signed.event
    },
    io,
  ).catch((error: unknown) => {
    throw error instanceof SignoffError && error.code === 'LOCKED' ? offerThere(error) : error
  })
  const event = made?.event
  if (event?.kind === 'handoff.offer') {
    io.say(cleanText(`Run ${files.run} is on offer to ${event.to}, signed by ${event.by} (${event.keyid}).`))
    io.say(`They take it by: signoff accept ${files.run}. Until then you operate it.`)
  } else io.say(`The offer of run ${files.run} is withdrawn.`)
  return 0
}

function checkOffers(state: RunState, principal: string, flags: HandoffFlags): void {
  const operator = state.operator?.principal ?? ''
  const refuse = (why: string): never => {
    throw new SignoffError('USAGE', `the run was not offered: ${why}`)
  }
  if (state.result !== null) refuse(`it has ended, ${state.result}`)
  if (operator !== principal) refuse(`${operator} operates it, and you are ${principal}`)
  if (flags.to === principal) refuse('you operate it already')
  if (flags.withdraw === true && state.offer === null) refuse('it is on offer to nobody')
}

function offerThere(error: SignoffError): SignoffError {
  return new SignoffError('LOCKED', error.message, {
    cause: error,
    advice: 'offer it at the terminal where it is walked: key h, or the word handover; or pause it there first',
  })
}
