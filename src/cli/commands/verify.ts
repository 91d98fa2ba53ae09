import { SignoffError } from '../../model/index.ts'
import { unreadableReport, type VerifyReport, verifyTranscript } from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { jsonText } from '../render/json-text.ts'
import { reportLines } from '../render/verify-text.ts'
import { findRun, type RunFiles } from '../runs/transcript-files.ts'
import { findWorkspace } from '../settings/workspace.ts'
import { type TrustFlags, type VerifyFlags, verifyInputOf } from '../verifying/verify-input.ts'

export { reportLines } from '../render/verify-text.ts'
export { verifyInputOf } from '../verifying/verify-input.ts'

/** Checks one transcript, or all of a folder, and says everything that was found. The exit code is the verdict. */
export async function verify(reference: string | null, flags: VerifyFlags, io: Io): Promise<number> {
  if (flags.all === true) return (await import('../verifying/verify-all.ts')).verifyAll(reference, flags, io)
  if (reference === null)
    throw new SignoffError('USAGE', 'nothing to verify is named', {
      advice: 'name a transcript folder, a file in it or a run, or say --all',
    })
  const files = await filesOf(reference, io)
  const report = await verifyFiles(files, flags, io).catch((error: unknown) => {
    // Whoever asked for a document gets one; a person is told the same in words.
    const isUnreadable = error instanceof SignoffError && error.code === 'TRANSCRIPT_UNREADABLE'
    if (!isUnreadable || flags.json !== true) throw error
    return unreadableReport(error.message)
  })
  if (flags.json === true) io.write(jsonText(report))
  else for (const line of reportLines(report)) io.write(`${line}\n`)
  return report.exitCode
}

/** Where the transcript lies: a path as given, else a run of this repository. */
export async function filesOf(reference: string, io: Io): Promise<RunFiles> {
  return findRun(findWorkspace(io.cwd).transcripts, reference)
}

export async function verifyFiles(files: RunFiles, flags: TrustFlags, io: Io): Promise<VerifyReport> {
  return verifyTranscript(await verifyInputOf(files, flags, io))
}
