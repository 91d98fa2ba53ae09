import type {
  Answer,
  Entry,
  EventOf,
  Need,
  Reply,
  Runbook,
  RunEvent,
  RunState,
  ScriptToEdit,
  Speaker,
} from '../../src/model/index.ts'
import { evolve, fold } from '../../src/model/index.ts'
import { readScript } from '../../src/parser/index.ts'
import { nextAutomatic } from '../../src/runner/deciding/advance.ts'
import { createContext, planEvent, type RunContext } from '../../src/runner/deciding/context.ts'
import { decide, type Input } from '../../src/runner/deciding/decide.ts'
import type { Order } from '../../src/runner/deciding/decision.ts'
import { scriptToEdit } from '../../src/runner/deciding/edit.ts'
import { type Live, needOf } from '../../src/runner/deciding/need.ts'
import { nextPoll } from '../../src/runner/deciding/polling.ts'
import { NO_ANSWERS } from '../../src/runner/unattended/answers.ts'
import type { Provided } from '../../src/runner/unattended/provided-answer.ts'

/** What an unattended run has where nobody gave it anything. */
export const NOTHING_PROVIDED: Provided = {
  answers: NO_ANSWERS,
  source: null,
  phrases: new Map(),
  decisions: new Map(),
  edits: new Map(),
  operator: 'kim@example.com',
}

export const KIM: Speaker = { by: 'kim@example.com', how: 'typed', source: null }
const RUN = '0197c400-0000-7000-8000-000000000001'

/** The pure core with nothing around it: inputs go in, events and orders pile up. The clock is a number. */
export interface TestCore {
  readonly context: RunContext
  readonly events: RunEvent[]
  readonly orders: Order[]
  nowMs: number
  state(): RunState
  need(): Need
  say(answer: Answer, speaker?: Speaker): Reply
  input(input: Input): Reply
  /** Lets time pass, as the timer of a run does. */
  pass(ms: number): void
  /** Ends the script that is running. */
  ends(exit: number, shown?: string): void
  /** Nobody saw the script that is running end. */
  endsUnknown(): void
  scriptToEdit(step: string): ScriptToEdit
}

export function testCore(
  runbook: Runbook,
  options: {
    readonly environment?: string
    readonly roles?: Record<string, string[]>
    readonly releaseParameters?: string[]
    /** What bash says of every script, if it rejects them. */
    readonly rejects?: string
    readonly undoes?: RunContext['undoes']
    /** A person's terminal is there, and what would be shown in it can be recorded, or why not. */
    readonly terminal?: { readonly unrecorded: string | null }
    /** Steps to walk in place of the main flow. */
    readonly flow?: readonly string[]
  } = {},
): TestCore {
  const context = createContext({
    run: RUN,
    release: 'v1.2.3',
    environment: options.environment ?? null,
    runbook,
    releaseParameters: options.releaseParameters ?? [],
    roles: options.roles ?? {},
    defaultTimeoutMs: null,
    cwd: '/',
    readScript,
    ...(options.undoes === undefined ? {} : { undoes: options.undoes }),
    terminal: options.terminal !== undefined,
    ...(options.flow === undefined ? {} : { mainFlow: options.flow }),
  })
  const events: RunEvent[] = []
  const orders: Order[] = []
  let state = fold([])
  let live: Live = { heldSecrets: new Set(), rejected: new Map() }
  const record = (event: RunEvent): void => {
    const entry: Entry = { seq: state.lastSeq + 1, atMs: core.nowMs, event }
    events.push(event)
    state = evolve(state, entry)
  }
  const advance = (): void => {
    for (;;) {
      const event = nextAutomatic(context, state, live, { nowMs: core.nowMs, challenge: 'c' })
      if (event === null) break
      record(event)
    }
    const poll = nextPoll(context, state, live, core.nowMs)
    if (poll?.kind === 'due') carryOut({ kind: 'prepare', order: poll.order })
  }
  const carryOut = (order: Order): Reply | null => {
    orders.push(order)
    const rejects = options.rejects ?? null
    if (order.kind === 'keep-secret') live = { ...live, heldSecrets: new Set(live.heldSecrets).add(order.name) }
    if (order.kind === 'reject') live = { ...live, rejected: new Map(live.rejected).set(order.step, order.why) }
    if (order.kind === 'check' && rejects !== null && core.need().kind === 'run')
      live = { ...live, rejected: new Map(live.rejected).set(order.step, rejects) }
    if (order.kind !== 'prepare') return null
    const size = options.terminal?.unrecorded === null ? ([80, 24] as const) : null
    const terminal =
      options.terminal === undefined ? {} : { terminal: { size, unrecorded: options.terminal.unrecorded } }
    const seen = { shell: 'bash', cwd: '/', env: [], ...(order.order.terminal === true ? terminal : {}) }
    return take({ kind: 'prepared', order: order.order, problem: rejects, seen })
  }
  const take = (input: Input): Reply => {
    const decision = decide(context, state, live, input)
    for (const event of decision.events) record(event)
    if (decision.events.some(event => event.kind === 'param' || event.kind === 'step.edit'))
      live = { ...live, rejected: new Map() }
    return decision.orders.map(carryOut).findLast(reply => reply !== null) ?? decision.reply
  }
  const core: TestCore = {
    context,
    events,
    orders,
    nowMs: 1_000_000,
    state: () => state,
    need: () => needOf(context, state, live),
    say: (answer, speaker = KIM) => core.input({ kind: 'said', answer, speaker }),
    input(input) {
      const reply = take(input)
      advance()
      return reply
    },
    pass(ms) {
      core.nowMs += ms
      core.input({ kind: 'time' })
    },
    ends: (exit, shown = '') => ended({ outcome: 'exited', exit }, shown),
    endsUnknown: () => ended({ outcome: 'unknown', exit: null }, ''),
    scriptToEdit: step => scriptToEdit(context, state, live, step),
  }
  const ended = (how: Pick<EventOf<'step.end'>, 'outcome' | 'exit'>, shown: string): void => {
    const running = state.running
    if (running === null) throw new Error('nothing is running')
    const end = { kind: 'output.end' as const, step: running.step, attempt: running.attempt, streams: [] }
    const report = { kind: 'ended' as const, end, ...how, signal: null, ms: 5 }
    core.input({ kind: 'report', step: running.step, attempt: running.attempt, report, shown })
  }
  record({
    kind: 'run.start',
    v: 1,
    run: RUN,
    release: 'v1.2.3',
    env: options.environment ?? null,
    selection: null,
    runbook: { path: 'release.md', sha256: runbook.sha256, gitBlob: null, text: runbook.source },
    git: null,
    operator: { principal: KIM.by, keyid: 'SHA256:kim' },
    tool: { name: 'signoff', version: '0', rules: 1 },
    host: { name: 'h', user: 'u', os: 'linux' },
    signersSha256: 'b'.repeat(64),
    configSha256: null,
    parents: [],
  })
  record(planEvent(runbook))
  advance()
  return core
}
