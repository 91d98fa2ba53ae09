import {
  EMPTY_STATE,
  type Entry,
  type EventOf,
  evolve,
  type PlannedStep,
  type Result,
  type RunState,
  readTerminalText,
  type StepRecord,
} from '../../model/index.ts'
import type { VerifyReport } from '../verify/verify-report.ts'
import { exportWarning } from './derived.ts'
import { eventText } from './event-text.ts'
import { type ExportSource, entriesOf } from './format.ts'
import { planNames } from './plan-names.ts'

/** How a run went, as test reports tell it: one result a step, in the order of the plan. */
export interface RunResults {
  readonly state: RunState
  readonly steps: readonly StepResult[]
  /** The result as recorded; null while the run has not ended. */
  readonly result: Result | null
}

export interface StepResult {
  readonly planned: PlannedStep
  /** Position and title of its phase; null where it stands in none. */
  readonly phase: string | null
  /** `open` is whatever has not come to an end: not reached, running, waiting for somebody. */
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'not-applicable' | 'unknown' | 'open'
  /** What the record says of it last: the reason of a skip, how a script ended; null where nothing happened. Not cleaned. */
  readonly detail: string | null
  /** When it began, milliseconds since the epoch; null where nothing happened. */
  readonly startedAtMs: number | null
  /** How long its scripts ran, its wait lasted, or its gate stood open; 0 where nothing was timed. */
  readonly ms: number
  readonly attempts: readonly AttemptResult[]
  /** The end of what its last script printed, at most {@link TAIL_CHARACTERS}. Not cleaned. */
  readonly tail: string
}

export interface AttemptResult {
  readonly result: EventOf<'step.end'>['result']
  readonly ms: number
  readonly exit: number | null
}

/** Enough to see why something failed; all of it is in the transcript. */
export const TAIL_CHARACTERS = 4096

/** Folds a record to its results, in memory for one line and the steps. */
export async function resultsOf(source: ExportSource): Promise<RunResults> {
  let state = EMPTY_STATE
  const seen = new Map<string, Seen>()
  for await (const entry of entriesOf(source)) {
    const { event } = entry
    if (event.kind !== 'output' && event.kind !== 'output.late') state = evolve(state, entry)
    if (!('step' in event) || event.step === null || event.kind === 'run.pause') continue
    const found = seen.get(event.step) ?? newlySeen(entry.atMs)
    seen.set(event.step, found)
    take(found, entry, state)
  }
  const steps = [...state.steps.values()]
    .filter(record => isCounted(state, record))
    .map(record => resultOf(state, record, seen))
  return { state, steps, result: state.result }
}

/**
 * What is to be said of the run as a whole, as a result of its own: without it, a run that was stopped before anything failed, or that
 * nobody sealed, would look like one that went well.
 */
export function verdictOfRun({ result, state }: RunResults, report: VerifyReport): RunVerdict {
  const warning = exportWarning(report).slice(2)
  const ended = result === null ? 'the run has not ended' : `the run ended ${result}`
  const isBad = result !== null && result !== 'passed' && result !== 'partial'
  return {
    name: 'the run ended well, and on record',
    outcome: isBad ? 'failed' : result === null || warning !== '' ? 'unknown' : 'passed',
    message: warning === '' ? ended : `${ended}; ${warning}`,
    ms: Math.max(0, state.lastAtMs - state.startedAtMs),
  }
}

export interface RunVerdict {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'unknown'
  readonly message: string
  readonly ms: number
}

/** What is gathered of one step while its lines go by. */
interface Seen {
  readonly startedAtMs: number
  attempts: AttemptResult[]
  detail: string | null
  /** The NO-GO that closed its gate, with its reason: what is decided of the run after it says less. */
  noGo: string | null
  tail: string
  inTerminal: boolean
  /** When its wait or its gate began. */
  openedAtMs: number | null
  openMs: number
}

function newlySeen(startedAtMs: number): Seen {
  return {
    startedAtMs,
    attempts: [],
    detail: null,
    noGo: null,
    tail: '',
    inTerminal: false,
    openedAtMs: null,
    openMs: 0,
  }
}

function take(seen: Seen, { event, atMs }: Entry, state: RunState): void {
  switch (event.kind) {
    case 'output': {
      const text = event.text ?? Buffer.from(event.b64 ?? '', 'base64').toString('utf8')
      // Some more than is shown: control sequences are taken out at the end.
      seen.tail = (seen.tail + text).slice(-4 * TAIL_CHARACTERS)
      seen.inTerminal ||= event.fd === 'pty'
      return
    }
    case 'output.late':
      return
    case 'step.start':
      seen.tail = ''
      seen.inTerminal = false
      return
    case 'step.end':
      seen.attempts.push({ result: event.result, ms: event.ms, exit: event.exit })
      break
    case 'approval.request':
    case 'wait.start':
      seen.openedAtMs ??= atMs
      break
    case 'gate.end':
    case 'wait.end':
      if (event.kind === 'wait.end' && event.how === 'extended') break
      seen.openMs += atMs - (seen.openedAtMs ?? atMs)
      seen.openedAtMs = null
      break
    default:
      break
  }
  const { sentence, items } = eventText(event, planNames(state, 'forward'))
  if (event.kind === 'approval' && event.decision === 'no-go') seen.noGo = sentence
  if (sentence !== '' && event.kind !== 'output.end' && event.kind !== 'step.left')
    seen.detail = [sentence, ...items].join('; ')
}

/** Steps of the main flow, and of a recovery once it was entered: those that the counts of the run are over. */
function isCounted({ recovery }: RunState, { planned }: StepRecord): boolean {
  const inRecovery = recovery?.steps.includes(planned.id) === true
  return inRecovery || (planned.flow === 'main' && (recovery?.of ?? null) === null)
}

function resultOf(state: RunState, { planned, status }: StepRecord, all: ReadonlyMap<string, Seen>): StepResult {
  const seen = all.get(planned.id) ?? null
  const phase = state.phases.find(({ id }) => id === planned.phase)
  const tail = seen === null ? '' : seen.inTerminal ? readTerminalText(seen.tail) : seen.tail
  return {
    planned,
    phase: phase === undefined ? null : `${phase.position} ${phase.title}`,
    outcome: outcomeOf(status),
    detail: (outcomeOf(status) === 'failed' ? seen?.noGo : null) ?? seen?.detail ?? null,
    startedAtMs: seen?.startedAtMs ?? null,
    ms: seen === null ? 0 : seen.attempts.reduce((sum, { ms }) => sum + ms, seen.openMs),
    attempts: seen?.attempts ?? [],
    tail: tail.slice(-TAIL_CHARACTERS),
  }
}

function outcomeOf({ kind }: StepRecord['status']): StepResult['outcome'] {
  switch (kind) {
    case 'passed':
    case 'failed':
    case 'skipped':
    case 'not-applicable':
    case 'unknown':
      return kind
    case 'pending':
    case 'running':
    case 'waiting':
    case 'open-gate':
      return 'open'
    default:
      kind satisfies never
      return 'open'
  }
}
