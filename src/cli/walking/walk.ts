import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ending, RunEvent, RunState, Speaker } from '../../model/index.ts'
import { countSteps, recoveryKey, SignoffError } from '../../model/index.ts'
import { type Provided, walkUnattended } from '../../runner/index.ts'
import { contactLines, createPlainOutput, createPollLines, sentenceFor } from '../../tui/index.ts'
import { exitCodeOfEnding } from '../exit-codes.ts'
import { takeApproval } from '../inbox/gate-approvals.ts'
import { type Inbox, openInbox } from '../inbox/inbox.ts'
import { requestName } from '../inbox/requests.ts'
import { takeArrival, watchGates } from '../inbox/watch-gates.ts'
import type { Io } from '../io.ts'
import { jsonText } from '../render/json-text.ts'
import { watchHolding } from '../runs/holding.ts'
import { journalRecord } from '../runs/run-record.ts'
import type { Session } from '../runs/run-session.ts'
import { sealRun } from '../runs/seal-run.ts'
import type { Ui } from '../terminal/choose-ui.ts'
import { type EventsFile, followEvents } from './events-file.ts'
import { heardMeanwhile } from './heard-meanwhile.ts'
import { meanwhileText } from './meanwhile.ts'
import { type RunResult, resultWord } from './run-result.ts'

export interface WalkOptions {
  readonly ui: Ui
  readonly provided: Provided
  readonly waitLimitMs: number
  readonly json: boolean
  /** Approval files named by flag, taken before anything else. */
  readonly approvals: readonly string[]
  readonly events: EventsFile | null
  /** Told on the first screen; for what was said before it. */
  readonly notice?: string | null
}

/** How long the last lines may wait for a terminal that has stopped reading: a moment, once a signal has come. */
const LAST_LINES_MS = { atSignal: 200, else: 30_000 }

/** How long whoever reads `--events` may take with the last lines. */
const LAST_EVENTS_MS = { atSignal: 200, else: 2_000 }

/** Walks a run with whoever is there, seals it if it ended, and says how it stands. Returns the exit code. */
export async function walk(session: Session, options: WalkOptions, given: Io): Promise<number> {
  const { ui } = options
  // Somebody's terminal may stop reading, which must not stop the run; and while the full screen has it, nothing is said beside it.
  const io: Io = ui.kind === 'none' ? given : { ...given, say: line => ui.say(line) }
  const heard = heardMeanwhile(session.drive)
  const inbox = openInbox(session.workspace.inbox, session.context.run, io.say)
  const watcher = watchGates(session, inbox, io)
  session.screen.isFull = () => ui.kind === 'attended' && ui.isFull()
  const holding = watchHolding(session)
  const events = followEvents(session, options.events, io)
  const signals = watchSignals(session, options.ui, io)
  try {
    for (const path of options.approvals) await takeApproval(session, await readFile(path, 'utf8'), 'file', io)
    // What was approved while nobody was here counts before an unattended walk looks at its gate.
    await inbox.sweep((...came) => takeArrival(session, came, io))
    const ending = await Promise.race([
      walkWith({ ...session, drive: heard }, options, io),
      session.drive.failed,
      signals.ended,
    ])
    await watcher.stop()
    // A script that a signal stopped ends the walk as well; the signal came first, and its exit code counts.
    return await finish(session, signals.came() ? await signals.ended : ending, inbox, options, io)
  } catch (error) {
    if (!(error instanceof SignoffError)) io.say(`Go on, once it is mended: signoff resume ${session.context.run}`)
    else if (error.code === 'JOURNAL_UNWRITABLE') io.say(unrecordedAdvice(session))
    throw error
  } finally {
    signals.stop()
    holding.stop()
    await watcher.stop()
    await events.finish(LAST_EVENTS_MS[signals.came() ? 'atSignal' : 'else'])
    await session.close()
    if (ui.kind === 'attended') await ui.close(LAST_LINES_MS[signals.came() ? 'atSignal' : 'else'])
  }
}

