import type { Answer, Entry, Runbook, RunEvent, RunState, Speaker } from '../../model/index.ts'
import {
  EMPTY_STATE,
  evolve,
  fold,
  interpretersText,
  recoveryKey,
  SignoffError,
  withoutWayBack,
} from '../../model/index.ts'
import { doneSteps, findStep, planEvent, type RunContext, rollbackPhrase } from '../../runner/index.ts'
import { cleanText } from '../../tui/index.ts'
import { type Desk, openDesk } from '../desk.ts'
import { readAnswers } from '../given/answers-file.ts'
import type { FirstWords } from '../given/first-words.ts'
import { openingWords, withoutSecretVariables } from '../given/first-words.ts'
import { checkFiles, providedFor } from '../given/provided.ts'
import { reportMissing } from '../given/report-missing.ts'
import type { WalkFlags } from '../given/walk-flags.ts'
import type { Io } from '../io.ts'
import { checkOperator } from '../keys/operator.ts'
import { preflight } from '../preflight/preflight.ts'
import { noticeOf, reportPreflight } from '../preflight/report.ts'
import { type RecordedRun, readRun } from '../runs/recorded-run.ts'
import { contextOf, EVERYTHING, type NewRun, recoveryOnly } from '../runs/run-context.ts'
import type { Session } from '../runs/run-session.ts'
import { startSession } from '../runs/start-run.ts'
import { findRun, type RunFiles } from '../runs/transcript-files.ts'
import { milliseconds } from '../settings/config.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { findWorkspace } from '../settings/workspace.ts'
import { chooseUi } from '../terminal/choose-ui.ts'
import { openEvents } from '../walking/events-file.ts'
import { walk } from '../walking/walk.ts'

export interface RollbackFlags extends WalkFlags {
  /** Phase, section or step that the recovery leads back from; `document` for the one of the whole runbook. */
  readonly for?: string
}

/** How `--confirm` names the entry of a recovery, since that is no step. */
const ENTRY = 'rollback'

/**
 * Walks a recovery flow of a run: as a branch of one that is not sealed, and of a sealed one as a new run that names it.
 * Nothing of it begins before a person has given a reason and typed the phrase, at the terminal or by flags.
 */
export async function rollback(reference: string, flags: RollbackFlags, io: Io): Promise<number> {
  const workspace = findWorkspace(io.cwd)
  const files = await findRun(workspace.transcripts, reference)
  const sealed = (await readIfThere(files.bundle)) !== null
  const desk = await openDesk(io.cwd, flags.key ?? null, io)
  const recorded = await readRun(files, desk, withoutSecretVariables(io, flags))
  const { past } = recorded
  if (!sealed && past.result !== null)
    throw new SignoffError('USAGE', `${files.run} has ended and is not sealed yet`, {
      advice: `signoff resume ${files.run} seals it; then it can be rolled back`,
    })
  if (!sealed) checkOperator(past, files.run, desk.signer.principal, {})
  if (recorded.changed?.was != null) io.say(`${interpretersText(recorded.changed)}.`)
  const key = chooseFlow(recorded.context.runbook, flags.for ?? null)
  const asked = sealed ? newRunFor(recorded, key, desk, files) : null
  const context = asked?.context ?? recorded.context
  const { [ENTRY]: typed, others } = entryPhrase(flags)
  const answers = flags.answers === undefined ? null : await readAnswers(flags.answers)
  answers?.checkAgainst(context)
  await checkFiles('--approval', flags.approval)
  const way: Way = { context, state: sealed ? EMPTY_STATE : past, key, typed, reason: flags.reason ?? null }
  const deciding = { ...flags, confirm: others }
  const provided = await providedFor(context, entered(way), answers, deciding, desk.signer.principal)
  const values = await openingWords(context, sealed ? null : past, flags, desk, io)
  const waitLimitMs = milliseconds(flags.waitLimit)
  const ui = chooseUi(flags.ui, { ascii: flags.ascii === true }, desk.config, io)
  const terminal = ui.kind === 'none' ? null : ui.terminal
  const attended = ui.kind !== 'none'
  const about = { context, state: entered(way), selection: EVERYTHING, first: values, provided, attended }
  const findings = await preflight(desk, about, io)
  if (!attended) for (const line of wayLines(way)) io.say(line)
  const stopped = reportPreflight(findings, { attended, on: true, running: false }, io)
  const missing = attended ? 0 : lacking(way, io) || reportMissing(context, values, provided, io, entered(way))
  if (stopped !== 0 || missing !== 0) return stopped || missing
  const notice = noticeOf(findings)
  const events = await openEvents(flags.events)
  const options = { ui, provided, waitLimitMs, json: flags.json === true, approvals: flags.approval, notice, events }
  const consent = async (): Promise<Answer | null> =>
    ui.kind === 'none' ? answerOf(way, way.reason ?? '', typed ?? '') : ask(way, io)
  const speaker: Speaker = { by: desk.signer.principal, how: ui.kind === 'none' ? 'flag' : 'typed', source: null }
  if (asked !== null) {
    const answer = await consent()
    if (answer === null) return declined(io)
    const session = await startSession({ ...asked, terminal }, desk, withoutSecretVariables(io, flags), [
      ...values,
      { answer, speaker },
    ])
    io.say(`Run ${session.context.run} rolls back ${files.run}, release ${context.release}`)
    return walk(session, options, io)
  }
  const { session, begin } = await recorded.open(terminal)
  const entry = await enterBranch(recorded, session, begin, { values, consent, speaker }, io)
  if (entry !== 'entered') {
    await session.close()
    return entry === 'declined' ? declined(io) : 20
  }
  io.say(`Run ${context.run} is rolled back, release ${context.release}`)
  return walk(session, options, io)
}

