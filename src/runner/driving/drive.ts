import type {
  Answer,
  Conversation,
  Ending,
  Entry,
  EventOf,
  Reply,
  RunEvent,
  RunState,
  Snapshot,
  Speaker,
} from '../../model/index.ts'
import { EMPTY_STATE, SignoffError } from '../../model/index.ts'
import { nextAutomatic } from '../deciding/advance.ts'
import type { ApprovalVerdict } from '../deciding/approval.ts'
import type { RunContext } from '../deciding/context.ts'
import { decide, type Input } from '../deciding/decide.ts'
import { type Decision, decided } from '../deciding/decision.ts'
import { dueTimes } from '../deciding/due-times.ts'
import { scriptToEdit } from '../deciding/edit.ts'
import type { AcceptanceVerdict } from '../deciding/handing-off.ts'
import { needOf } from '../deciding/need.ts'
import { nextPoll } from '../deciding/polling.ts'
import type { Executor, Ports } from '../ports.ts'
import { maskAnswer } from '../scripts/mask-answer.ts'
import { createCarrier, type Memory } from './carry-out.ts'
import type { RecordedOutput } from './recorded-output.ts'
import { createRecorder } from './recorder.ts'

/** A run that is being driven: what front ends speak through, and what the rim of the program may do to it. */
export interface Drive extends Conversation {
  /**
   * Records opening events (`run.start`, `run.plan`, `run.resume`), takes what was said beforehand (values by flag), and
   * then goes as far as the run goes by itself.
   * @throws {SignoffError} `USAGE` where something said beforehand is refused.
   */
  begin(
    opening: readonly RunEvent[],
    first?: readonly { readonly answer: Answer; readonly speaker: Speaker }[],
  ): Promise<void>
  /** Brings in a signed approval that was checked. Not ok: the run is no longer driven here, and nothing was recorded. */
  approval(verdict: ApprovalVerdict): Promise<Reply>
  /** Brings in a signed acceptance of a hand-over that was checked. */
  acceptance(verdict: AcceptanceVerdict): Promise<Reply>
  /** Gives the run up, such as to another writer: nothing is recorded any more, and `failed` and `ended` reject. */
  fail(error: SignoffError): void
  /** Follows a script that an earlier process of this run started. */
  attach(step: string, attempt: number, recorded: RecordedOutput): Promise<void>
  /** Follows late output of a script that had ended in an earlier process of this run. False if nothing of it is left. */
  attachLate(step: string, attempt: number, recorded: Parameters<Executor['attachLate']>[1]): boolean
  /** Ends the drive from outside: records the pause and leaves scripts to their supervisor. */
  interrupt(ending: Ending, event: RunEvent | null): Promise<void>
  /** Rejects with what made it impossible to go on, such as a journal that cannot be written. */
  readonly failed: Promise<never>
}

/**
 * The one loop that joins the pure core to the world: take an input, decide, record what was decided, show it,
 * then carry it out. Inputs are handled one after the other, so the core never sees two at once.
 *
 * @param past what an earlier process of this run recorded; the drive goes on from there.
 */
