import type { Answer, EventOf, RunEvent, RunState, Speaker } from '../../model/index.ts'
import { readTerminalText } from '../../model/index.ts'
import type { Described, RecordedReport, RunbookFile, ScriptOrder } from '../ports.ts'
import { advisoryDiff, checksOf, matchesWithoutLimit, type ShownOutput } from '../scripts/expectation.ts'
import { answerEvents } from './answering.ts'
import { type ApprovalVerdict, approvalEvent } from './approval.ts'
import { blockEvents, unblockEvents } from './blocking.ts'
import { decideChanged, decideLook } from './changed-runbook.ts'
import type { RunContext } from './context.ts'
import { type Decision, decided, refused } from './decision.ts'
import { type AcceptanceVerdict, decideAcceptance, decideOffer, decideWithdrawal } from './handing-off.ts'
import { jumpEvents } from './jump.ts'
import { currentStep, type Live, needOf } from './need.ts'
import { orderFor, orderOf } from './order.ts'
import { probeOf } from './probe.ts'
import { rollbackEvents } from './rolling-back.ts'
import { orderId, positionOf, runningInTheWay, stopPoll } from './running.ts'

/** Everything that can reach a run from outside. */
export type Input =
  | { readonly kind: 'said'; readonly answer: Answer; readonly speaker: Speaker }
  | {
      readonly kind: 'prepared'
      readonly order: ScriptOrder
      readonly problem: string | null
      readonly seen: Described
    }
  | {
      readonly kind: 'report'
      readonly step: string
      readonly attempt: number
      readonly report: RecordedReport
      /** Its output so far. */
      readonly shown: string
      /** With an end: what else its expectation is held against; where it is left out, `shown` is all of it. */
      readonly seen?: Omit<ShownOutput, 'text'>
    }
  | { readonly kind: 'approval'; readonly verdict: ApprovalVerdict }
  /** What a look at the file of the runbook has shown. */
  | { readonly kind: 'runbook'; readonly seen: NonNullable<Awaited<ReturnType<RunbookFile['look']>>> }
  | { readonly kind: 'offered'; readonly event: EventOf<'handoff.offer'> }
  | { readonly kind: 'acceptance'; readonly verdict: AcceptanceVerdict }
  | { readonly kind: 'time' }

/**
 * The one place where it is decided what an input means: pure, with no clock, disk, random or network.
 * Nothing is done here; the events are recorded first, and then the orders are carried out.
 */
export function decide(context: RunContext, state: RunState, live: Live, input: Input): Decision {
  switch (input.kind) {
    case 'said':
      return decideAnswer(context, state, live, input.answer, input.speaker)
    case 'prepared':
      return decidePrepared(state, input)
    case 'report':
      return decideReport(context, state, input)
    case 'approval':
      return decided([approvalEvent(state, input.verdict)])
    case 'runbook':
      return decideLook(context, state, input.seen)
    case 'offered':
      return decided([input.event])
    case 'acceptance':
      return decideAcceptance(context, state, input.verdict)
    case 'time':
      return decided([])
    default:
      input satisfies never
      return decided([])
  }
}

function decideAnswer(context: RunContext, state: RunState, live: Live, answer: Answer, speaker: Speaker): Decision {
  if (state.result !== null) return refused(`the run has ended: ${state.result}`)
  const ofChange = decideChanged(context, state, live, answer, speaker)
  if (ofChange !== null) return ofChange
  switch (answer.kind) {
    case 'runbook':
      return refused('the file of the runbook has not changed')
    case 'offer':
      return decideOffer(state, answer, speaker)
    case 'withdraw-offer':
      return decideWithdrawal(state, speaker)
    case 'run':
    case 'run-offer':
      return decideRun(context, state, live, answer, speaker)
    case 'stop-script': {
      if (state.running === null) return refused('nothing is running')
      const { step, attempt } = state.running
      return decided([], [{ kind: 'stop', id: orderId(context, step, attempt), signal: answer.signal, by: speaker.by }])
    }
    case 'rollback':
      return rollbackEvents(context, state, answer, speaker)
    case 'jump': {
      const decision = jumpEvents(context, state, answer, speaker)
      return decision.reply.ok ? decided(decision.events, stopPoll(context, state, speaker.by)) : decision
    }
    case 'block':
      return blockEvents(context, state, answer, speaker)
    case 'unblock':
      return unblockEvents(state, answer, speaker)
    case 'pause':
      return decided([
        { kind: 'run.pause', reason: answer.reason, step: currentStep(context, state)?.id ?? null, by: speaker.by },
      ])
    case 'abort': {
      const busy = runningInTheWay(context, state)
      if (busy !== null) return refused(`${busy} is running: stop it first`)
      if (answer.reason.trim() === '') return refused('a reason is needed')
      return decided(
        [{ kind: 'run.abort', reason: answer.reason, by: speaker.by }],
        stopPoll(context, state, speaker.by),
      )
    }
    default:
      return answerEvents(context, state, live, answer, speaker)
  }
}