/** What is about to be walked: the flow, and the run that it leads back from. */
interface Way {
  readonly context: RunContext
  readonly state: RunState
  readonly key: string
  /** The phrase as it was given by flag. */
  readonly typed: string | null
  readonly reason: string | null
}

/**
 * The recovery flow that was named, or the only one there is.
 * @throws {SignoffError} `USAGE` listing them where it takes a choice, or where there is none.
 */
function chooseFlow(runbook: Runbook, wanted: string | null): string {
  const { recovery } = runbook.flows
  const keys = recovery.map(recoveryKey)
  const [only] = keys
  if (only === undefined) throw new SignoffError('USAGE', `${runbook.path} names no way back`)
  if (wanted === null && keys.length === 1) return only
  const found = wanted === null ? undefined : keys.find(key => namesOf(runbook, key).includes(wanted))
  const bound = wanted === null ? undefined : (findStep(runbook, wanted)?.recovery ?? undefined)
  const key = found ?? (bound !== undefined && keys.includes(bound) ? bound : undefined)
  if (key !== undefined) return key
  const list = recovery.map(flow => {
    const [name = ''] = namesOf(runbook, recoveryKey(flow))
    return `   --for ${name}  ${cleanText(flow.title)}, ${flow.steps.length} ${flow.steps.length === 1 ? 'step' : 'steps'}`
  })
  const why = wanted === null ? 'has several ways back' : `has no way back for "${wanted}"`
  throw new SignoffError('USAGE', `${runbook.path} ${why}\n${list.join('\n')}`, {
    advice: 'choose one: --for PHASE|STEP',
  })
}

/** What a flow can be called by: position of what it leads back from, its id. */
function namesOf(runbook: Runbook, key: string): string[] {
  type Sections = Runbook['phases']
  const visit = (sections: Sections): string[] =>
    sections.flatMap(section => [
      ...(section.id === key ? [section.position] : []),
      ...section.steps.filter(step => step.id === key).map(step => step.position),
      ...visit(section.sections),
    ])
  return [...visit(runbook.phases), key]
}

/** The sealed run stays as it is: its recovery is a new run of the same text, which walks nothing else. */
function newRunFor(
  { context, past, path, interpreters }: RecordedRun,
  key: string,
  desk: Desk,
  files: RunFiles,
): NewRun & { readonly context: RunContext } {
  const asked: NewRun = {
    runbook: context.runbook,
    path,
    release: context.release,
    environment: context.environment,
    interpreters,
    selection: { from: null, only: recoveryOnly(key), until: null },
    undoes: { files, done: doneSteps(context, past) },
    terminal: null,
  }
  return { ...asked, context: contextOf(asked, desk.config, '00000000-0000-7000-8000-000000000000') }
}

function entryPhrase(flags: RollbackFlags): { readonly [ENTRY]: string | null; readonly others: Map<string, string> } {
  const others = new Map(flags.confirm)
  others.delete(ENTRY)
  return { [ENTRY]: flags.confirm.get(ENTRY) ?? null, others }
}

/** What the way back consists of, and what stays as it is: said before its first step, whoever is there. */
function wayLines({ context, state, key }: Way): string[] {
  const flow = context.runbook.flows.recovery.find(candidate => recoveryKey(candidate) === key)
  const titled = (id: string) => `${context.steps.get(id)?.position ?? id} ${context.steps.get(id)?.title ?? ''}`
  const without = withoutWayBack(context.runbook, doneSteps(context, state), key)
  return [
    `Way back: ${flow?.title ?? key}`,
    ...(flow?.steps ?? []).map(id => `   ${titled(id)}`),
    ...without.map(id => `NO WAY BACK for ${titled(id)}: it was done, and this flow does not undo it`),
  ].map(line => cleanText(line))
}

