import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { countSteps, type EventOf, type RunState, SignoffError } from '../../model/index.ts'
import {
  APPROVAL_NAMESPACE,
  buildHandoff,
  checkHandoff,
  type HandoffContext,
  type Signer,
  signApproval,
} from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import { makeInboxFolder } from '../inbox/inbox-folder.ts'
import { addIn } from '../inbox/replace-in.ts'
import { answerFile } from '../inbox/requests.ts'
import type { Io } from '../io.ts'
import { acceptanceContext, judgeAcceptance, trustOf } from '../keys/handoff-halves.ts'
import { findSigner } from '../keys/signing-key.ts'
import { refuseUnsoundKey } from '../keys/sound-key.ts'
import { readGrowing } from '../runs/journal-reader.ts'
import { appendQuietly, type RecordedLines, readRecorded } from '../runs/quiet-append.ts'
import { holderOf } from '../runs/run-locks.ts'
import { findRun, type RunFiles } from '../runs/transcript-files.ts'
import { readConfig } from '../settings/config.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { findWorkspace, stateFolder, type Workspace } from '../settings/workspace.ts'

export interface AcceptFlags {
  readonly key?: string
}

const LOOK_MS = 200
/** How long the process that walks the run is given to take an acceptance in. */
const TAKEN_WITHIN_MS = 15_000

/** A signed acceptance on its way into the journal. */
interface Acceptance {
  readonly files: RunFiles
  readonly envelope: string
  readonly signer: Signer
  readonly workspace: Workspace
}

/** Takes a run that is on offer, with a key of one's own: from then on whoever signs here operates it. */
export async function accept(reference: string, flags: AcceptFlags, io: Io): Promise<number> {
  const workspace = findWorkspace(io.cwd)
  const files = await findRun(workspace.transcripts, reference)
  const recorded = await readRecorded(files)
  const config = await readConfig(workspace, io.environment)
  const sources = { flag: flags.key ?? null, environment: io.environment, config, folder: io.cwd }
  const signersText = await readIfThere(workspace.signers)
  const signer = await findSigner(sources, signersText, workspace.signers, APPROVAL_NAMESPACE)
  await refuseUnsoundKey({ signer, namespace: APPROVAL_NAMESPACE, workspace, signersText, nowMs: io.nowMs() })
  const offer = offerFor(recorded.state, signer)
  await checkOffer(recorded, offer, workspace)
  for (const line of shown(recorded.state, offer)) io.say(cleanText(line))
  if (io.interactive && !(await io.confirm('Sign, and operate this run from now on?'))) {
    io.say('Nothing was signed.')
    return 0
  }
  const signed = { files, signer, workspace, envelope: await signAcceptance(recorded, offer, signer, io) }
  if (holderOf(stateFolder(io.environment, files.run), files) === null) await acceptQuietly(signed, io)
  else await acceptThere(signed, io)
  io.say(`You operate run ${files.run} now. Go on: signoff resume ${files.run}`)
  return 0
}

function offerFor(state: RunState, signer: Signer): NonNullable<RunState['offer']> {
  const refuse = (why: string, advice?: string): never => {
    throw new SignoffError('USAGE', `not accepted: ${why}`, advice === undefined ? {} : { advice })
  }
  const { offer, operator } = state
  if (state.result !== null) return refuse(`the run has ended, ${state.result}`)
  if (offer === null)
    return refuse(
      'the run is on offer to nobody',
      `${operator?.principal ?? 'its operator'} offers it by "signoff handoff"`,
    )
  if (offer.event.to !== signer.principal)
    return refuse(`it is on offer to ${offer.event.to}, and you are ${signer.principal}`)
  if (offer.event.keyid === signer.keyid) return refuse('that is the key which made the offer; it takes another person')
  return offer
}

