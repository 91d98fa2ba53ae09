import type {
  Answer,
  Conversation,
  Ending,
  Entry,
  Reply,
  RunEvent,
  RunState,
  Snapshot,
  Speaker,
} from '../model/index.ts'
import { EMPTY_STATE, evolve, SignoffError } from '../model/index.ts'
import { nextAutomatic } from './advance.ts'
import type { ApprovalVerdict } from './approval.ts'
import type { RunContext } from './context.ts'
import { decide, type Input } from './decide.ts'
import type { Decision, Order } from './decision.ts'
import { scriptToEdit } from './edit.ts'
import type { AcceptanceVerdict } from './handing-off.ts'
import { maskAnswer } from './mask-answer.ts'
import { type Live, needOf } from './need.ts'
import { orderFor } from './order.ts'
import { nextPoll } from './polling.ts'
import type { Executor, LateEvent, Ports, ScriptOrder, ScriptReport } from './ports.ts'
import { limitOf } from './probe.ts'
import type { RecordedOutput } from './recorded-output.ts'
import { openSeenOutput, type SeenOutput } from './seen-output.ts'

/** How long output may be in the journal before it must be on the disk. */
const OUTPUT_SYNC_MS = 1000

const NOTHING_SHOWN = { text: '', out: '', unseen: null, contains: null }

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
  let state = past
  let live: Live = { heldSecrets: new Set(), rejected: new Map() }
  let over = false
  let queue: Promise<unknown> = Promise.resolve()
  let cancelTimer: (() => void) | null = null
  let cancelSync: (() => void) | null = null
  const shown = new Map<string, SeenOutput>()
  /** What is on record of late output, by stream: what `leave` hands over may have been recorded just before. */
  const lateSeen = new Map<string, number>()
  let leftAlone = false
  const listeners = new Set<(entry: Entry, snapshot: Snapshot) => void>()
  const ended = Promise.withResolvers<Ending>()
  const failed = Promise.withResolvers<never>()
  // Whoever does not wait for the failure must not make the process fall over it.
  failed.promise.catch(() => undefined)
  ended.promise.catch(() => undefined)

  // What front ends see changes only when everything that follows by itself has followed: between a step's end and the
  // default value of the next one there is a need that nobody is to be asked for.
  let settled: Snapshot = { state, need: needOf(context, state, live) }
  let unseen: Entry[] = []

  async function record(event: RunEvent): Promise<void> {
    // Nothing follows either of them from this process: what is late is recorded now, or not at all.
    if ((event.kind === 'run.end' || event.kind === 'run.pause') && !leftAlone) {
      leftAlone = true
      for (const late of await ports.executor.leave()) if (isNewLate(late)) await record(late)
    }
    if (event.kind === 'output.late' || event.kind === 'output.late.end') noteLate(event)
    const entry = await ports.journal.append(masked(event))
    state = evolve(state, entry)
    unseen.push(entry)
  }

  function isNewLate(late: LateEvent): boolean {
    const seen = lateSeen.get(lateKey(late)) ?? -1
    return (late.kind === 'output.late' ? late.at : 0) > seen
  }

  function noteLate(late: LateEvent): void {
    lateSeen.set(lateKey(late), late.kind === 'output.late' ? late.at : 0)
  }

  /** A runbook may hold a secret in its own text; the record of what ran, and of what was expected, does not repeat it. */
  function masked(event: RunEvent): RunEvent {
    const mask = (text: string): string => ports.executor.mask(text)
    switch (event.kind) {
      case 'step.start':
        return { ...event, script: mask(event.script) }
      case 'step.edit':
        return { ...event, was: mask(event.was) }
      case 'step.end':
        return { ...event, checks: event.checks.map(check => ({ ...check, want: mask(check.want) })) }
      case 'runbook.changed':
        return { ...event, diff: mask(event.diff) }
      default:
        return event
    }
  }

  function show(): void {
    settled = { state, need: needOf(context, state, live) }
    const entries = unseen
    unseen = []
    for (const entry of entries) for (const listener of listeners) listener(entry, settled)
  }

  async function recordAll(events: readonly RunEvent[]): Promise<void> {
    for (const event of events) await record(event)
    if (events.some(event => event.kind !== 'output' && event.kind !== 'output.late')) await ports.journal.barrier()
    else if (events.length > 0) syncSoon()
  }

  function syncSoon(): void {
    if (cancelSync !== null) return
    cancelSync = ports.clock.at(ports.clock.nowMs() + OUTPUT_SYNC_MS, () => {
      cancelSync = null
      ports.journal.barrier().catch(giveUp)
    })
  }

  /** Everything that follows by itself: each event recorded before the next is thought of, all durable before any is shown. */
  async function advance(): Promise<void> {
    await lookAtRunbook()
    let lookedMs = 0
    for (;;) {
      const moment = { nowMs: ports.clock.nowMs(), challenge: ports.ids.challenge() }
      lookedMs = moment.nowMs
      const event = over ? null : nextAutomatic(context, state, live, moment)
      if (event === null) break
      await record(event)
    }
    await ports.journal.barrier()
    const poll = over || live.changed != null ? null : nextPoll(context, state, live, ports.clock.nowMs())
    if (poll?.kind === 'due') await carryOutOne({ kind: 'prepare', order: poll.order })
    armTimer(lookedMs, poll?.kind === 'later' ? poll.atMs : null)
    show()
    if (state.result !== null) finish({ kind: 'ended', result: state.result })
  }

  /** Whether the file of the runbook is what it was. Asked each time before a step can begin. */
  async function lookAtRunbook(): Promise<void> {
    const seen = over ? null : ((await ports.runbook?.look()) ?? null)
    if (seen !== null) await carryOut(decide(context, state, live, { kind: 'runbook', seen }))
  }

  /** @param lookedMs what was due by then has led to all that it leads to; only a script's end, or a person, changes it now. */
  function armTimer(lookedMs: number, pollAtMs: number | null): void {
    cancelTimer?.()
    cancelTimer = null
    const times = [...state.steps.values()].flatMap(({ planned, status }) => {
      const step = context.steps.get(planned.id)
      if (status.kind !== 'waiting' || step === undefined) return []
      return [status.untilMs, limitOf(step, status) ?? 0]
    })
    const due = [...times, pollAtMs ?? 0].filter(atMs => atMs > lookedMs)
    if (due.length > 0 && !over)
      cancelTimer = ports.clock.at(Math.min(...due), () => {
        enqueue({ kind: 'time' }).catch(giveUp)
      })
  }

  function finish(ending: Ending): void {
    if (over) return
    over = true
    cancelTimer?.()
    cancelSync?.()
    ended.resolve(ending)
  }

  function giveUp(error: unknown): void {
    if (over) return
    over = true
    show()
    cancelTimer?.()
    cancelSync?.()
    // Nothing may start any more; what runs is told, and what it did stays with its supervisor for `resume`.
    const running = state.running
    // Another writer follows the script from now on: it is not ours to stop.
    const isTaken = error instanceof SignoffError && error.code === 'LOCKED'
    const told =
      running === null || isTaken
        ? Promise.resolve()
        : ports.executor.stop(`${context.run}:${running.step}:${running.attempt}`, 'SIGTERM', null)
    told
      .catch(() => undefined)
      .finally(() => {
        failed.reject(error)
        // A front end waits for the end of the run alone: it must leave the terminal as well.
        ended.reject(error)
      })
  }

  function enqueue(input: Input): Promise<Reply> {
    const result = queue.then(() => handle(input))
    queue = result.catch(() => undefined)
    return result
  }

  async function handle(input: Input): Promise<Reply> {
    if (over || (leftAlone && input.kind === 'report' && input.report.kind === 'late'))
      return { ok: false, why: 'the run is no longer driven here' }
    try {
      if (input.kind === 'said') await lookAtRunbook()
      const decision = decide(context, state, live, input)
      // With another value the same block is another text, as an edited one is, and bash is asked again.
      if (decision.events.some(event => event.kind === 'param' || event.kind === 'step.edit'))
        live = { ...live, rejected: new Map() }
      await recordAll(decision.events)
      const reply = await carryOut(decision)
      // Output and a pause lead to nothing by themselves.
      const leadsOn = state.paused === null && (input.kind !== 'report' || input.report.kind === 'ended')
      if (leadsOn) await advance()
      else show()
      if (decision.events.some(event => event.kind === 'run.pause')) {
        finish(pauseEnding(decision))
        return reply
      }
      return reply
    } catch (error) {
      giveUp(error)
      throw error
    }
  }

  async function carryOut(decision: Decision): Promise<Reply> {
    let reply = decision.reply
    for (const order of decision.orders) {
      const answer = await carryOutOne(order)
      if (answer !== null) reply = answer
    }
    return reply
  }

  async function carryOutOne(order: Order): Promise<Reply | null> {
    switch (order.kind) {
      case 'prepare': {
        const problem = await ports.executor.check(order.order)
        const seen = ports.executor.describe(order.order)
        const decision = decide(context, state, live, { kind: 'prepared', order: order.order, problem, seen })
        await recordAll(decision.events)
        return carryOut(decision)
      }
      case 'check': {
        const step = context.steps.get(order.step)
        const ready = needOf(context, state, live)
        if (step === undefined || ready.kind !== 'run' || ready.step !== step.id) return null
        const problem = await ports.executor.check(orderFor(context, state, step, 'script'))
        return problem === null ? null : carryOutOne({ kind: 'reject', step: step.id, why: problem })
      }
      case 'start':
        shown.set(order.order.id, openSeenOutput(context.steps.get(order.order.step)))
        live = { ...live, saidAtMs: null }
        follow(ports.executor.run(order.order, taker(order.order)))
        return null
      case 'stop':
        // Not awaited: the graces between the signals are long, and the reports of them come as inputs.
        ports.executor.stop(order.id, order.signal, order.by).catch(giveUp)
        return null
      case 'keep-secret':
        ports.executor.keepSecret(order.variable, order.value)
        live = { ...live, heldSecrets: new Set(live.heldSecrets).add(order.name) }
        return null
      case 'ask-runbook': {
        const { changed } = order
        const diff = changed === null ? '' : ports.executor.mask(changed.diff)
        live = { ...live, changed: changed === null ? null : { ...changed, diff } }
        return null
      }
      case 'sign-offer': {
        const signed = await ports.handoff?.offer(order.to, order.note, ports.ids.challenge())
        if (signed === undefined) return { ok: false, why: 'no key is at hand here to sign an offer with' }
        if (!signed.ok) return signed
        await recordAll(decide(context, state, live, { kind: 'offered', event: signed.event }).events)
        return null
      }
      case 'reject':
        live = { ...live, rejected: new Map(live.rejected).set(order.step, order.why) }
        return null
      case 'forget':
        shown.delete(order.id)
        await ports.executor.forget(order.id)
        return null
      default:
        order satisfies never
        return null
    }
  }

  function follow(work: Promise<void>): void {
    work.catch(error => {
      // After the drive is over, reports are refused on purpose; everything else is ours to say.
      if (!over) giveUp(error)
    })
  }

  function taker(order: Pick<ScriptOrder, 'id' | 'step' | 'attempt'>): (report: ScriptReport) => Promise<void> {
    return async report => {
      if (report.kind === 'output') {
        live = { ...live, saidAtMs: ports.clock.nowMs() }
        shown.get(order.id)?.take(report.event)
      }
      const { text, ...seen } =
        report.kind === 'ended' ? (shown.get(order.id)?.shown(report.end) ?? NOTHING_SHOWN) : NOTHING_SHOWN
      const reply = await enqueue({
        kind: 'report',
        step: order.step,
        attempt: order.attempt,
        report,
        shown: text,
        seen,
      })
      if (!reply.ok) throw new Error(reply.why)
    }
  }

  return {
    runbook: context.runbook,
    snapshot: () => settled,
    scriptToEdit: step => scriptToEdit(context, state, live, step),
    onEntry: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async say(answer: Answer, speaker: Speaker) {
      // Masking an edited script would hand a broken one to the shell, and without it the secret would be in the record.
      if (answer.kind === 'edit' && ports.executor.mask(answer.script) !== answer.script)
        return { ok: false, why: 'the edited text holds a secret: refer to its variable instead' }
      return enqueue({ kind: 'said', answer: maskAnswer(answer, ports.executor.mask), speaker })
    },
    ended: ended.promise,
    failed: failed.promise,
    async begin(opening, first = []) {
      const work = queue.then(async () => {
        await recordAll(opening)
        await lookAtRunbook()
        for (const { answer, speaker } of first) {
          const decision = decide(context, state, live, {
            kind: 'said',
            answer: maskAnswer(answer, ports.executor.mask),
            speaker,
          })
          if (!decision.reply.ok) throw new SignoffError('USAGE', decision.reply.why)
          await recordAll(decision.events)
          await carryOut(decision)
        }
        await advance()
      })
      queue = work.catch(giveUp)
      await work
    },
    approval: verdict => enqueue({ kind: 'approval', verdict }),
    acceptance: verdict => enqueue({ kind: 'acceptance', verdict }),
    fail: giveUp,
    async attach(step, attempt, recorded) {
      const order = { id: `${context.run}:${step}:${attempt}`, run: context.run, step, attempt }
      // Its expectation is held against all of its output, not only against what comes from now on.
      const seen = openSeenOutput(context.steps.get(step))
      for (const event of recorded.events) seen.take(event)
      shown.set(order.id, seen)
      // Without a secret that the run knows of, its output cannot be masked.
      follow(ports.executor.attach(order, recorded, taker(order), lacksSecrets() ? recorded.sha256 : null))
    },
    attachLate(step, attempt, recorded) {
      // What nobody can mask is not recorded; that it has no end on record says so.
      if (lacksSecrets()) return false
      const order = { id: `${context.run}:${step}:${attempt}`, run: context.run, step, attempt }
      return ports.executor.attachLate(order, recorded, taker(order))
    },
    async interrupt(ending, event) {
      const work = queue.then(async () => {
        if (over) return
        if (event !== null) await recordAll([event])
        show()
        finish(ending)
      })
      queue = work.catch(giveUp)
      await work
    },
  }

  function lacksSecrets(): boolean {
    return [...state.values].some(([name, value]) => value.masked && !live.heldSecrets.has(name))
  }

  function pauseEnding(decision: Decision): Ending {
    const pause = decision.events.find(event => event.kind === 'run.pause')
    const changed = decision.events.some(event => event.kind === 'runbook.changed')
    return { kind: 'paused', why: changed ? 'changed' : 'asked', reason: pause?.reason ?? '' }
  }
}

function lateKey(late: LateEvent): string {
  return `${late.step}:${late.attempt}:${late.kind === 'output.late' ? late.fd : 'end'}`
}
