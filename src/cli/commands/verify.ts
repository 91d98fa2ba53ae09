import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { SignoffError } from '../../model/index.ts'
import { gitConfig, runSshKeygen } from '../../runner/local/index.ts'
import { type VerifyInput, type VerifyReport, verifyTranscript } from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import { readConfig } from '../config.ts'
import type { Io } from '../io.ts'
import { readRunbook } from '../read-runbook.ts'
import { count } from '../render/plan-text.ts'
import { holderOf } from '../run-locks.ts'
import { findRun, type RunFiles, readIfThere, unescapeRelease } from '../transcript-files.ts'
import { findWorkspace, stateFolder } from '../workspace.ts'

export interface VerifyFlags {
  readonly signers?: string
  readonly runbook?: string
  readonly release?: string
  readonly commit?: string
  readonly requirePassed?: boolean
  readonly requireApprovals?: number
  readonly json?: boolean
}

/** Checks one transcript and says everything that was found. The exit code is the verdict. */
export async function verify(reference: string, flags: VerifyFlags, io: Io): Promise<number> {
  const report = await verifyFiles(await filesOf(reference, io), flags, io)
  if (flags.json) io.write(`${JSON.stringify(report, null, 2)}\n`)
  else for (const line of reportLines(report)) io.write(`${line}\n`)
  return report.exitCode
}

/** Where the transcript lies: a path as given, else a run of this repository. */
export async function filesOf(reference: string, io: Io): Promise<RunFiles> {
  return findRun(findWorkspace(io.cwd).transcripts, reference)
}

export async function verifyFiles(files: RunFiles, flags: VerifyFlags, io: Io): Promise<VerifyReport> {
  return verifyTranscript(await verifyInputOf(files, flags, io))
}

/** What is verified, by what: whoever uses it afterwards uses the very texts that were looked at. */
export async function verifyInputOf(files: RunFiles, flags: VerifyFlags, io: Io): Promise<VerifyInput> {
  const journal = await plainFile(files.journal)
  const workspace = findWorkspace(io.cwd)
  const config = await readConfig(workspace, io.environment)
  const run = basename(resolve(files.folder))
  return {
    journal: journal ? createReadStream(files.journal) : null,
    bundle: (await plainFile(files.bundle)) ? await readFile(files.bundle, 'utf8') : null,
    signers: await signersOf(flags.signers ?? null, workspace.signers, io),
    revoked: await readFile(workspace.revoked).catch((error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' || error.code === 'ENOTDIR' ? null : ('unreadable' as const),
    ),
    expectations: {
      ...expectedByFolder(files),
      ...(flags.release === undefined ? {} : { release: flags.release }),
      ...(flags.commit === undefined ? {} : { commit: flags.commit }),
      ...(flags.runbook === undefined ? {} : { runbookSha256: sha256(await readRunbook(flags.runbook)) }),
    },
    policy: {
      requirePassed: flags.requirePassed === true,
      ...(flags.requireApprovals === undefined ? {} : { requireApprovals: flags.requireApprovals }),
      roles: config.roles,
    },
    lockHeld: holderOf(stateFolder(io.environment, run), files) !== null,
    planOf: async (text, path) => (await import('../demanded-plan.ts')).demandedPlan(text, path),
    sshKeygen: runSshKeygen,
  }
}

/** The signers that the reader trusts: named, or of the working directory's repository; never beside the transcript. */
async function signersOf(flag: string | null, ofRepository: string, io: Io) {
  const named =
    flag ??
    ((await readIfThere(ofRepository)) === null ? await gitConfig(io.cwd, 'gpg.ssh.allowedSignersFile') : ofRepository)
  if (named === null) return null
  const text = await readIfThere(named)
  if (text === null)
    throw new SignoffError('USAGE', `${named}: no such signers file`, { advice: 'name one by --signers FILE' })
  return { name: named, text }
}

/** A regular file that is there; a link or anything else is not followed. */
async function plainFile(path: string): Promise<boolean> {
  const info = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw new SignoffError('TRANSCRIPT_UNREADABLE', `${path}: ${error.message}`, { cause: error })
  })
  if (info === null) return false
  if (!info.isFile())
    throw new SignoffError('TRANSCRIPT_UNREADABLE', `${path}: is no regular file; links are not followed`)
  return true
}

/** Inside a transcripts folder its names say which run and release it must be; a copy elsewhere may have any name. */
function expectedByFolder(files: RunFiles): { folderName?: string; release?: string } {
  const folder = resolve(files.folder)
  if (basename(dirname(dirname(folder))) !== 'transcripts') return {}
  return { folderName: basename(folder), release: unescapeRelease(basename(dirname(folder))) }
}

export function reportLines(report: VerifyReport): string[] {
  const { run, seal } = report
  const lines = [
    `${report.status.toUpperCase()}${run === null ? '' : `: ${run.runbook.path}, release ${run.release}, run ${run.run}, ${run.result ?? 'not ended'}`}`,
  ]
  if (seal !== null)
    lines.push(
      `  sealed    ${seal.finishedOn} (time self-asserted) by ${seal.signer.principal}, key ${seal.signer.keyid}`,
      `  seal      sha256 ${seal.sha256}`,
    )
  if (report.journal !== null)
    lines.push(`  journal   ${count(report.journal.lines, 'line')}, sha256 ${report.journal.sha256}`)
  if (run !== null) {
    const { passed, skipped, failed, unknown, open } = run.steps
    lines.push(`  runbook   sha256 ${run.runbook.sha256}${run.commit === null ? '' : `, commit ${run.commit}`}`)
    lines.push(
      `  steps     ${passed} passed, ${skipped} skipped or not applicable, ${failed} failed, ${unknown} unknown, ${open} open`,
    )
    for (const approval of run.approvals)
      lines.push(
        `  approval  ${approval.step}: ${approval.decision.toUpperCase()} by ${approval.principal}${approval.role === null ? '' : ` as ${approval.role}`}${approval.good ? ', key verified' : ', NOT GOOD'}`,
      )
    if (run.unmappedRoles) lines.push('  note      roles were mapped to nobody: any two signers could decide')
    if (run.interruptions > 0) lines.push(`  note      ${count(run.interruptions, 'interruption')}`)
  }
  lines.push(
    report.signers === null
      ? '  signers   none: name a file you trust by --signers'
      : `  signers   ${report.signers.name}, sha256 ${report.signers.sha256}`,
  )
  for (const finding of report.findings)
    lines.push(
      `  ${finding.exit === 0 ? 'note     ' : `exit ${finding.exit}   `} ${finding.line === null ? '' : `line ${finding.line}: `}${finding.message}`,
    )
  return lines.map(line => cleanText(line))
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
