import { readFile } from 'node:fs/promises'
import { gitPaths } from '../../runner/local/index.ts'
import type { RevocationFile } from '../../transcript/index.ts'
import { isAbsent } from '../settings/read-if-there.ts'
import { projectOf, type Workspace } from '../settings/workspace.ts'

/** A revocation file that is configured, with what stands in it. */
export interface Revocations {
  readonly path: string
  readonly content: RevocationFile
}

/**
 * The revocation files that count here: `revoked_keys` of the workspace, where it is there, and those that git's configuration
 * names, in whichever of its files. All count, since a key that any of them takes back must never sign; one that cannot be read takes all back.
 */
export async function revocationFiles(workspace: Workspace): Promise<Revocations[]> {
  const ofWorkspace = await readFile(workspace.revoked).catch(async (error: NodeJS.ErrnoException) =>
    (await isAbsent(workspace.revoked, error)) ? null : 'unreadable',
  )
  const ofGit = await gitPaths(projectOf(workspace), 'gpg.ssh.revocationFile')
  const files: Revocations[] = []
  if (ofWorkspace !== null) files.push({ path: workspace.revoked, content: ofWorkspace })
  for (const path of ofGit) files.push({ path, content: await readFile(path).catch(() => 'unreadable') })
  return files
}

/** What stands in them. */
export async function readRevocations(workspace: Workspace): Promise<RevocationFile[]> {
  return (await revocationFiles(workspace)).map(({ content }) => content)
}
