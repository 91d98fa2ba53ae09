import { createHash } from 'node:crypto'
import { type EventOf, type RunState, SignoffError } from '../../model/index.ts'
import type { AcceptanceVerdict, HandoffSigner } from '../../runner/index.ts'
import { runSshKeygen } from '../../runner/local/index.ts'
import {
  APPROVAL_NAMESPACE,
  buildHandoff,
  type Chain,
  checkHandoff,
  type HandoffContext,
  mayEverSign,
  type Namespace,
  principalsOf,
  readAllowedSigners,
  SEAL_NAMESPACE,
  type Signer,
  signApproval,
  type Trust,
} from '../../transcript/index.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import type { Workspace } from '../settings/workspace.ts'
import { readRevocations } from './revoked-file.ts'
import { whyUnsound } from './sound-key.ts'

/** What both halves of a hand-over are made and judged from. */
export interface HandoffDesk {
  readonly signer: Signer
  readonly workspace: Workspace
  readonly chain: Pick<Chain, 'lines' | 'head' | 'leaf'>
  readonly start: () => EventOf<'run.start'> | null
  /** True while a full screen has the terminal: nothing else may ask there. */
  readonly onScreen: () => boolean
  readonly nowMs: () => number
}

/** Signs offers with the operator's key, over the journal's last line as it is at that moment. */
export function handoffSigner(desk: HandoffDesk): HandoffSigner {
  return {
    async offer(to, note, challenge) {
      const { signer, chain, workspace } = desk
      const start = desk.start()
      if (start === null) return { ok: false, why: 'the run has not begun' }
      if (signer.mayAsk === true && desk.onScreen())
        return {
          ok: false,
          why: `your key may ask for a passphrase, which has no place on this screen: pause, then signoff handoff ${start.run} --to ${to}`,
        }
      const signersText = (await readIfThere(workspace.signers)) ?? ''
      const asked = { signer, namespace: APPROVAL_NAMESPACE, workspace, signersText, nowMs: desk.nowMs() } as const
      const why = whyNoOffer(signersText, signer, to, workspace.signers) ?? (await whyUnsound(asked))
      if (why !== null) return { ok: false, why }
      const request = { seq: chain.lines - 1, leaf: chain.head, challenge }
      const context: HandoffContext = { start, decision: 'handoff-offer', request, to, by: signer.principal }
      try {
        const envelope = await signApproval(buildHandoff(context, desk.nowMs()), signer)
        const { principal: by, keyid } = signer
        return { ok: true, event: { kind: 'handoff.offer', to, note, challenge, by, keyid, envelope } }
      } catch (error) {
        if (!(error instanceof SignoffError)) throw error
        return { ok: false, why: error.message }
      }
    },
  }
}

/** An offer that could not be taken, or after which nobody could seal, is not made. */
function whyNoOffer(signersText: string, signer: Signer, to: string, path: string): string | null {
  const signers = readAllowedSigners(signersText)
  if (!principalsOf(signers, signer.publicKey, APPROVAL_NAMESPACE).includes(signer.principal))
    return `a hand-over is signed for ${APPROVAL_NAMESPACE}, and ${path} does not give it to the key of ${signer.principal}`
  const due: Namespace[] = [APPROVAL_NAMESPACE, SEAL_NAMESPACE]
  const lacking = due.filter(namespace => !mayEverSign(signers, to, namespace))
  if (lacking.length === 0) return null
  return `${path} names no key of ${to} for ${lacking.join(' and ')}: they could not ${lacking.includes(APPROVAL_NAMESPACE) ? 'accept' : 'seal'}`
}

/** What the acceptance of an offer must be bound to. */
export function acceptanceContext(
  start: EventOf<'run.start'>,
  offer: NonNullable<RunState['offer']>,
  chain: Pick<Chain, 'leaf'>,
): HandoffContext {
  const { to, challenge, keyid } = offer.event
  const request = { seq: offer.seq, leaf: chain.leaf(offer.seq) ?? '', challenge }
  return { start, decision: 'handoff-accept', request, to, by: to, offeredBy: keyid }
}

/** Holds a signed acceptance against the offer that stands: it counts, or is refused with the reason that is recorded. */
export async function judgeAcceptance(
  state: RunState,
  untrustedEnvelope: string,
  desk: Omit<HandoffDesk, 'signer' | 'start' | 'onScreen'>,
): Promise<AcceptanceVerdict & { readonly detail: string }> {
  const sha256 = createHash('sha256').update(untrustedEnvelope).digest('hex')
  const refused = (why: EventOf<'approval.refused'>['why'], detail: string) => {
    const event = { kind: 'approval.refused', request: state.offer?.seq ?? 0, sha256, why } as const
    return { kind: 'refused', event, detail } as const
  }
  if (state.start === null || state.offer === null) return refused('stale', 'the run is on offer to nobody')
  const context = acceptanceContext(state.start, state.offer, desk.chain)
  const answer = await checkHandoff(untrustedEnvelope, context, await trustOf(desk.workspace), desk.nowMs())
  if (!answer.ok) return refused(answer.why, answer.detail)
  const { keyid } = answer
  const event = {
    kind: 'handoff.accept',
    offer: state.offer.seq,
    by: context.by,
    keyid,
    envelope: untrustedEnvelope,
  } as const
  return { kind: 'counts', event, detail: '' }
}

export async function trustOf(workspace: Workspace): Promise<Trust> {
  const signersText = (await readIfThere(workspace.signers)) ?? ''
  return {
    signers: readAllowedSigners(signersText),
    signersText,
    revoked: await readRevocations(workspace),
    sshKeygen: runSshKeygen,
  }
}