async function walkWith(session: Session, options: WalkOptions, io: Io): Promise<Ending> {
  const { drive, context } = session
  const record = journalRecord(session.files.journal)
  switch (options.ui.kind) {
    case 'none': {
      const scripts = createPlainOutput(line => io.say(line))
      const polls = createPollLines()
      const stop = drive.onEntry((entry, snapshot) => {
        const { event } = entry
        if ((event.kind === 'output' || event.kind === 'output.late') && polls.shows(event))
          scripts.push(event, context.steps.get(event.step)?.position ?? event.step)
        if (event.kind === 'output.end') scripts.end()
        for (const line of polls.tell(entry, snapshot.need, sentenceFor(entry, snapshot, drive.runbook))) io.say(line)
      })
      return walkUnattended(context, drive, options.provided, options.waitLimitMs, io.nowMs).finally(stop)
    }
    case 'attended': {
      const meanwhile = await meanwhileText(record, drive.snapshot().state)
      return options.ui.run({
        drive,
        speaker: { by: session.signer.principal, source: null },
        stateDir: session.stateDir,
        record,
        requestFile: step =>
          join(
            session.workspace.inbox,
            context.run,
            `${requestName(context.steps.get(step)?.position ?? step)}.request.json`,
          ),
        next: [`signoff verify ${session.files.folder}`, `signoff export ${session.files.folder} --format md`],
        notice: meanwhile ?? options.notice ?? null,
        meanwhile,
      })
    }
    default:
      options.ui satisfies never
      throw new Error('unreachable')
  }
}

interface Signals {
  /** Resolves once a signal has ended the walk; rejects with what nobody caught, once the run is paused over it. */
  readonly ended: Promise<Ending>
  came(): boolean
  stop(): void
}

function watchSignals(session: Session, ui: Ui, io: Io): Signals {
  const { promise, resolve, reject } = Promise.withResolvers<Ending>()
  promise.catch(() => undefined)
  const handlers = new Map<NodeJS.Signals, () => void>()
  let came = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const handler = (): void => {
      // At a terminal Ctrl-C is a key or a word, and never leaves at one press.
      if (signal === 'SIGINT' && ui.kind === 'attended' && ui.takesInterrupt()) return
      if (came) return
      came = true
      if (ui.kind !== 'none') ui.leave()
      handleSignal(session, ui, signal, io).then(resolve, reject)
    }
    handlers.set(signal, handler)
    process.on(signal, handler)
  }
  // What nobody caught is our bug. The terminal is given back first, and the journal says why the run stands still.
  const onBug = (error: unknown): void => {
    if (came) return
    came = true
    if (ui.kind !== 'none') ui.leave()
    const reason = `Signoff itself failed: ${error instanceof Error ? error.message : String(error)}`
    pauseAtOnce(session, { kind: 'paused', why: 'asked', reason }, reason).then(() => reject(error), reject)
  }
  process.on('uncaughtException', onBug)
  process.on('unhandledRejection', onBug)
  return {
    ended: promise,
    came: () => came,
    stop() {
      for (const [signal, handler] of handlers) process.off(signal, handler)
      process.off('uncaughtException', onBug)
      process.off('unhandledRejection', onBug)
    },
  }
}

/**
 * At a terminal a lost terminal leaves the script to its supervisor, and `resume` attaches to it. Where nobody is there
 * to resume, the script is stopped first.
 */
async function handleSignal(
  session: Session,
  ui: Ui,
  signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
  io: Io,
): Promise<Ending> {
  const { drive, context } = session
  const ending: Ending = { kind: 'signal', signal }
  const speaker: Speaker = { by: session.signer.principal, how: 'key', source: null }
  if (ui.kind === 'none') {
    const over = Promise.withResolvers<void>()
    const unsubscribe = drive.onEntry(({ event }) => {
      if (event.kind === 'step.end') over.resolve()
    })
    // Said whatever is shown as running: a script that is just being started is not shown yet, and is not left behind.
    const reply = await drive.say({ kind: 'stop-script', signal: 'escalate' }, speaker)
    const running = drive.snapshot().state.running
    if (reply.ok) {
      const step = running === null ? 'the script' : (context.steps.get(running.step)?.position ?? running.step)
      io.say(`signoff: ${signal}: stopping ${step} first`)
      await Promise.race([over.promise, drive.ended])
    }
    unsubscribe()
  }
  await pauseAtOnce(session, ending, signal)
  return ending
}

