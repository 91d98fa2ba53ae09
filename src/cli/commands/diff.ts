import { z } from 'zod'
import { ResultSchema } from '../../model/index.ts'
import {
  compareRuns,
  createRunSummarizer,
  DifferenceSchema,
  encode,
  type RunSummary,
  runbookDiff,
} from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { diffLines } from '../render/diff-text.ts'
import { readLines } from '../runs/journal-reader.ts'
import { findRun, isThere, type RunFiles } from '../runs/transcript-files.ts'
import { findWorkspace } from '../settings/workspace.ts'

const SideSchema = z.strictObject({
  run: z.string().nullable(),
  release: z.string().nullable(),
  environment: z.string().nullable(),
  runbook: z.strictObject({ path: z.string(), sha256: z.string() }).nullable(),
  result: ResultSchema.nullable(),
  operators: z.array(z.string()),
  startedOn: z.string().nullable(),
  /** From its first line to its last, in milliseconds. */
  ms: z.int(),
  sealed: z.boolean(),
})

/** What `diff --json` prints. */
export const DiffSchema = z.strictObject({
  schema: z.literal('signoff.diff/1'),
  a: SideSchema,
  b: SideSchema,
  same: z.boolean(),
  differences: z.array(DifferenceSchema),
  /** How the runbooks differ, in the manner of a unified diff; empty where they do not. */
  runbookDiff: z.array(z.string()),
})
type DiffDocument = z.infer<typeof DiffSchema>

/**
 * Compares two runs as their records tell them: a rehearsal and production, this release and the last. It checks neither; `verify` does.
 * Answers as `diff` does: 0 without a difference, 1 with some.
 */
export async function diff(first: string, second: string, flags: { readonly json?: boolean }, io: Io): Promise<number> {
  const { transcripts } = findWorkspace(io.cwd)
  const files = [await findRun(transcripts, first), await findRun(transcripts, second)] as const
  const [a, b] = [await summaryOf(files[0]), await summaryOf(files[1])]
  const differences = compareRuns(a, b)
  const runbook = runbookDiff(a.state, b.state)
  if (flags.json === true) {
    const sides = { a: await sideOf(a, files[0]), b: await sideOf(b, files[1]) }
    const document: DiffDocument = {
      schema: 'signoff.diff/1',
      ...sides,
      same: differences.length === 0,
      differences,
      runbookDiff: runbook,
    }
    await io.pour(`${encode(document)}\n`)
  } else await io.pour(`${diffLines(a, b, differences, runbook).join('\n')}\n`)
  return differences.length === 0 ? 0 : 1
}

async function summaryOf(files: RunFiles): Promise<RunSummary> {
  const summarizer = createRunSummarizer()
  for await (const { entry } of readLines(files.journal)) if (entry !== null) summarizer.add(entry)
  return summarizer.summary()
}

async function sideOf({ state }: RunSummary, files: RunFiles): Promise<DiffDocument['a']> {
  const { start } = state
  return {
    run: start?.run ?? null,
    release: start?.release ?? null,
    environment: start?.env ?? null,
    runbook: start === null ? null : { path: start.runbook.path, sha256: start.runbook.sha256 },
    result: state.result,
    operators: state.operators.map(({ principal }) => principal),
    startedOn: start === null ? null : new Date(state.startedAtMs).toISOString(),
    ms: state.lastAtMs - state.startedAtMs,
    sealed: await isThere(files.bundle),
  }
}
