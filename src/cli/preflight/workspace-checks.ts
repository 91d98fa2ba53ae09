import { join } from 'node:path'
import { convertsLineEnds, freeBytes, hasProgram, isWritable, sshVersion } from '../../runner/local/index.ts'
import { readAllowedSigners, type SignersFile } from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { stateFolder, type Workspace } from '../settings/workspace.ts'
import { type PreflightFinding, preflightFinding } from './finding.ts'

/** Below this not even the reserve of a journal, with its first lines, fits. */
const FULL_BYTES = 384 * 1024
/** Less than this is soon written by one step that talks much. */
const LOW_BYTES = 64 * 1024 * 1024
/** From here on ssh-keygen reads times with a `Z` behind them. */
const READS_UTC = 9.1

/** What any run in a workspace needs, whatever its runbook. Nothing is written to find out. */
export async function workspaceFindings(
  workspace: Workspace,
  signersText: string | null,
  io: Io,
): Promise<PreflightFinding[]> {
  return [
    ...programFindings(io),
    ...folderFindings('transcripts', workspace.transcripts),
    ...folderFindings('state', join(stateFolder(io.environment, 'run'), '..')),
    ...(signersText === null ? [] : await signersFindings(workspace, signersText)),
    ...(await gitFindings(workspace)),
  ]
}

function programFindings(io: Io): PreflightFinding[] {
  const has = (name: string): boolean => hasProgram(name, io.cwd, io.environment)
  const missing: PreflightFinding[] = []
  if (!has('bash'))
    missing.push(
      preflightFinding('shell-missing', 'bash is not on the PATH; every script runs under it', 'install bash'),
    )
  if (!has('git'))
    missing.push(
      preflightFinding('program-missing', 'git is not on the PATH; the transcript will name no commit', 'install git'),
    )
  if (!has('ssh-keygen'))
    missing.push(
      preflightFinding(
        'program-missing',
        'ssh-keygen is not on the PATH; keys with a passphrase, of an agent or a token cannot sign, and others are not checked',
        'install OpenSSH (Debian: openssh-client)',
      ),
    )
  return missing
}

function folderFindings(what: string, path: string): PreflightFinding[] {
  if (!isWritable(path))
    return [
      preflightFinding(
        'folder-not-writable',
        `the ${what} folder cannot be written`,
        what === 'state'
          ? 'set XDG_STATE_HOME to a folder that you can write'
          : 'make it writable for whoever walks the run',
        { path },
      ),
    ]
  const free = freeBytes(path)
  if (free === null || free >= LOW_BYTES) return []
  const left = `${Math.floor(free / 1024)} KiB are free where the ${what} folder lies`
  return free < FULL_BYTES
    ? [preflightFinding('disk-full', `${left}; a run needs ${FULL_BYTES / 1024} to begin`, 'make room', { path })]
    : [preflightFinding('disk-low', `${left}; a step that talks much writes up to 16 MiB`, 'make room', { path })]
}

async function signersFindings({ signers: path }: Workspace, text: string): Promise<PreflightFinding[]> {
  const signers = readAllowedSigners(text)
  const { lines, broken } = signers
  const findings = broken.map(({ line, why }) =>
    preflightFinding('signers-line-broken', `this line counts for nothing: ${why}`, 'mend it, or take it out', {
      path,
      line,
    }),
  )
  for (const { line, namespaces, principals } of lines)
    if (namespaces === null)
      findings.push(
        preflightFinding(
          'signers-line-may-do-everything',
          `the key of ${principals} may sign anything: runs, approvals, and what is no business of ours`,
          'say what for: namespaces="signoff-approval-v1", or "signoff-seal-v1,signoff-addendum-v1" for whoever walks runs',
          { path, line },
        ),
      )
  return [...findings, ...(await timeFindings(path, text, signers))]
}

/** An older ssh-keygen takes such a time for local time, or the line for broken: whoever checks by hand gets another answer. */
async function timeFindings(path: string, text: string, { lines }: SignersFile): Promise<PreflightFinding[]> {
  const source = text.split('\n')
  const utc = lines.filter(({ line }) => /\bvalid-(?:after|before)="\d+(?:Z|UTC)"/i.test(source[line - 1] ?? ''))
  const version = utc.length === 0 ? null : await sshVersion()
  if (version === null || version >= READS_UTC) return []
  return utc.map(({ line }) =>
    preflightFinding(
      'signers-time-needs-openssh',
      `a time with Z needs OpenSSH ${READS_UTC} or newer, and this is ${version}`,
      'install a newer OpenSSH where transcripts are checked, or write the time without Z',
      { path, line },
    ),
  )
}

async function gitFindings({ root, exists, transcripts }: Workspace): Promise<PreflightFinding[]> {
  if (!exists) return []
  const converts = await convertsLineEnds(root, join(transcripts, 'release', 'run', 'journal.jsonl'))
  if (converts !== true) return []
  return [
    preflightFinding(
      'line-ends-converted',
      'git may convert line ends of transcripts, which changes their bytes, and so their digests',
      `signoff init writes it, or: echo '* -text' > ${join(transcripts, '.gitattributes')}`,
      { path: transcripts },
    ),
  ]
}
