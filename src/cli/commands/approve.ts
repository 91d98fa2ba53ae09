import { dirname, join } from 'node:path'
import { SignoffError } from '../../model/index.ts'
import { buildApproval, signApproval } from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import { findApprover } from '../approving/approver.ts'
import { askDecision } from '../approving/decision.ts'
import { answerName, findRequest } from '../approving/request.ts'
import { shown } from '../approving/shown.ts'
import { stillAsked } from '../approving/still-asked.ts'
import { refuseSecondAnswer } from '../approving/waiting-answer.ts'
import { replaceIn } from '../inbox/replace-in.ts'
import { answerFile } from '../inbox/requests.ts'
import type { Io } from '../io.ts'
import { findOwnKeys, signerOf } from '../keys/signing-key.ts'
import { readConfig } from '../settings/config.ts'

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
  const target = flags.out ?? join(dirname(path), answerFile(answerName(path), signer.keyid))
  await refuseSecondAnswer(target, checked.request)
  for (const line of shown(found, asked)) io.say(cleanText(line))
  for (const [what, unseen] of [
    ['whether your key may sign this', approver.unseen],
    ['whether the request still stands', asked.unseen],
  ])
    if (unseen != null)
      io.say(cleanText(`Not looked up here: ${what}; ${unseen}. The run does, once your answer comes.`))
  const decided = await askDecision(checked, flags, io)
  const { role } = approver
  const statement = buildApproval(checked.request, {
    approver: approver.principal,
    role,
    ...decided,
    decidedOnMs: io.nowMs(),
  })
  const envelope = await signApproval(statement, signer)
  try {
    await replaceIn(target, `${envelope}\n`)
  } catch (error) {
    throw new SignoffError(
      'USAGE',
      `${target}: the signed answer could not be written: ${error instanceof Error ? error.message : String(error)}`,
      {
        advice: 'name a place of your own by --out FILE and send it; "signoff resume RUN --approval FILE" brings it in',
        cause: error,
      },
    )
  }
  io.say(
    `${decided.decision === 'go' ? 'GO' : 'NO-GO'}${role === null ? '' : ` as ${role}`}, signed by ${signer.principal} (${signer.keyid}): ${target}`,
  )
  return 0
}
