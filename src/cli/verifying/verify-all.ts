import { relative } from 'node:path'
import { z } from 'zod'
import { SignoffError } from '../../model/index.ts'
import {
  checkParents,
  exitOf,
  FindingSchema,
  type VerifyReport,
  VerifyReportSchema,
  verifyTranscript,
} from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { jsonText } from '../render/json-text.ts'
import { count } from '../render/plan-text.ts'
import { findingLine, reportLines } from '../render/verify-text.ts'
import { listRuns, type RunFiles } from '../runs/transcript-files.ts'
import { findWorkspace } from '../settings/workspace.ts'
import { prepareVerifier, type Verifier, type VerifyFlags } from './verify-input.ts'

/** What `verify --all --json` prints. */
export const VerifyAllSchema = z.strictObject({
  schema: z.literal('signoff.verify-all/1'),
  exitCode: FindingSchema.shape.exit,
  /** What is wrong between the runs: one that another names is not there, or not as it was found. */
  findings: z.array(FindingSchema),
  runs: z.array(
    z.strictObject({
      /** Below the folder of transcripts. */
      path: z.string(),
      /** Null where the files could not be read; then `unreadable` says why. */
      report: VerifyReportSchema.nullable(),
      unreadable: z.string().nullable(),
    }),
  ),
})
type VerifyAll = z.infer<typeof VerifyAllSchema>

/**
 * Checks every transcript of a folder, and whether each run that another names as one before it is there as it was. The exit code is
 * the first that applies to any of them.
 */
export async function verifyAll(folder: string | null, flags: VerifyFlags, io: Io): Promise<number> {
  const transcripts = folder ?? findWorkspace(io.cwd).transcripts
  const all = await listRuns(transcripts)
  if (all.length === 0)
    throw new SignoffError('TRANSCRIPT_UNREADABLE', `there is no transcript below ${transcripts}`, {
      advice: 'name the folder that holds releases, each with its runs',
    })
  const verifier = await prepareVerifier(flags, io, folder)
  const runs: (VerifyAll['runs'][number] & { readonly run: string })[] = []
  for (const files of all) {
    const one = { run: files.run, path: relative(transcripts, files.folder), ...(await verifyOne(files, verifier)) }
    runs.push(one)
    if (flags.json !== true) for (const line of linesOf(one)) io.write(`${line}\n`)
  }
  const findings = checkParents(runs)
  const exitCode = exitOf([...runs.map(({ report }) => ({ exit: report?.exitCode ?? 8 })), ...findings])
  if (flags.json === true) {
    const listed = runs.map(({ path, report, unreadable }) => ({ path, report, unreadable }))
    const document: VerifyAll = { schema: 'signoff.verify-all/1', exitCode, findings, runs: listed }
    io.write(jsonText(document))
    return exitCode
  }
  for (const finding of findings) io.write(`${cleanText(findingLine(finding))}\n`)
  const good = runs.filter(({ report }) => report?.exitCode === 0).length
  const missing = findings.length === 0 ? 'none is missing that another names' : 'runs are missing, or changed'
  io.write(`${count(runs.length, 'transcript')}, ${good} verified; ${missing}\n`)
  return exitCode
}

/** One that cannot be read keeps nobody from looking at the others. */
async function verifyOne(
  files: RunFiles,
  verifier: Verifier,
): Promise<{ readonly report: VerifyReport | null; readonly unreadable: string | null }> {
  try {
    return { report: await verifyTranscript(verifier(files)), unreadable: null }
  } catch (error) {
    if (!(error instanceof SignoffError) || error.code !== 'TRANSCRIPT_UNREADABLE') throw error
    return { report: null, unreadable: error.message }
  }
}

function linesOf({ path, report, unreadable }: VerifyAll['runs'][number]): string[] {
  const lines = report === null ? [`UNREADABLE: ${cleanText(unreadable ?? '')}`] : reportLines(report)
  return [cleanText(path), ...lines.map(line => `  ${line}`)]
}
