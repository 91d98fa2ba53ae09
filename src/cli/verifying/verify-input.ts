import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { SignoffError } from '../../model/index.ts'
import { checkTimestampToken, gitPath, isCommitted, runSshKeygen } from '../../runner/local/index.ts'
import type { CheckTimestamp, VerifyInput } from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { readRevocations } from '../keys/revoked-file.ts'
import { readRunbook } from '../read-runbook.ts'
import { holderOf } from '../runs/run-locks.ts'
import type { RunFiles } from '../runs/transcript-files.ts'
import { readConfig } from '../settings/config.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { findWorkspace, projectOf, stateFolder } from '../settings/workspace.ts'
import { readPlainFile, readPlainText } from './plain-file.ts'

/** What one who verifies may say by flags, for one transcript or for many. */
export interface TrustFlags {
  readonly signers?: string
  readonly runbook?: string
  readonly release?: string
  readonly commit?: string
  readonly requirePassed?: boolean
  readonly requireApprovals?: number
  readonly strictTime?: boolean
  readonly tsaCa?: string
}

export interface VerifyFlags extends TrustFlags {
  readonly all?: boolean
  readonly json?: boolean
}

/** The one who verifies: whom they trust and what they want, read once. Gives what each transcript is to be held against. */
export type Verifier = (files: RunFiles) => VerifyInput

/** What is verified, by what: whoever uses it afterwards uses the very texts that were looked at. */
export async function verifyInputOf(files: RunFiles, flags: TrustFlags, io: Io): Promise<VerifyInput> {
  return (await prepareVerifier(flags, io, files.folder))(files)
}

/**
 * @param folder what is verified, where it was named: nothing in it says who is trusted, though one stands in it.
 * @throws {SignoffError} `USAGE` where something of the verifier's own cannot be read: that is no word about the transcript.
 */
export async function prepareVerifier(flags: TrustFlags, io: Io, folder: string | null): Promise<Verifier> {
  const from = folder === null ? io.cwd : outsideOf(folder, io.cwd)
  const workspace = findWorkspace(from)
  const config = await readConfig(workspace, io.environment).catch(asUsage)
  // Each asks git.
  const [signers, revoked] = await Promise.all([
    signersOf(flags.signers ?? null, { from, ofRepository: workspace.signers }, io),
    readRevocations(workspace),
  ])
  const runbookSha256 = flags.runbook === undefined ? null : sha256(await readRunbook(flags.runbook).catch(asUsage))
  const checkTimestamp = await checkBy(flags.tsaCa === undefined ? config.verify.tsaCa : [flags.tsaCa])
  return files => ({
    journal: readPlainFile(files.journal),
    bundle: readPlainText(files.bundle),
    signers,
    revoked,
    expectations: {
      ...expectedByFolder(files),
      ...(flags.release === undefined ? {} : { release: flags.release }),
      ...(flags.commit === undefined ? {} : { commit: flags.commit }),
      ...(runbookSha256 === null ? {} : { runbookSha256 }),
    },
    policy: {
      requirePassed: flags.requirePassed === true,
      requireApprovals: Math.max(flags.requireApprovals ?? 0, config.verify.approvals),
      strictTime: flags.strictTime === true || config.verify.strictTime,
      roles: config.roles,
      touch: config.touch,
    },
    lockHeld: holderOf(stateFolder(io.environment, basename(resolve(files.folder))), files) !== null,
    planOf: async (...asked) => (await import('./demanded-plan.ts')).demandedPlan(...asked),
    sshKeygen: runSshKeygen,
    ...(checkTimestamp === null ? {} : { checkTimestamp }),
  })
}

/** Where to look from for the repository whose word counts: where one stands, unless its workspace came with what is verified. */
function outsideOf(folder: string, cwd: string): string {
  if (!existsSync(resolve(cwd, folder))) return cwd
  const there = realpathSync(resolve(cwd, folder))
  const project = realpathSync(projectOf(findWorkspace(cwd)))
  return `${project}/`.startsWith(`${there}/`) ? dirname(there) : cwd
}

function asUsage(error: unknown): never {
  if (!(error instanceof SignoffError)) throw error
  throw new SignoffError('USAGE', error.message, {
    ...(error.advice === null ? {} : { advice: error.advice }),
    cause: error,
  })
}

/** The signers that the reader trusts: named, or of the working directory's repository; never beside the transcript. */
async function signersOf(
  flag: string | null,
  { from, ofRepository }: { readonly from: string; readonly ofRepository: string },
  io: Io,
): Promise<VerifyInput['signers']> {
  const named =
    flag ??
    ((await readIfThere(ofRepository)) === null ? await gitPath(from, 'gpg.ssh.allowedSignersFile') : ofRepository)
  if (named === null) return null
  const path = resolve(io.cwd, named)
  const text = await readIfThere(path)
  if (text === null)
    throw new SignoffError('USAGE', `${named}: no such signers file`, { advice: 'name one by --signers FILE' })
  return { name: named, text, isCommitted: await isCommitted(path, text) }
}

/** Judges time-stamps by the certificates that a flag names, else the configuration; null where neither names any. */
export async function timestampCheck(flag: string | null, io: Io): Promise<CheckTimestamp | null> {
  if (flag !== null) return checkBy([flag])
  return checkBy((await readConfig(findWorkspace(io.cwd), io.environment)).verify.tsaCa)
}

async function checkBy(paths: readonly string[]): Promise<CheckTimestamp | null> {
  if (paths.length === 0) return null
  const texts: string[] = []
  for (const path of paths) {
    const text = await readIfThere(path)
    if (text === null)
      throw new SignoffError('USAGE', `${path}: no such file of certificates`, {
        advice: 'name those of the time-stamp authorities that you trust by --tsa-ca FILE',
      })
    texts.push(text)
  }
  return (signature, token) => checkTimestampToken(token, sha256(signature), texts.join('\n'))
}

/** Inside a transcripts folder its names say which run and release it must be; a copy elsewhere may have any name. */
function expectedByFolder(files: RunFiles): { folderName?: string; releaseFolder?: string } {
  const folder = resolve(files.folder)
  if (basename(dirname(dirname(folder))) !== 'transcripts') return {}
  return { folderName: basename(folder), releaseFolder: basename(dirname(folder)) }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