/** Records that the run stands still and why, unless that is on record; scripts are left to their supervisors. */
async function pauseAtOnce({ drive }: Session, ending: Ending, reason: string): Promise<void> {
  const { running, paused } = drive.snapshot().state
  const pause: RunEvent = { kind: 'run.pause', reason, step: running?.step ?? null, by: null }
  await drive.interrupt(ending, paused === null ? pause : null)
}

async function finish(session: Session, ending: Ending, inbox: Inbox, options: WalkOptions, io: Io): Promise<number> {
  const { context, files } = session
  const state = session.drive.snapshot().state
  const counts = countSteps(state)
  const id = context.run
  let seal: string | null = null
  if (ending.kind === 'ended') {
    seal = await sealRun(session)
    await inbox.remove()
  }
  const result = resultWord(ending)
  io.say(
    `Run ${result}: ${counts.passed} passed, ${counts.skipped} skipped or not applicable, ${counts.failed} failed, ${counts.open} open.`,
  )
  if (ending.kind === 'paused') {
    io.say(`Why: ${ending.reason}`)
    for (const line of [...gateLines(session), ...wayBackLines(session)]) io.say(line)
    const { contacts } = context.runbook
    // Whoever attended has seen them beside the question.
    if (options.ui.kind === 'none' && ending.why === 'failed' && contacts.length > 0)
      for (const line of contactLines(context.runbook)) io.say(line)
  }
  io.say(`Transcript: ${files.folder}`)
  if (seal !== null)
    io.say(`Sealed by ${session.signer.principal} (${session.signer.keyid}); check it: signoff verify ${files.folder}`)
  else io.say(`${goesOn(state, session)}: signoff resume ${id}`)
  const exitCode = exitCodeOfEnding(ending)
  if (options.json) {
    const document: RunResult = {
      schema: 'signoff.run/1',
      run: id,
      release: context.release,
      result,
      exitCode,
      steps: counts,
      transcript: files.folder,
      seal,
    }
    io.write(jsonText(document, 'one-line'))
  }
  return exitCode
}

function goesOn({ operator }: RunState, { signer }: Session): string {
  return operator === null || operator.principal === signer.principal ? 'Go on' : `${operator.principal} goes on`
}

function gateLines(session: Session): string[] {
  const { state, need } = session.drive.snapshot()
  if (need.kind !== 'gate') return []
  const step = session.context.steps.get(need.step)
  const gate = state.gates.get(need.step)
  const given = gate?.approvals.length ?? 0
  const due = gate?.event.need.length ?? 0
  const request = join(session.workspace.inbox, session.context.run)
  return [
    `${session.context.runbook.path}:${step?.line ?? 1}:1 ${step?.position ?? ''}: ${due - given} of ${due} approvals missing: signoff approve ${session.context.run} ${step?.position ?? ''} --go`,
    `The request lies in ${request}; it can be carried to another machine.`,
  ]
}

/** The recovery that leads back from a step that failed: it is entered by nobody but a person, who is told how. */
function wayBackLines({ context, drive }: Session): string[] {
  const { need, state } = drive.snapshot()
  const { recovery } = context.runbook.flows
  const flow = need.kind === 'decide' ? recovery.find(one => recoveryKey(one) === need.recovery) : undefined
  if (need.kind !== 'decide' || flow === undefined || state.recovery !== null) return []
  const from = need.recovery === 'document' ? 'document' : (context.steps.get(need.step)?.position ?? '')
  const which = recovery.length === 1 ? '' : ` --for ${from}`
  const count = `${flow.steps.length} ${flow.steps.length === 1 ? 'step' : 'steps'}`
  return [`Way back: ${flow.title}, ${count}: signoff rollback ${context.run}${which}`]
}

function unrecordedAdvice(session: Session): string {
  return `signoff: nothing new starts. What ran is kept in ${session.stateDir}; make room, then: signoff resume ${session.context.run}`
}
