import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Answer, RunState } from '../../model/index.ts'
import { fold, SignoffError } from '../../model/index.ts'
import { loadAndParse } from '../../parser/index.ts'
import { jumpEvents, type Provided, type RunContext } from '../../runner/index.ts'
import { readAnswers } from '../answers-file.ts'
import { milliseconds } from '../config.ts'
import { exitCodeOfResult } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { type FirstWords, openDesk, readRun } from '../run-session.ts'
import { chooseUi } from '../terminal.ts'
import { findRun, readIfThere } from '../transcript-files.ts'
import { sealRun, walk } from '../walk.ts'
import { findWorkspace } from '../workspace.ts'
import { checkFiles, firstWords, providedFor, readable, reportMissing, stepNamed, type WalkFlags } from './run.ts'

export interface ResumeFlags extends WalkFlags {
  readonly retry: readonly string[]
  readonly skip: readonly string[]
  readonly resolve: ReadonlyMap<string, string>
  readonly jump?: string
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
  const values = await firstWords(context, flags, desk.signer.principal, io)
  const jump = jumpOf(flags, context, past, provided, desk.signer.principal)
  const first = jump === null ? values : [...values, jump.said]
  const ui = await chooseUi(flags.ui, flags.ascii === true, io)
  if (ui.kind === 'none' && past.running === null) {
    const code = reportMissing(context, values, provided, io, jump?.after ?? past)
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

/**
 * `--jump STEP`: where the run goes on, forward over steps or back to one that is opened again. What would be refused is refused before
 * the run is touched.
 */
function jumpOf(
  flags: ResumeFlags,
  context: RunContext,
  past: RunState,
  provided: Provided,
  by: string,
): { readonly said: FirstWords[number]; readonly after: RunState } | null {
  if (flags.jump === undefined) return null
  const reason = flags.reason ?? ''
  if (reason === '') throw new SignoffError('USAGE', `--jump ${flags.jump} needs --reason TEXT`)
  const to = stepNamed(context, flags.jump).id
  const answer = { kind: 'jump', to, reason, phrase: provided.phrases.get(to) ?? null } as const
  const speaker = { by, how: 'flag', source: null } as const
  const state = { ...past, paused: null }
  const { events, reply } = jumpEvents(context, state, answer, speaker)
  if (!reply.ok)
    throw new SignoffError('USAGE', `--jump ${flags.jump}: ${reply.why}`, {
      advice: `a phrase is given by --confirm ${flags.jump}='PHRASE'`,
    })
  const entries = events.map((event, index) => ({ seq: past.lastSeq + 1 + index, atMs: past.lastAtMs, event }))
  return { said: { answer, speaker }, after: fold(entries, state) }
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