function lacking(way: Way, io: Io): number {
  const phrase = rollbackPhrase(way.context, way.key)
  const missing = [
    ...(way.reason === null || way.reason.trim() === '' ? ['a reason: --reason TEXT'] : []),
    ...(way.typed === phrase ? [] : [`the phrase "${phrase}": --confirm ${ENTRY}='${phrase}'`]),
  ]
  if (missing.length === 0) return 0
  io.say('signoff: nobody is at the terminal, and a recovery is entered by nobody alone; nothing was run')
  for (const line of missing) io.say(`${way.context.runbook.path}: ${cleanText(line)}`)
  return 20
}

async function ask(way: Way, io: Io): Promise<Answer | null> {
  for (const line of wayLines(way)) io.say(line)
  const phrase = rollbackPhrase(way.context, way.key)
  const reason = way.reason ?? (await io.ask('Reason? An empty line leaves everything as it is.\n> '))
  if (reason.trim() === '') return null
  const typed =
    way.typed ?? (await io.ask(`Type  ${cleanText(phrase)}  to enter the recovery. An empty line does not.\n> `))
  if (typed.trim() === phrase) return answerOf(way, reason, phrase)
  if (typed.trim() !== '') io.say('The phrase does not match.')
  return null
}

function answerOf({ key }: Way, reason: string, phrase: string): Answer {
  return { kind: 'rollback', flow: key, phrase, reason }
}

function declined(io: Io): number {
  io.say('Nothing was rolled back.')
  return 20
}

/** The run as it stands once the recovery is entered, in thought: what that lacks is asked for beforehand. */
function entered({ context, state, key }: Way): RunState {
  const flow = context.runbook.flows.recovery.find(candidate => recoveryKey(candidate) === key)
  const events: RunEvent[] = [
    ...(state.steps.size === 0 ? [planEvent(context.runbook)] : []),
    {
      kind: 'rollback.start',
      for: flow?.for ?? null,
      of: null,
      steps: [...(flow?.steps ?? [])],
      without: [],
      reason: '',
      by: '',
    },
  ]
  const at = (event: RunEvent, index: number): Entry => ({
    seq: state.lastSeq + 1 + index,
    atMs: state.lastAtMs,
    event,
  })
  return events.map(at).reduce(evolve, fold([], { ...state, running: null }))
}

/**
 * Takes up the run and enters the recovery as a branch of it, if it is consented to. A script of an earlier process that still runs
 * is stopped by a person first; one that has ended meanwhile is recorded first.
 */
async function enterBranch(
  { context, past }: RecordedRun,
  session: Session,
  begin: (first: FirstWords) => Promise<void>,
  words: { readonly values: FirstWords; readonly consent: () => Promise<Answer | null>; readonly speaker: Speaker },
  io: Io,
): Promise<'entered' | 'declined' | 'refused'> {
  const { running } = past
  const order =
    running === null ? null : { id: `${context.run}:${running.step}:${running.attempt}`, run: context.run, ...running }
  if (order !== null && (await session.executor.find(order)) === 'running') {
    const position = context.steps.get(order.step)?.position ?? order.step
    io.say(`signoff: ${position} is still running under its supervisor; nothing was rolled back`)
    io.say(`help: "signoff resume ${context.run}" attaches to it; stop it there, then x enters the recovery`)
    return 'refused'
  }
  if (past.recovery !== null) {
    io.say('The recovery was entered before; it goes on.')
    await begin(words.values)
    return 'entered'
  }
  const answer = await words.consent()
  if (answer === null) return 'declined'
  const entry = { answer, speaker: words.speaker }
  if (order === null) {
    await begin([...words.values, entry])
    return 'entered'
  }
  await begin(words.values)
  await recordedEnd(session)
  const reply = await session.drive.say(answer, words.speaker)
  if (reply.ok) return 'entered'
  throw new SignoffError('USAGE', reply.why)
}

/** A script that ended while nobody looked is read from its spool; its end is recorded before anything else is. */
async function recordedEnd({ drive }: Session): Promise<void> {
  while (drive.snapshot().state.running !== null) {
    const entry = Promise.withResolvers<void>()
    const stop = drive.onEntry(() => entry.resolve())
    await Promise.race([entry.promise, drive.failed]).finally(stop)
  }
}