function decideRun(
  context: RunContext,
  state: RunState,
  live: Live,
  answer: Extract<Answer, { kind: 'run' | 'run-offer' }>,
  speaker: Speaker,
): Decision {
  const need = needOf(context, state, live)
  const step = context.steps.get(answer.step)
  if (step === undefined) return refused(`no step ${answer.step}`)
  if (state.running !== null) return refused(`${positionOf(context, state.running.step)} is running`)
  if (!('step' in need) || need.step !== answer.step)
    return refused(`${step.position} is not the step that is needed now`)
  if (need.kind === 'held') return refused(`${step.position} is blocked by ${need.by}: ${need.reason}`)
  if (need.kind === 'blocked') return refused(`${step.position} cannot run: ${need.why}`)
  if (need.kind === 'values') return refused(`${step.position} needs a value for ${need.names.join(', ')}`)
  const asked =
    answer.kind === 'run' ? (need.kind === 'run' ? need : null) : 'offer' in need ? (need.offer ?? null) : null
  if (asked === null) return refused(`${step.position} has nothing to run now`)
  if ('missing' in asked && asked.missing.length > 0)
    return refused(`the command needs a value for ${asked.missing.join(', ')}`)
  if (asked.level === 'L3' && answer.phrase?.trim() !== asked.phrase)
    return refused(`the phrase does not match: type "${asked.phrase ?? ''}" to run ${step.position}`)
  const typed: RunEvent[] =
    asked.level === 'L3'
      ? [
          {
            kind: 'confirm',
            step: step.id,
            ask: `type "${asked.phrase ?? ''}" to run`,
            answer: 'yes',
            observed: [],
            how: speaker.how,
            by: speaker.by,
            source: speaker.source,
            note: null,
          },
        ]
      : []
  // A phrase on a confirmation would read as its answer, so there it is kept as a remark.
  const phraseEvents: RunEvent[] =
    step.kind === 'task'
      ? typed
      : typed.map(() => ({
          kind: 'note',
          step: step.id,
          text: `typed "${asked.phrase ?? ''}" to run: ${asked.script}`,
          by: speaker.by,
        }))
  const probe = answer.kind === 'run-offer' ? probeOf(context, state, step) : null
  const inTerminal = answer.kind === 'run' && answer.inTerminal === true
  if (inTerminal && context.terminal !== true) return refused(`${step.position}: there is no terminal to hand over`)
  const order =
    probe === null
      ? orderFor(context, state, step, answer.kind === 'run' ? 'script' : 'offer', inTerminal)
      : orderOf(context, state, step, probe.script, null)
  return decided(phraseEvents, [{ kind: 'prepare', order }])
}

function decidePrepared(state: RunState, input: Extract<Input, { kind: 'prepared' }>): Decision {
  const { order, problem, seen } = input
  if (problem !== null)
    return {
      events: [],
      orders: [{ kind: 'reject', step: order.step, why: problem }],
      reply: { ok: false, why: problem },
    }
  const record = state.steps.get(order.step)
  const start: RunEvent = {
    kind: 'step.start',
    step: order.step,
    attempt: order.attempt,
    script: order.script,
    shell: seen.shell,
    cwd: seen.cwd,
    env: [...seen.env],
    size: seen.terminal?.size == null ? null : [...seen.terminal.size],
    timeoutMs: order.timeoutMs,
    gates: [...(record?.phraseSeq == null ? [] : [record.phraseSeq]), ...state.gatesPassed.values()].sort(
      (a, b) => a - b,
    ),
  }
  return decided([start, ...unrecorded(state, order, seen)], [{ kind: 'start', order }])
}

/** A script that has the terminal itself leaves no output; that it ran unrecorded must stand in the record. */
function unrecorded(state: RunState, { step, attempt }: ScriptOrder, { terminal }: Described): RunEvent[] {
  if (terminal === undefined || terminal.unrecorded === null) return []
  const text = `attempt ${attempt} had the terminal itself, and what it showed is not recorded: ${terminal.unrecorded}`
  return [{ kind: 'note', step, text, by: state.operator?.principal ?? '' }]
}

function decideReport(context: RunContext, state: RunState, input: Extract<Input, { kind: 'report' }>): Decision {
  const { step: id, attempt, report } = input
  if (report.kind === 'late') return decided(state.result === null ? [report.event] : [])
  // A stop that comes late is told after the end: an outcome is recorded once, and nothing of a script behind it.
  if (state.running?.step !== id || state.running.attempt !== attempt) return decided([])
  const { told } = state.running
  if (report.kind === 'left' && told.has('step.left')) return decided([])
  if (report.kind !== 'ended') return decided([report.event])
  const step = context.steps.get(id)
  const isTask = step?.kind === 'task'
  const inTerminal = report.end.streams.some(stream => stream.fd === 'pty')
  const text = inTerminal ? readTerminalText(input.shown) : input.shown
  const seen = { unseen: null, contains: null, ...input.seen, text, out: inTerminal ? text : (input.seen?.out ?? text) }
  const checks =
    isTask && report.outcome === 'exited' ? checksOf(step, seen, context.matches ?? matchesWithoutLimit) : []
  // An endless step runs until it is stopped: that is its normal end.
  const stoppedAsMeant = step?.interaction === 'endless' && report.outcome === 'cancelled'
  const passed = stoppedAsMeant || (report.outcome === 'exited' && report.exit === 0 && checks.every(check => check.ok))
  const end: EventOf<'step.end'> = {
    kind: 'step.end',
    step: id,
    attempt,
    outcome: report.outcome,
    exit: report.exit,
    signal: report.signal,
    ms: report.ms,
    result: report.outcome === 'unknown' ? 'unknown' : passed ? 'passed' : 'failed',
    checks,
  }
  const outputEnd = told.has('output.end') ? [] : [report.end]
  const diff = isTask && !told.has('output.differs') ? advisoryDiff(step, seen) : null
  const differs: RunEvent[] =
    diff === null ? [] : [{ kind: 'output.differs', step: id, attempt, expected: 'similar', diff }]
  return decided([...outputEnd, ...differs, end], [{ kind: 'forget', id: orderId(context, id, attempt) }])
}
