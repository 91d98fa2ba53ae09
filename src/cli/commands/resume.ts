import type { Answer, RunState } from '../../model/index.ts'
import { fold, SignoffError } from '../../model/index.ts'
import { jumpEvents, type Provided, type RunContext } from '../../runner/index.ts'
import { readAnswers } from '../answers-file.ts'
import { milliseconds } from '../config.ts'
import { openDesk } from '../desk.ts'
import { exitCodeOfResult } from '../exit-codes.ts'
import type { FirstWords } from '../first-words.ts'
import { openingWords, withoutSecretVariables } from '../first-words.ts'
import type { Io } from '../io.ts'
import { checkOperator } from '../operator.ts'
import { type RecordedRun, readRun } from '../recorded-run.ts'
import { takeOver } from '../run-locks.ts'
import { chooseUi } from '../terminal.ts'
import { findRun, readIfThere } from '../transcript-files.ts'
import { sealRun, walk } from '../walk.ts'
import type { WalkFlags } from '../walk-flags.ts'
import { findWorkspace } from '../workspace.ts'
import { checkFiles, providedFor, reportMissing, stepNamed } from './run.ts'

export interface ResumeFlags extends WalkFlags {
  readonly retry: readonly string[]
  readonly skip: readonly string[]
  readonly resolve: ReadonlyMap<string, string>
  readonly jump?: string
  readonly reason?: string
  readonly keepRunbook?: boolean
  readonly takeOver?: boolean
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
  const read = () => readRun(files, desk, withoutSecretVariables(io, flags))
  const recorded = await read()
  const { context, past, path, open, stateDir } = recorded
  checkOperator(past, files.run, desk.signer.principal, flags)
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
  const keep = await keepWord(recorded, flags, desk.signer.principal)
  const answers = flags.answers === undefined ? null : await readAnswers(flags.answers)
  answers?.checkAgainst(context)
  const provided = providedFor(context, answers, flags, desk.signer.principal, decisionsOf(flags, context))
  const values = await openingWords(context, past, flags, desk, io)
  const jump = jumpOf(flags, context, past, provided, desk.signer.principal)
  const ui = await chooseUi(flags.ui, flags.ascii === true, io)
  if (ui.kind === 'none') refuseChanged(keep, path)
  if (ui.kind === 'none' && past.running === null) {
    const code = reportMissing(context, values, provided, io, jump?.after ?? past)
    if (code !== 0) return code
  }
  const first = [...keep.words, ...values, ...(jump === null ? [] : [jump.said])]
  const terminal = ui.kind === 'none' ? null : ui.terminal
  const { session, begin } = flags.takeOver === true ? await taken() : await open(terminal)
  try {
    await begin(first)
  } catch (error) {
    await session.close()
    throw error
  }
  io.say(`Run ${context.run} goes on, release ${context.release}`)
  return walk(session, { ui, provided, waitLimitMs, json: flags.json === true, approvals: flags.approval }, io)

  /** Whoever held it may have written meanwhile: it is read again once it is ours. */
  async function taken(): ReturnType<RecordedRun['open']> {
    const reason = flags.reason ?? ''
    const got = await takeOver(stateDir, files, desk.signer.principal, reason)
    try {
      const again = await read()
      if (again.past.result !== null)
        throw new SignoffError('LOCKED', `the run has ended meanwhile: ${again.past.result}`)
      return await again.open(terminal, { ...got, reason })
    } catch (error) {
      got.locks.release()
      throw error
    }
  }
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

/**
 * The run goes on with the text it began with; that the file is another one by now, or gone, is never passed over in silence. The
 * decision to go on beside it is recorded, once for each state of the file.
 */
async function keepWord(recorded: RecordedRun, flags: ResumeFlags, by: string): Promise<Kept> {
  const seen = await recorded.runbook.look()
  const kept = recorded.past.keptRunbook
  if (seen === null || kept?.now === seen.sha256) return { changed: null, words: [] }
  if (flags.keepRunbook !== true) return { changed: seen, words: [] }
  const answer = { kind: 'runbook', decision: 'keep' } as const
  return { changed: null, words: [{ answer, speaker: { by, how: 'flag', source: null } }] }
}

interface Kept {
  /** The file as it is now, where nobody has decided on it: at a terminal the walk begins with that question. */
  readonly changed: { readonly sha256: string | null } | null
  readonly words: FirstWords
}

function refuseChanged({ changed }: Kept, path: string): void {
  if (changed === null) return
  const how = changed.sha256 === null ? 'is gone' : `has changed (sha256 ${changed.sha256.slice(0, 16)}…)`
  throw new SignoffError('RUNBOOK_CHANGED', `${path} ${how} since this run began`, {
    advice: 'start a new run, or go on with the text that this run began with: --keep-runbook',
  })
}
