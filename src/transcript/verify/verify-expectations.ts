import type { EventOf } from '../../model/index.ts'
import { releaseFolder } from '../encoding/release-folder.ts'
import type { Finding } from './verify-report.ts'

/** What the one who verifies knows from elsewhere. */
export interface Expectations {
  readonly runbookSha256?: string
  readonly release?: string
  /** Object id, or its first seven digits and more. */
  readonly commit?: string
  /** Name of the folder that the transcript lies in: the run's id. */
  readonly folderName?: string
  /** Name of the folder above it, which is the release's. */
  readonly releaseFolder?: string
}

export function checkExpectations(start: EventOf<'run.start'>, expected: Expectations): Finding[] {
  const findings: Finding[] = []
  const differs = (message: string) => findings.push({ check: 'expectations', exit: 7, message, line: 1 })
  const { runbookSha256, release, commit, folderName, releaseFolder: folder } = expected
  if (runbookSha256 !== undefined && runbookSha256 !== start.runbook.sha256)
    differs(`it is of another runbook: ${start.runbook.sha256}, expected ${runbookSha256}`)
  if (release !== undefined && release !== start.release)
    differs(`it is of another release: ${start.release}, expected ${release}`)
  if (commit !== undefined && !isCommit(commit, start.git?.commit ?? null))
    differs(`it is of another commit: ${start.git?.commit ?? 'none'}, expected ${commit}`)
  if (folderName !== undefined && folderName !== start.run)
    differs(`it lies in the folder of another run: ${folderName}, expected ${start.run}`)
  if (folder !== undefined && folder !== releaseFolder(start.release))
    differs(`it lies in the folder of another release: ${folder}, expected ${releaseFolder(start.release)}`)
  return findings
}

function isCommit(expected: string, commit: string | null): boolean {
  return commit !== null && /^[0-9a-f]{7,64}$/.test(expected) && commit.startsWith(expected)
}
