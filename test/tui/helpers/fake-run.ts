import type {
  Answer,
  Conversation,
  Ending,
  Entry,
  EventOf,
  Need,
  Offer,
  Reply,
  Runbook,
  RunEvent,
  RunState,
  ScriptToEdit,
  Snapshot,
  Speaker,
  Step,
} from '../../../src/model/index.ts'
import { EMPTY_STATE, evolve, isEnded, stepsOf } from '../../../src/model/index.ts'

/** A clock that moves when a test says so. */
export class FakeClock {
  now = Date.UTC(2026, 0, 5, 15, 0, 0)
  readonly #alarms = new Set<{ readonly atMs: number; readonly callback: () => void }>()
  nowMs(): number {
    return this.now
  }
  /** Lets time pass, and calls what was asked for meanwhile, in order. */
  pass(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const next = [...this.#alarms].sort((a, b) => a.atMs - b.atMs).find(alarm => alarm.atMs <= end)
      if (next === undefined) break
      this.#alarms.delete(next)
      this.now = Math.max(this.now, next.atMs)
      next.callback()
    }
    this.now = end
  }
  at(atMs: number, callback: () => void): () => void {
    const alarm = { atMs, callback }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }
  get alarms(): number {
    return this.#alarms.size
  }
}

export const KIM: Speaker = { by: 'kim@example.com', how: 'key', source: null }

interface Script {
  readonly lines?: readonly string[]
  /** Exit code of each attempt; the last one counts for all later ones. */
  readonly exits?: readonly number[]
  /** Runs until the test ends it. */
  readonly slow?: boolean
}

/**
 * A run over a runbook of the tests: people and scripts are made up, the events are real ones and the state is folded
 * from them by `evolve`, so that it cannot say what a run could not.
 */
export class FakeRun implements Conversation {
  readonly runbook: Runbook
  readonly ended: Promise<Ending>
  readonly said: Answer[] = []
  readonly entries: Entry[] = []
  state: RunState = EMPTY_STATE
  /** The difference of a changed runbook that nobody has decided on. */
  changed: string | null = null
  readonly #clock: { nowMs(): number }
  readonly #scripts: Readonly<Record<string, Script>>
  readonly #listeners = new Set<(entry: Entry, snapshot: Snapshot) => void>()
  readonly #passers = new Set<(event: EventOf<'output'>) => void>()
  /** How much the script that runs has said. */
  #said = { name: '', bytes: 0 }
  readonly #end: (ending: Ending) => void
  readonly #steps: ReadonlyMap<string, Step>

  /** @param environment `--env` of the run. */
  constructor(
    runbook: Runbook,
    clock: { nowMs(): number },
    scripts: Readonly<Record<string, Script>> = {},
    environment: string | null = null,
  ) {
    const ended = Promise.withResolvers<Ending>()
    this.ended = ended.promise
    this.#end = ended.resolve
    this.runbook = runbook
    this.#clock = clock
    this.#scripts = scripts
    this.#steps = new Map(stepsOf(runbook).map(step => [step.id, step]))
    this.emit(startEvent(environment))
    this.emit(planEvent(runbook))
  }

  snapshot(): Snapshot {
    return { state: this.state, need: this.need() }
  }

  scriptToEdit(id: string): ScriptToEdit {
    const script = this.state.steps.get(id)?.edited?.script ?? this.#steps.get(id)?.script ?? null
    return script === null ? { ok: false, why: 'it has no script to edit' } : { ok: true, script }
  }