export function drive(context: RunContext, ports: Ports, past: RunState = EMPTY_STATE): Drive {
  const memory: Memory = { live: { heldSecrets: new Set(), rejected: new Map() } }
  const recorder = createRecorder(ports, past, giveUp)
  const carrier = createCarrier({ context, ports, recorder, memory, report: enqueue, pass, failed })
  let over = false
  let queue: Promise<unknown> = Promise.resolve()
  let cancelTimer: (() => void) | null = null
  const listeners = new Set<(entry: Entry, snapshot: Snapshot) => void>()
  const passers = new Set<(event: EventOf<'output'>) => void>()
  const ended = Promise.withResolvers<Ending>()
  const rejected = Promise.withResolvers<never>()
  // Whoever does not wait for the failure must not make the process fall over it.
  rejected.promise.catch(() => undefined)
  ended.promise.catch(() => undefined)

  // What front ends see changes only when everything that follows by itself has followed: between a step's end and the
  // default value of the next one there is a need that nobody is to be asked for.
  let settled: Snapshot = snapshotNow()

  function snapshotNow(): Snapshot {
    return { state: recorder.state, need: needOf(context, recorder.state, memory.live) }
  }

  function decideNow(input: Input): Decision {
    return decide(context, recorder.state, memory.live, input)
  }

  function show(): void {
    settled = snapshotNow()
    for (const entry of recorder.takeUnseen()) for (const listener of listeners) listener(entry, settled)
  }

  /** What is not kept is no input of the run; it is shown in its turn all the same, behind the output that was recorded before it. */
  async function pass(event: EventOf<'output'>): Promise<void> {
    await inTurn(async () => {
      if (over) return
      settled = snapshotNow()
      for (const passer of passers) passer(event)
    })
  }

  /** Everything that follows by itself: each event recorded before the next is thought of, all durable before any is shown. */
  async function advance(): Promise<void> {
    await lookAtRunbook()
    let lookedMs = 0
    for (;;) {
      const moment = { nowMs: ports.clock.nowMs(), challenge: ports.ids.challenge() }
      lookedMs = moment.nowMs
      const event = over ? null : nextAutomatic(context, recorder.state, memory.live, moment)
      if (event === null) break
      await recorder.record(event)
    }
    await recorder.barrier()
    const isAsking = over || memory.live.changed != null
    const poll = isAsking ? null : nextPoll(context, recorder.state, memory.live, ports.clock.nowMs())
    if (poll?.kind === 'due') await carrier.carryOut(decided([], [{ kind: 'prepare', order: poll.order }]))
    armTimer(lookedMs, poll?.kind === 'later' ? poll.atMs : null)
    show()
    if (recorder.state.result !== null) finish({ kind: 'ended', result: recorder.state.result })
  }

  /** Whether the file of the runbook is what it was. Asked each time before a step can begin. */
  async function lookAtRunbook(): Promise<void> {
    const seen = over ? null : ((await ports.runbook?.look()) ?? null)
    if (seen !== null) await carrier.carryOut(decideNow({ kind: 'runbook', seen }))
  }

  /** @param lookedMs what was due by then has led to all that it leads to; only a script's end, or a person, changes it now. */
  function armTimer(lookedMs: number, pollAtMs: number | null): void {
    cancelTimer?.()
    cancelTimer = null
    const due = [...dueTimes(context, recorder.state), pollAtMs ?? 0].filter(atMs => atMs > lookedMs)
    if (due.length > 0 && !over)
      cancelTimer = ports.clock.at(Math.min(...due), () => {
        enqueue({ kind: 'time' }).catch(giveUp)
      })
  }

  function finish(ending: Ending): void {
    if (over) return
    close()
    ended.resolve(ending)
  }

  function close(): void {
    over = true
    cancelTimer?.()
    recorder.close()
  }

  /** After the drive is over, reports are refused on purpose; everything else is ours to say. */
  function failed(error: unknown): void {
    if (!over) giveUp(error)
  }

  function giveUp(error: unknown): void {
    if (over) return
    close()
    show()
    // Nothing may start any more; what runs is told, and what it did stays with its supervisor for `resume`.
    const { running } = recorder.state
    // Another writer follows the script from now on: it is not ours to stop.
    const isTaken = error instanceof SignoffError && error.code === 'LOCKED'
    const told =
      running === null || isTaken
        ? Promise.resolve()
        : ports.executor.stop(`${context.run}:${running.step}:${running.attempt}`, 'SIGTERM', null)
    told
      .catch(() => undefined)
      .then(() => recordFull(error))
      .catch(() => undefined)
      .finally(() => {
        rejected.reject(error)
        // A front end waits for the end of the run alone: it must leave the terminal as well.
        ended.reject(error)
      })
  }

  /** A full disk has room kept for this line. Where that fails too, the error that is on its way to the person says it. */
  async function recordFull(error: unknown): Promise<void> {
    if (!(error instanceof SignoffError) || error.code !== 'JOURNAL_UNWRITABLE') return
    const errno = (error.cause as NodeJS.ErrnoException | undefined)?.code
    if (errno === undefined) return
    await ports.journal.append({ kind: 'journal.full', errno })
    await ports.journal.barrier()
  }

  function enqueue(input: Input): Promise<Reply> {
    const result = queue.then(() => handle(input))
    queue = result.catch(() => undefined)
    return result
  }

  async function handle(input: Input): Promise<Reply> {
    if (over || (recorder.isClosing && input.kind === 'report' && input.report.kind === 'late'))
      return { ok: false, why: 'the run is no longer driven here' }
    try {
      if (input.kind === 'said') await lookAtRunbook()
      const decision = decideNow(input)
      // With another value the same block is another text, as an edited one is, and bash is asked again.
      if (decision.events.some(event => event.kind === 'param' || event.kind === 'step.edit'))
        memory.live = { ...memory.live, rejected: new Map() }
      const isEnd = input.kind === 'report' && input.report.kind === 'ended'
      await recorder.recordAll(decision.events, isEnd ? carrier.readAhead : undefined)
      const reply = await carrier.carryOut(decision)
      // Output and a pause lead to nothing by themselves.
      const leadsOn = recorder.state.paused === null && (input.kind !== 'report' || input.report.kind === 'ended')
      if (leadsOn) await advance()
      else show()
      if (decision.events.some(event => event.kind === 'run.pause')) finish(pauseEnding(decision))
      return reply
    } catch (error) {
      giveUp(error)
      throw error
    }
  }

  /** What is not an input of the core, in its turn. */
  async function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = queue.then(work)
    queue = turn.catch(giveUp)
    await turn
  }

  return {
    runbook: context.runbook,
    snapshot: () => settled,
    scriptToEdit: step => scriptToEdit(context, recorder.state, memory.live, step),
    onEntry: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onPassing: passer => {
      passers.add(passer)
      return () => passers.delete(passer)
    },
    async say(answer: Answer, speaker: Speaker) {
      // Masking an edited script would hand a broken one to the shell, and without it the secret would be in the record.
      if (answer.kind === 'edit' && ports.executor.mask(answer.script) !== answer.script)
        return { ok: false, why: 'the edited text holds a secret: refer to its variable instead' }
      return enqueue({ kind: 'said', answer: maskAnswer(answer, ports.executor.mask), speaker })
    },
    ended: ended.promise,
    failed: rejected.promise,
    begin: (opening, first = []) =>
      inTurn(async () => {
        await recorder.recordAll(opening)
        await lookAtRunbook()
        for (const { answer, speaker } of first) {
          const decision = decideNow({ kind: 'said', answer: maskAnswer(answer, ports.executor.mask), speaker })
          if (!decision.reply.ok) throw new SignoffError('USAGE', decision.reply.why)
          await recorder.recordAll(decision.events)
          await carrier.carryOut(decision)
        }
        await advance()
      }),
    approval: verdict => enqueue({ kind: 'approval', verdict }),
    acceptance: verdict => enqueue({ kind: 'acceptance', verdict }),
    fail: giveUp,
    async attach(step, attempt, recorded) {
      carrier.attach(step, attempt, recorded)
    },
    attachLate: (step, attempt, recorded) => carrier.attachLate(step, attempt, recorded),
    interrupt: (ending, event) =>
      inTurn(async () => {
        if (over) return
        if (event !== null) await recorder.recordAll([event])
        show()
        finish(ending)
      }),
  }
}

function pauseEnding(decision: Decision): Ending {
  const pause = decision.events.find(event => event.kind === 'run.pause')
  const changed = decision.events.some(event => event.kind === 'runbook.changed')
  return { kind: 'paused', why: changed ? 'changed' : 'asked', reason: pause?.reason ?? '' }
}