/** An offer is believed by its signature, not by the line that holds it. */
async function checkOffer(
  { state, chain }: RecordedLines,
  { seq, event }: NonNullable<RunState['offer']>,
  workspace: Workspace,
): Promise<void> {
  if (state.start === null) return
  const request = { seq: seq - 1, leaf: chain.leaf(seq - 1) ?? '', challenge: event.challenge }
  const context: HandoffContext = { start: state.start, decision: 'handoff-offer', request, to: event.to, by: event.by }
  const answer = await checkHandoff(event.envelope, context, await trustOf(workspace), state.lastAtMs)
  if (!answer.ok || answer.keyid !== event.keyid)
    throw new SignoffError(
      'JOURNAL_INVALID',
      `the offer in the journal cannot be trusted: ${answer.ok ? 'another key signed it' : answer.detail}`,
      { advice: 'sign nothing; ask whoever offered the run' },
    )
}

function shown(state: RunState, { event }: NonNullable<RunState['offer']>): string[] {
  const { start } = state
  const counts = countSteps(state)
  return [
    `Run ${start?.run ?? ''}, release ${start?.release ?? ''}, runbook ${start?.runbook.path ?? ''}`,
    `Offered to ${event.to} by ${event.by}${event.note === null ? '' : `: ${event.note}`}`,
    `${counts.passed} passed, ${counts.skipped} skipped, ${counts.failed} failed, ${counts.unknown} of unknown outcome, ${counts.open} open`,
  ]
}

async function signAcceptance(
  { state, chain }: RecordedLines,
  offer: NonNullable<RunState['offer']>,
  signer: Signer,
  io: Io,
): Promise<string> {
  if (state.start === null) throw new SignoffError('JOURNAL_INVALID', 'the journal has no first line')
  return signApproval(buildHandoff(acceptanceContext(state.start, offer, chain), io.nowMs()), signer)
}

/** Nobody walks the run: its new operator writes the line. */
async function acceptQuietly({ files, envelope, signer, workspace }: Acceptance, io: Io): Promise<void> {
  await appendQuietly(
    files,
    signer.principal,
    async ({ state, chain }): Promise<EventOf<'handoff.accept'>> => {
      const verdict = await judgeAcceptance(state, envelope, { workspace, chain, nowMs: io.nowMs })
      if (verdict.kind === 'counts') return verdict.event
      throw new SignoffError('USAGE', `not accepted: ${verdict.detail}`)
    },
    io,
  )
}

/** The process that walks the run writes the line: it finds the acceptance in the inbox, as it finds approvals. */
async function acceptThere({ files, envelope, signer, workspace }: Acceptance, io: Io): Promise<void> {
  const folder = join(workspace.inbox, files.run)
  // A name of its own: what lies there stays, whoever has put it there.
  const path = join(folder, answerFile(`handover-${randomBytes(4).toString('hex')}`, signer.keyid))
  try {
    await makeInboxFolder(folder)
    await addIn(path, `${envelope}\n`)
  } catch (error) {
    throw new SignoffError(
      'STATE_UNWRITABLE',
      `the acceptance could not be put into the inbox: ${error instanceof Error ? error.message : String(error)}`,
      {
        advice: 'the run is still operated by whoever offered it; "signoff accept" again, once it is mended',
        cause: error,
      },
    )
  }
  const answer = await answerIn(files, envelope, io)
  if (answer === 'accepted') return
  if (answer !== null) throw new SignoffError('USAGE', `not accepted: refused as ${answer}`)
  throw new SignoffError('LOCKED', `the process that walks the run has not taken the acceptance: it lies in ${path}`, {
    advice: 'it counts as soon as that process, or "signoff resume" by the present operator, takes it',
  })
}

/** What the journal comes to say of an acceptance; null if it says nothing for long. */
async function answerIn(files: RunFiles, envelope: string, io: Io): Promise<string | null> {
  const sha256 = createHash('sha256').update(envelope).digest('hex')
  const deadline = io.nowMs() + TAKEN_WITHIN_MS
  let answer: string | null = null
  await readGrowing(
    files.journal,
    ({ entry }) => {
      const event = entry?.event
      if (event?.kind === 'handoff.accept' && event.envelope === envelope) answer = 'accepted'
      if (event?.kind === 'approval.refused' && event.sha256 === sha256) answer = event.why
    },
    async () => {
      if (answer !== null || io.nowMs() > deadline) return false
      await sleep(LOOK_MS)
      return true
    },
  )
  return answer
}