  onEntry(listener: (entry: Entry, snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  onPassing(listener: (event: EventOf<'output'>) => void): () => void {
    this.#passers.add(listener)
    return () => this.#passers.delete(listener)
  }

  /** Says something that no record keeps. */
  pass(event: EventOf<'output'>): void {
    for (const passer of this.#passers) passer(event)
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** Passes the steps before one, so that a test begins there. */
  skipTo(position: string): this {
    for (const step of this.#steps.values()) {
      if (step.position === position) return this
      this.emit({ kind: 'step.skip', step: step.id, why: 'not-applicable', reason: null, by: null })
    }
    return this
  }

  emit(event: RunEvent): void {
    this.emitTogether([event])
  }

  /** Folds all before any is told, as a run does with events that are recorded in one go. */
  emitTogether(events: readonly RunEvent[]): void {
    const entries = events.map(
      (event, index): Entry => ({ seq: this.entries.length + index, atMs: this.#clock.nowMs(), event }),
    )
    for (const entry of entries) {
      this.entries.push(entry)
      this.state = evolve(this.state, entry)
    }
    for (const entry of entries) for (const listener of this.#listeners) listener(entry, this.snapshot())
  }

  /** How often the script of a step was started. */
  starts(position: string): number {
    return this.entries.filter(({ event }) => event.kind === 'step.start' && event.step === `s${position}`).length
  }

  output(text: string): void {
    const { running } = this.state
    if (running === null) throw new Error('nothing is running')
    const { step, attempt } = running
    const said = `${step} ${attempt}`
    if (this.#said.name !== said) this.#said = { name: said, bytes: 0 }
    this.emit({ kind: 'output', step, attempt, fd: 'out', at: this.#said.bytes, text })
    this.#said.bytes += Buffer.byteLength(text)
  }

  /** Ends the script that runs. */
  finish(exit: number, outcome: 'exited' | 'cancelled' = 'exited'): void {
    const { running } = this.state
    if (running === null) throw new Error('nothing is running')
    const { step, attempt, sinceMs } = running
    this.emitTogether([
      { kind: 'output.end', step, attempt, streams: [] },
      {
        kind: 'step.end',
        step,
        attempt,
        outcome,
        exit,
        signal: null,
        ms: this.#clock.nowMs() - sinceMs,
        result: exit === 0 ? 'passed' : 'failed',
        checks: [],
      },
    ])
    this.#endWhenDone()
  }

  async say(answer: Answer, speaker: Speaker): Promise<Reply> {
    this.said.push(answer)
    // Recording takes a moment, as on a disk.
    await Promise.resolve()
    const why = this.#take(answer, speaker)
    if (why !== null) return { ok: false, why }
    this.#endWhenDone()
    return { ok: true }
  }

  need(): Need {
    if (this.state.result !== null) return { kind: 'finished', result: this.state.result }
    if (this.state.running !== null) return { kind: 'running', ...this.state.running }
    const flow = this.state.recovery?.ended === null ? this.state.recovery.steps : this.runbook.flows.main
    const step = flow
      .map(id => this.#steps.get(id))
      .find(s => s !== undefined && !isEnded(this.state.steps.get(s.id)?.status ?? { kind: 'pending' }))
    if (step !== undefined && this.changed !== null)
      return { kind: 'changed', step: step.id, now: 'b'.repeat(64), diff: this.changed }
    return step === undefined ? { kind: 'finished', result: 'passed' } : this.#needOf(step)
  }

  #needOf(step: Step): Need {
    const held = [...this.state.blockers.values()].find(blocker => blocker.step === step.id)
    if (held !== undefined) return { kind: 'held', step: step.id, block: held.seq, by: held.by, reason: held.reason }
    const status = this.state.steps.get(step.id)?.status
    if (status?.kind === 'failed')
      return {
        kind: 'decide',
        step: step.id,
        state: status.why === 'exit' ? 'failed' : status.why,
        recovery: step.recovery,
      }
    if (status?.kind === 'unknown') return { kind: 'decide', step: step.id, state: 'unknown', recovery: step.recovery }
    if (step.when !== null && !this.state.conditions.has(step.when))
      return { kind: 'condition', step: step.id, when: step.when, steps: [step.id] }
    switch (step.kind) {
      case 'task': {
        const names = step.needs.filter(name => !this.state.values.has(name))
        if (names.length > 0) return { kind: 'values', step: step.id, names }
        const script = this.#filled(step.id)
        const level =
          step.risk === 'view'
            ? 'L1'
            : step.risk === 'change' && step.environment === 'production'
              ? 'L3'
              : step.risk === 'change'
                ? 'L2'
                : 'L1'
        return { kind: 'run', step: step.id, level, phrase: level === 'L3' ? 'production v2.4.0' : null, script }
      }
      case 'confirmation':
        return { kind: 'confirm', step: step.id, evidence: step.evidence, offer: offerOf(step) }
      case 'manual':
        return { kind: 'manual', step: step.id, evidence: null, offer: null }
      case 'choice':
        return { kind: 'choose', step: step.id, options: (step.options ?? []).map(option => option.name) }
      case 'gate':
        return { kind: 'gate', step: step.id, request: 1, approvers: step.approvers ?? [], asksText: null }
      case 'wait':
        return { kind: 'wait', step: step.id, untilMs: status?.kind === 'waiting' ? status.untilMs : 0, offer: null }
      case 'form':
        return {
          kind: 'form',
          step: step.id,
          fields: [
            { label: 'Release', hint: '', value: 'v2.4.0' },
            { label: 'Known issues', hint: 'none', value: null },
          ],
        }
      default:
        step.kind satisfies never
        throw new Error('unreachable')
    }
  }

  #take(answer: Answer, { by, how, source }: Speaker): string | null {
    switch (answer.kind) {
      case 'run':
      case 'run-offer':
        this.#start(answer.step)
        return null
      case 'confirm': {
        const evidence = this.#steps.get(answer.step)?.evidence ?? null
        const observed =
          answer.observed === null || evidence === null
            ? []
            : [
                {
                  name: evidence.name,
                  value: answer.observed,
                  unit: evidence.unit,
                  op: evidence.op,
                  want: String(evidence.value),
                  ok: Number.parseFloat(answer.observed) < (evidence.value ?? 0),
                },
              ]
        this.emit({
          kind: 'confirm',
          step: answer.step,
          ask: '',
          answer: answer.answer,
          observed,
          how,
          by,
          source,
          note: answer.note,
        })
        return null
      }
      case 'choose':
        this.emit({
          kind: 'choice',
          step: answer.step,
          group: answer.step,
          option: answer.option,
          reason: null,
          how,
          by,
          source,
        })
        return null
      case 'condition':
        this.emit({ kind: 'condition', when: answer.when, answer: answer.answer, steps: [], how, by, source })
        return null
      case 'value': {
        const secret = this.runbook.parameters.find(p => p.name === answer.name)?.secret ?? false
        if (answer.name === 'version' && !/^\d+\.\d+\.\d+$/.test(answer.value))
          return `version: expected 1.2.3, got "${answer.value}"`
        this.emit({
          kind: 'param',
          name: answer.name,
          value: secret ? null : answer.value,
          masked: secret,
          how: 'typed',
          by,
          source,
        })
        return null
      }
      case 'form':
        this.emit({ kind: 'form', step: answer.step, text: JSON.stringify(answer.fields), by })
        return null
      case 'end-wait':
        this.emit({ kind: 'wait.end', step: answer.step, how: 'early', leftMs: 60_000, reason: answer.reason, by })
        return null
      case 'decide':
        this.emit({
          kind: 'step.decide',
          step: answer.step,
          attempt: 1,
          state: 'failed',
          choice: answer.choice,
          reason: answer.reason,
          by,
        })
        return null
      case 'skip':
        this.emit({ kind: 'step.skip', step: answer.step, why: 'person', reason: answer.reason, by })
        return null
      case 'note':
        this.emit({ kind: 'note', step: answer.step, text: answer.text, by })
        return null
      case 'block':
        this.emit({ kind: 'block', step: answer.step, reason: answer.reason, by })
        return null
      case 'unblock':
        this.emit({ kind: 'block.end', block: answer.block, reason: answer.reason, by })
        return null
      case 'rollback':
        this.emit({
          kind: 'rollback.start',
          for: answer.flow,
          of: null,
          steps: ['s4.1'],
          without: [],
          reason: answer.reason,
          by,
        })
        return null
      case 'stop-script':
        this.emit({
          kind: 'step.stop',
          step: this.state.running?.step ?? '',
          attempt: 1,
          signal: answer.signal,
          why: 'person',
          by,
        })
        return null
      case 'pause':
        this.emit({ kind: 'run.pause', reason: answer.reason, step: null, by })
        this.#end({ kind: 'paused', why: 'asked', reason: answer.reason })
        return null
      case 'abort':
        this.emit({ kind: 'run.abort', reason: answer.reason, by })
        this.#end({ kind: 'ended', result: 'aborted' })
        return null
      case 'extend-wait': {
        const status = this.state.steps.get(answer.step)?.status
        const until = new Date((status?.kind === 'waiting' ? status.untilMs : 0) + answer.byMs).toISOString()
        this.emitTogether([
          { kind: 'wait.end', step: answer.step, how: 'extended', leftMs: 0, reason: answer.reason, by },
          { kind: 'wait.start', step: answer.step, until, minMs: answer.byMs, reason: answer.reason },
        ])
        return null
      }
      case 'edit':
        this.emit({
          kind: 'step.edit',
          step: answer.step,
          was: this.#steps.get(answer.step)?.script ?? '',
          script: answer.script,
          reason: answer.reason,
          by,
        })
        return null
      case 'jump': {
        const main = this.runbook.flows.main
        const need = this.need()
        const from = need.kind === 'finished' ? null : need.step
        const back = isEnded(this.state.steps.get(answer.to)?.status ?? { kind: 'pending' })
        if (back) this.emit({ kind: 'step.reopen', step: answer.to, reason: answer.reason, by })
        else {
          const over = main.slice(main.indexOf(from ?? ''), main.indexOf(answer.to))
          this.emit({ kind: 'jump', from, to: answer.to, over, reason: answer.reason, by })
        }
        return null
      }
      case 'runbook': {
        const diff = this.changed ?? ''
        this.changed = null
        const [was, now] = ['a'.repeat(64), 'b'.repeat(64)]
        this.emit({ kind: 'runbook.changed', was, now, diff, decision: answer.decision, by })
        return null
      }
      case 'offer':
        this.emit({
          kind: 'handoff.offer',
          to: answer.to,
          note: answer.note,
          challenge: 'c',
          by,
          keyid: 'k',
          envelope: 'e',
        })
        return null
      case 'withdraw-offer':
        this.emit({ kind: 'handoff.withdraw', offer: this.state.offer?.seq ?? 0, by })
        return null
      case 'gate-text':
        return 'no text is asked'
      default:
        answer satisfies never
        return 'unknown'
    }
  }

  #filled(step: string): string {
    const text = this.state.steps.get(step)?.edited?.script ?? this.#steps.get(step)?.script ?? ''
    return text.replace('<version>', this.state.values.get('version')?.value ?? '')
  }

  #start(step: string): void {
    const attempt = (this.state.steps.get(step)?.attempts ?? 0) + 1
    this.emit({
      kind: 'step.start',
      step,
      attempt,
      script: this.#filled(step),
      shell: 'bash',
      cwd: '/',
      env: [],
      size: null,
      timeoutMs: null,
      gates: [],
    })
    const script = this.#scripts[step.slice(1)] ?? {}
    for (const line of script.lines ?? []) this.output(`${line}\n`)
    if (script.slow === true) return
    const exits = script.exits ?? [0]
    this.finish(exits[attempt - 1] ?? exits.at(-1) ?? 0)
  }

  #endWhenDone(): void {
    if (this.state.result !== null || this.need().kind !== 'finished') return
    this.emit({ kind: 'run.end', result: 'passed', steps: { passed: 0, failed: 0, skipped: 0, unknown: 0, open: 0 } })
    this.#end({ kind: 'ended', result: 'passed' })
  }
}

function offerOf(step: Step): Offer | null {
  return step.offer === null ? null : { script: step.offer, level: 'L1', phrase: null, missing: [] }
}

function startEvent(environment: string | null): RunEvent {
  const digest = '0'.repeat(64)
  return {
    kind: 'run.start',
    v: 1,
    run: '0197c400-0000-7000-8000-000000000000',
    release: 'v2.4.0',
    env: environment,
    selection: null,
    runbook: { path: 'demo.md', sha256: digest, gitBlob: null, text: '' },
    git: null,
    operator: { principal: KIM.by, keyid: 'SHA256:k' },
    tool: { name: 'signoff', version: '0', rules: 1 },
    host: { name: 'h', user: 'u', os: 'linux' },
    signersSha256: digest,
    configSha256: null,
    parents: [],
  }
}

function planEvent(runbook: Runbook): RunEvent {
  const main = new Set(runbook.flows.main)
  return {
    kind: 'run.plan',
    phases: runbook.phases.map(({ id, position, title, role }) => ({ id, position, title, role })),
    steps: runbook.phases.flatMap(phase =>
      phase.steps.map(step => ({
        id: step.id,
        position: step.position,
        kind: step.kind,
        title: step.title,
        line: step.line,
        phase: phase.id,
        flow: main.has(step.id) ? ('main' as const) : ('recovery' as const),
        required: step.required,
        approvers: step.approvers,
      })),
    ),
  }
}
