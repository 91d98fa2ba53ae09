import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Answer } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import { loadAndParse } from '../../parser/index.ts'
import { readAnswers } from '../answers-file.ts'
import { milliseconds } from '../config.ts'
import { exitCodeOfResult } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { openDesk, readRun } from '../run-session.ts'
import { chooseUi } from '../terminal.ts'
import { findRun, readIfThere } from '../transcript-files.ts'
import { sealRun, walk } from '../walk.ts'
import { findWorkspace } from '../workspace.ts'
import { checkFiles, firstWords, providedFor, readable, reportMissing, stepNamed, type WalkFlags } from './run.ts'

export interface ResumeFlags extends WalkFlags {
  readonly retry: readonly string[]
  readonly skip: readonly string[]
  readonly resolve: ReadonlyMap<string, string>
  readonly reason?: string
  readonly keepRunbook?: boolean
}

/** Goes on with a run from its journal, or only seals one that ended. */
export async function resume(reference: string | null, flags: ResumeFlags, io: Io): Promise<number> {
  const workspace = findWorkspace(io.cwd)
  const files = await findRun(workspace.transcripts, reference)
  if ((await readIfThere(files.bundle)) !== null)
    throw new SignoffError('USAGE', `${files.run} is sealed; nothing can be added to it`, {
      advice: `signoff verify ${files.folder}`,
    })
  const desk = await openDesk(io.cwd, flags.key ?? null, io)
  const { context, past, path, open } = await readRun(files, desk, io, async (text, name) =>
    readable(await loadAndParse(Buffer.from(text), name, { interpreters: desk.config.interpreters }), name),
  )
  if (past.result !== null) {
    const { session } = await open(null)
    try {
      await sealRun(session)
    } finally {
      await session.close()
    }
    io.say(`Sealed: ${files.folder}`)
    return exitCodeOfResult(past.result)
  }
  const waitLimitMs = milliseconds(flags.waitLimit)
  await checkFiles('--approval', flags.approval)
  await checkUnchanged(context.runbook.sha256, path, flags)
  const answers = flags.answers === undefined ? null : await readAnswers(flags.answers)
  answers?.checkAgainst(context)
  const provided = providedFor(context, answers, flags, desk.signer.principal, decisionsOf(flags, context))
  const first = await firstWords(context, flags, desk.signer.principal, io)
  const ui = await chooseUi(flags.ui, flags.ascii === true, io)
  if (ui.kind === 'none' && past.running === null) {
    const code = reportMissing(context, first, provided, io, past)
    if (code !== 0) return code
  }
  const { session, begin } = await open(ui.kind === 'none' ? null : ui.terminal)
  try {
    await begin(first)
  } catch (error) {
    await session.close()
    throw error
  }
  io.say(`Run ${context.run} goes on, release ${context.release}`)
  return walk(session, { ui, provided, waitLimitMs, json: flags.json === true, approvals: flags.approval }, io)
}

function decisionsOf(flags: ResumeFlags, context: Parameters<typeof stepNamed>[0]): Map<string, Answer> {
  const decisions = new Map<string, Answer>()
  const reason = flags.reason ?? ''
  const add = (reference: string, choice: Extract<Answer, { kind: 'decide' }>['choice']): void => {
    if (reason === '') throw new SignoffError('USAGE', `a decision on ${reference} needs --reason TEXT`)
    const step = stepNamed(context, reference).id
    decisions.set(step, { kind: 'decide', step, choice, reason })
  }
  for (const reference of flags.retry) add(reference, 'rerun')
  for (const reference of flags.skip) add(reference, 'skip')
  for (const [reference, outcome] of flags.resolve) {
    const choice =
      outcome === 'passed' ? 'by-hand' : outcome === 'failed' ? 'failed' : outcome === 'rerun' ? 'rerun' : null
    if (choice === null)
      throw new SignoffError('USAGE', `--resolve ${reference}=${outcome}: expected passed, failed or rerun`)
    add(reference, choice)
  }
  return decisions
}

/** The run goes on with the text it began with; that the file is another one by now is never passed over in silence. */
async function checkUnchanged(sha256: string, path: string, flags: ResumeFlags): Promise<void> {
  const there = await stat(path).then(
    info => info.isFile(),
    () => false,
  )
  if (!there || flags.keepRunbook === true) return
  const now = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  if (now === sha256) return
  throw new SignoffError(
    'RUNBOOK_CHANGED',
    `${path} changed since this run began (sha256 ${now.slice(0, 16)}…, was ${sha256.slice(0, 16)}…)`,
    {
      advice: 'start a new run, or go on with the text that this run began with: --keep-runbook',
    },
  )
}
