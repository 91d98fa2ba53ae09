import type { RunState } from '../../model/index.ts'
import { fold, interpretersText, SignoffError } from '../../model/index.ts'
import { jumpEvents, type Provided, type RunContext } from '../../runner/index.ts'
import { openDesk } from '../desk.ts'
import { exitCodeOfResult } from '../exit-codes.ts'
import { readAnswers } from '../given/answers-file.ts'
import { decidedAtTerminal } from '../given/decided-at-terminal.ts'
import { type FirstWords, openingWords, withoutSecretVariables } from '../given/first-words.ts'
import { checkFiles, providedFor, stepNamed } from '../given/provided.ts'
import { reportMissing } from '../given/report-missing.ts'
import type { WalkFlags } from '../given/walk-flags.ts'
import type { Io } from '../io.ts'
import { checkOperator } from '../keys/operator.ts'
import { preflight } from '../preflight/preflight.ts'
import { noticeOf, reportPreflight } from '../preflight/report.ts'
import { type RecordedRun, readRun } from '../runs/recorded-run.ts'
import { EVERYTHING } from '../runs/run-context.ts'
import { refuseHeld, takeOver } from '../runs/run-locks.ts'
import { elsewhereText, refuseElsewhere } from '../runs/run-place.ts'
import { sealRun } from '../runs/seal-run.ts'
import { findRun } from '../runs/transcript-files.ts'
import { milliseconds } from '../settings/config.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { findWorkspace } from '../settings/workspace.ts'
import { chooseUi } from '../terminal/choose-ui.ts'
import { openEvents } from '../walking/events-file.ts'
import { walk } from '../walking/walk.ts'

export interface ResumeFlags extends WalkFlags {
  readonly jump?: string
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
  if (flags.takeOver !== true) refuseHeld(stateDir, files)
  refuseElsewhere(context, recorded.elsewhere)
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
  const unseen = elsewhereText(recorded.elsewhere)
  if (unseen !== null) io.say(`signoff: ${context.steps.get(past.running?.step ?? '')?.position ?? ''}: ${unseen}`)
  if (recorded.changed?.was != null) io.say(`${interpretersText(recorded.changed)}.`)
  const waitLimitMs = milliseconds(flags.waitLimit)
  await checkFiles('--approval', flags.approval)
  const keep = await keepWord(recorded, flags, desk.signer.principal)
  const answers = flags.answers === undefined ? null : await readAnswers(flags.answers)
  answers?.checkAgainst(context)
  const provided = await providedFor(context, past, answers, flags, desk.signer.principal)
  const values = await openingWords(context, past, flags, desk, io)
  const jump = jumpOf(flags, context, past, provided, desk.signer.principal)
  const ui = chooseUi(flags.ui, { ascii: flags.ascii === true }, desk.config, io)
  if (ui.kind === 'none') refuseChanged(keep, path)
  const attended = ui.kind !== 'none'
  const state = jump?.after ?? past
  const selection = past.start?.selection ?? EVERYTHING
  const findings = await preflight(desk, { context, state, selection, first: values, provided, attended }, io)
  const running = past.running !== null
  const stopped = reportPreflight(findings, { attended, on: true, running }, io)
  const lacking = attended || running ? 0 : reportMissing(context, values, provided, io, state)
  if (stopped !== 0 || lacking !== 0) return stopped || lacking
  const decided = !attended || jump !== null ? [] : decidedAtTerminal(context, past, provided, io)
  const first = [...keep.words, ...values, ...(jump === null ? [] : [jump.said]), ...decided]
  const events = await openEvents(flags.events)
  const terminal = ui.kind === 'none' ? null : ui.terminal
  const { session, begin } = flags.takeOver === true ? await taken() : await open(terminal)
  try {
    await begin(first)
  } catch (error) {
    await session.close()
    throw error
  }
  io.say(`Run ${context.run} goes on, release ${context.release}`)
  const options = { ui, provided, waitLimitMs, json: flags.json === true, approvals: flags.approval, events }
  return walk(session, { ...options, notice: noticeOf(findings) }, io)

  /** Whoever held it may have written meanwhile: it is read again once it is ours. */
  async function taken(): ReturnType<RecordedRun['open']> {
    const reason = flags.reason ?? ''
    const got = await takeOver(stateDir, files, desk.signer.principal, reason)
    try {
      const again = await read()
      refuseElsewhere(again.context, again.elsewhere)
      if (again.past.result !== null)
        throw new SignoffError('LOCKED', `the run has ended meanwhile: ${again.past.result}`)
      const same =
        again.past.running?.attempt === past.running?.attempt && again.past.running?.step === past.running?.step
      return await again.open(terminal, { ...got, reason, elsewhere: same ? recorded.elsewhere : null })
    } catch (error) {
      got.locks.release()
      throw error
    }
  }
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
