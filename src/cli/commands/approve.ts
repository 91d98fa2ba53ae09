import { SignoffError } from '../../model/index.ts'
import { buildApproval, signApproval } from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import { type AnswerPlace, placeOfAnswer } from '../approving/answer-place.ts'
import { type Approver, findApprover } from '../approving/approver.ts'
import { refuseAsTheRunDoes } from '../approving/as-the-run-does.ts'
import { askDecision } from '../approving/decision.ts'
import { findRequest } from '../approving/request.ts'
import { shown } from '../approving/shown.ts'
import { type Asked, stillAsked } from '../approving/still-asked.ts'
import { addIn } from '../inbox/replace-in.ts'
import type { Io } from '../io.ts'
import { findOwnKeys, signerOf } from '../keys/signing-key.ts'
import { readConfig } from '../settings/config.ts'
import type { Workspace } from '../settings/workspace.ts'

export interface ApproveFlags {
  readonly go?: boolean
  readonly noGo?: boolean
  readonly reason?: string
  readonly role?: string
  readonly principal?: string
  readonly key?: string
  readonly out?: string
}

/**
 * Signs a decision about an open gate with the approver's own key, from the request file alone: it shows what is
 * decided on, and what was shown is what is signed. What the run would refuse is not signed, as far as it can be known here;
 * what cannot is said.
 */
export async function approve(reference: string, gate: string | null, flags: ApproveFlags, io: Io): Promise<number> {
  if (flags.go === true && flags.noGo === true) throw new SignoffError('USAGE', '--go and --no-go exclude each other')
  const found = await findRequest(reference, gate, io.cwd)
  const { checked, path, workspace } = found
  const config = await readConfig(workspace, io.environment)
  const { keys } = await findOwnKeys({ flag: flags.key ?? null, environment: io.environment, config, folder: io.cwd })
  const asked = await stillAsked(found)
  const approver = await findApprover(
    asked,
    {
      keys,
      principal: flags.principal ?? null,
      configured: config.principal,
      role: flags.role ?? null,
    },
    workspace,
    io.nowMs(),
  )
  const signer = await signerOf(approver.key, approver.principal)
  const place = await placeOfAnswer(path, checked.request, signer.keyid, flags.out ?? null)
  for (const line of shown(found, asked)) io.say(cleanText(line))
  for (const line of remarks(approver, asked, place, workspace)) io.say(cleanText(line))
  const decided = await askDecision(checked, flags, io)
  // Whoever was asked took their time, and the run may have gone on meanwhile.
  const now = await stillAsked(found)
  const { role, signersText } = approver
  const statement = buildApproval(checked.request, {
    approver: approver.principal,
    role,
    ...decided,
    decidedOnMs: io.nowMs(),
  })
  const envelope = await signApproval(statement, signer)
  if (signersText !== null) await refuseAsTheRunDoes(envelope, found, now, signersText, io.nowMs())
  await handOn(envelope, place.path)
  io.say(
    `${decided.decision === 'go' ? 'GO' : 'NO-GO'}${role === null ? '' : ` as ${role}`}, signed by ${signer.principal} (${signer.keyid}): ${place.path}`,
  )
  return 0
}

/** What the approver must know besides what is decided on. */
function remarks(approver: Approver, asked: Asked, { strange }: AnswerPlace, { signers }: Workspace): string[] {
  const unseen = [
    ['whether your key may sign this', approver.signersText === null ? `there is no ${signers}` : null],
    ['whether the request still stands', asked.unseen],
  ]
  return [
    ...strange.map(line => `No answer of yours to this request: ${line}.`),
    ...(approver.sharedWith === null
      ? []
      : [
          `${signers} gives your key to ${approver.sharedWith} as well, who operates this run; you decide as ${approver.principal}.`,
        ]),
    ...unseen.flatMap(([what, why]) =>
      why == null ? [] : [`Not looked up here: ${what}; ${why}. The run does, once your answer comes.`],
    ),
  ]
}

async function handOn(envelope: string, path: string): Promise<void> {
  try {
    await addIn(path, `${envelope}\n`)
  } catch (error) {
    throw new SignoffError(
      'USAGE',
      `${path}: the signed answer could not be written: ${error instanceof Error ? error.message : String(error)}`,
      {
        advice: 'name a place of your own by --out FILE and send it; "signoff resume RUN --approval FILE" brings it in',
        cause: error,
      },
    )
  }
}
