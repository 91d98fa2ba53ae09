import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { EventOf } from '../../model/index.ts'
import { deviationsOf, deviationText, SignoffError } from '../../model/index.ts'
import {
  APPROVAL_NAMESPACE,
  buildApproval,
  type CheckedRequest,
  readApprovalRequest,
  signApproval,
} from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import { readConfig } from '../config.ts'
import type { Io } from '../io.ts'
import { readIfThere } from '../read-if-there.ts'
import { requestName } from '../requests.ts'
import { findSigner } from '../signing-key.ts'
import { findRun } from '../transcript-files.ts'
import { findWorkspace } from '../workspace.ts'

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
 * decided on, and what was shown is what is signed.
 */
export async function approve(reference: string, gate: string | null, flags: ApproveFlags, io: Io): Promise<number> {
  if (flags.go === true && flags.noGo === true) throw new SignoffError('USAGE', '--go and --no-go exclude each other')
  const path = await requestPath(reference, gate, io)
  const checked = await readApprovalRequest(await readFile(path, 'utf8'))
  const workspace = findWorkspace(io.cwd)
  const config = await readConfig(workspace, io.environment)
  const sources = { flag: flags.key ?? null, environment: io.environment, config, folder: io.cwd }
  const signersText = await readIfThere(workspace.signers)
  const said = signersText === null ? sayWho(checked, flags, config.principal) : (flags.principal ?? null)
  const signer = await findSigner(sources, signersText, workspace.signers, APPROVAL_NAMESPACE, said)
  for (const line of shown(checked)) io.say(cleanText(line))
  const decision = flags.noGo === true ? 'no-go' : flags.go === true ? 'go' : await askDecision(checked, io)
  const role = roleFor(checked.gate.event.need, checked, signer.principal, flags.role ?? null)
  const statement = buildApproval(checked.request, {
    approver: signer.principal,
    role,
    decision,
    reason: flags.reason ?? null,
    decidedOnMs: io.nowMs(),
  })
  const envelope = await signApproval(statement, signer)
  const target =
    flags.out ??
    join(dirname(path), `${answerName(path)}.${signer.keyid.replace(/[^A-Za-z0-9]/g, '').slice(6, 18)}.approval.json`)
  try {
    await writeFile(`${target}.new`, `${envelope}\n`, { mode: 0o640 })
    await rename(`${target}.new`, target)
  } catch (error) {
    throw new SignoffError('USAGE', `${target}: the signed answer could not be written: ${messageOf(error)}`, {
      advice: 'name a place of your own by --out FILE and send it; "signoff resume RUN --approval FILE" brings it in',
      cause: error,
    })
  }
  io.say(
    `${decision === 'go' ? 'GO' : 'NO-GO'}${role === null ? '' : ` as ${role}`}, signed by ${signer.principal} (${signer.keyid}): ${target}`,
  )
  return 0
}

/** Away from the repository there is no signers file: the approver is who they say, or the only one the gate asks for. */
function sayWho(checked: CheckedRequest, flags: ApproveFlags, configured: string | null): string {
  const need = checked.gate.event.need.filter(({ role }) => flags.role === undefined || role === flags.role)
  const asked = [...new Set(need.flatMap(({ from }) => from ?? []))]
  const only = asked.length === 1 ? asked[0] : undefined
  const who = flags.principal ?? configured ?? only
  if (who !== undefined) return who
  throw new SignoffError('USAGE', 'there is no signers file here that says who you are', {
    advice: `say --principal NAME${asked.length === 0 ? '' : `, one of ${asked.join(', ')}`}`,
  })
}

async function requestPath(reference: string, gate: string | null, io: Io): Promise<string> {
  const isFile = await stat(reference).then(
    info => info.isFile(),
    () => false,
  )
  if (isFile) return reference
  const workspace = findWorkspace(io.cwd)
  const files = await findRun(workspace.transcripts, reference)
  const folder = join(workspace.inbox, files.run)
  const { readdir } = await import('node:fs/promises')
  const requests = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.request.json'))
  const fitting =
    gate === null
      ? requests
      : requests.filter(
          name => name === `${requestName(gate)}.request.json` || name.startsWith(`${requestName(gate)}.`),
        )
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return join(folder, only)
  throw new SignoffError(
    'USAGE',
    `${gate === null ? 'no gate, or more than one,' : `no gate ${gate}`} of run ${files.run} asks for approval in ${folder}`,
    {
      advice:
        requests.length === 0
          ? 'a request appears there when the run reaches a gate'
          : `there are: ${requests.join(', ')}`,
    },
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function answerName(path: string): string {
  return (path.split('/').at(-1) ?? 'gate').replace(/\.request\.json$/, '').replace(/[^\w.-]/g, '_')
}

function shown({ start, gate, state }: CheckedRequest): string[] {
  const deviations = deviationsOf(state)
  return [
    gate.event.ask,
    `Release ${start.release}, run ${start.run}, operated by ${state.operator?.principal ?? '?'}`,
    `Runbook ${start.runbook.path}, sha256 ${start.runbook.sha256}`,
    ...(start.git?.commit == null
      ? []
      : [`Commit ${start.git.commit}${start.git.dirty ? ', with uncommitted changes' : ''}`]),
    ...(gate.event.criteria.length === 0
      ? ['Criteria: none']
      : ['Criteria:', ...gate.event.criteria.map(criterionLine)]),
    ...(deviations.length === 0
      ? ['No deviation so far']
      : ['Deviations so far:', ...deviations.map(one => `  ${deviationText(one)}`)]),
    ...gate.approvals.map(({ event }) => `${event.principal} said ${event.decision.toUpperCase()}`),
  ]
}

function criterionLine(check: EventOf<'approval.request'>['criteria'][number]): string {
  const unit = check.unit === null ? '' : ` ${check.unit}`
  const seen =
    check.op === 'confirmed' ? (check.got ?? 'open') : `${check.got ?? '?'}${unit} (${check.op} ${check.want}${unit})`
  return `  ${check.ok ? 'met    ' : 'NOT met'} ${check.name}: ${seen}`
}

async function askDecision(checked: CheckedRequest, io: Io): Promise<'go'> {
  const phrase = checked.start.env === null ? checked.start.release : `${checked.start.env} ${checked.start.release}`
  if (!io.interactive) throw new SignoffError('USAGE', 'nobody is at the terminal: say --go, or --no-go --reason TEXT')
  const typed = await io.ask(`Type  ${phrase}  and press Enter to sign a GO. Empty Enter: nothing is signed.\n> `)
  if (typed.trim() !== phrase)
    throw new SignoffError('USAGE', 'nothing was signed', { advice: 'a NO-GO is said by --no-go --reason TEXT' })
  return 'go'
}

/** The role one decides for: the one asked for, else the first open one that names this person, else one that is open to anybody. */
function roleFor(
  need: EventOf<'approval.request'>['need'],
  checked: CheckedRequest,
  principal: string,
  asked: string | null,
): string | null {
  if (asked !== null) return asked
  const given = new Set(checked.gate.approvals.map(({ event }) => event.role))
  const open = need.filter(({ role }) => role === null || !given.has(role))
  const mine = open.find(({ from }) => from?.includes(principal)) ?? open.find(({ from }) => from === null)
  return mine?.role ?? need.find(({ from }) => from?.includes(principal))?.role ?? null
}
