import type { EventOf, Reply } from '../../model/index.ts'
import type { RunContext } from '../deciding/context.ts'
import { decide, type Input } from '../deciding/decide.ts'
import type { Decision, Order } from '../deciding/decision.ts'
import { type Live, needOf } from '../deciding/need.ts'
import { orderFor } from '../deciding/order.ts'
import type { LateRecorded, Ports, ScriptOrder, ScriptReport } from '../ports.ts'
import { openSeenOutput, type SeenOutput } from '../scripts/seen-output.ts'
import type { RecordedOutput } from './recorded-output.ts'
import type { Recorder } from './recorder.ts'

const NOTHING_SHOWN = { text: '', out: '', unseen: null, contains: null }

/** What a run knows beside its record, and forgets with its process. */
export interface Memory {
  live: Live
}

/** Carries out what was decided. */
export interface Carrier {
  /** Every order of a decision; gives the reply of the last one that has one, else that of the decision. */
  carryOut(decision: Decision): Promise<Reply>
  /**
   * Has the shell read the script that comes next, if one does, so that its answer is there when it is asked for before the start. Nothing
   * is started by it, and nothing depends on it.
   */
  readAhead(): void
  /** Follows a script that an earlier process of this run started. */
  attach(step: string, attempt: number, recorded: RecordedOutput): void
  /** Follows late output of a script that had ended in an earlier process of this run. False if nothing of it is left. */
  attachLate(step: string, attempt: number, recorded: Readonly<Record<'out' | 'err', LateRecorded>>): boolean
}

/**
 * @param report takes what scripts do, as inputs of the run.
 * @param pass takes output that is shown and not kept.
 * @param failed is told what made it impossible to go on.
 */
export function createCarrier(options: {
  readonly context: RunContext
  readonly ports: Ports
  readonly recorder: Recorder
  readonly memory: Memory
  readonly report: (input: Input) => Promise<Reply>
  readonly pass: (event: EventOf<'output'>) => Promise<void>
  readonly failed: (error: unknown) => void
}): Carrier {
  const { context, ports, recorder, memory, report, pass, failed } = options
  const { executor } = ports
  /** What the running scripts have shown, for their expectations. */
  const shown = new Map<string, SeenOutput>()

  const decideNow = (input: Input): Decision => decide(context, recorder.state, memory.live, input)
  const change = (live: Partial<Live>): void => {
    memory.live = { ...memory.live, ...live }
  }

  const carryOut: Carrier['carryOut'] = async decision => {
    let reply = decision.reply
    for (const order of decision.orders) reply = (await carryOutOne(order)) ?? reply
    return reply
  }

  const carryOutOne = async (order: Order): Promise<Reply | null> => {
    switch (order.kind) {
      case 'prepare': {
        const problem = await executor.check(order.order)
        const seen = executor.describe(order.order)
        const decision = decideNow({ kind: 'prepared', order: order.order, problem, seen })
        await recorder.recordAll(decision.events, () => {
          for (const next of decision.orders) if (next.kind === 'start') executor.makeReady(next.order)
        })
        return carryOut(decision)
      }
      case 'check': {
        const next = nextScript()
        if (next?.step !== order.step) return null
        const problem = await executor.check(next)
        return problem === null ? null : carryOutOne({ kind: 'reject', step: order.step, why: problem })
      }
      case 'start':
        shown.set(order.order.id, openSeenOutput(context.steps.get(order.order.step)))
        change({ saidAtMs: null })
        executor.run(order.order, taker(order.order)).catch(failed)
        return null
      case 'stop':
        // Not awaited: the graces between the signals are long, and the reports of them come as inputs.
        executor.stop(order.id, order.signal, order.by).catch(failed)
        return null
      case 'keep-secret':
        executor.keepSecret(order.variable, order.value)
        change({ heldSecrets: new Set(memory.live.heldSecrets).add(order.name) })
        return null
      case 'ask-runbook': {
        const { changed } = order
        change({ changed: changed === null ? null : { ...changed, diff: executor.mask(changed.diff) } })
        return null
      }
      case 'sign-offer': {
        const signed = await ports.handoff?.offer(order.to, order.note, ports.ids.challenge())
        if (signed === undefined) return { ok: false, why: 'no key is at hand here to sign an offer with' }
        if (!signed.ok) return signed
        await recorder.recordAll(decideNow({ kind: 'offered', event: signed.event }).events)
        return null
      }
      case 'reject':
        change({ rejected: new Map(memory.live.rejected).set(order.step, order.why) })
        return null
      case 'forget':
        shown.delete(order.id)
        await executor.forget(order.id)
        return null
      default:
        order satisfies never
        return null
    }
  }

  /** The order for the script that only has to be started now. */
  const nextScript = (): ScriptOrder | null => {
    const need = needOf(context, recorder.state, memory.live)
    const step = need.kind === 'run' ? context.steps.get(need.step) : undefined
    return step === undefined ? null : orderFor(context, recorder.state, step, 'script')
  }

  const taker =
    (order: Pick<ScriptOrder, 'id' | 'step' | 'attempt'>) =>
    async (next: ScriptReport): Promise<void> => {
      if (next.kind === 'output' || next.kind === 'passing') change({ saidAtMs: ports.clock.nowMs() })
      if (next.kind === 'passing') return pass(next.event)
      if (next.kind === 'output') shown.get(order.id)?.take(next.event)
      const { text, ...seen } =
        next.kind === 'ended' ? (shown.get(order.id)?.shown(next.end) ?? NOTHING_SHOWN) : NOTHING_SHOWN
      const { step, attempt } = order
      const reply = await report({ kind: 'report', step, attempt, report: next, shown: text, seen })
      if (!reply.ok) throw new Error(reply.why)
    }

  const orderOf = (step: string, attempt: number): Pick<ScriptOrder, 'id' | 'run' | 'step' | 'attempt'> => ({
    id: `${context.run}:${step}:${attempt}`,
    run: context.run,
    step,
    attempt,
  })

  /** Whether the run knows of a secret that this process does not have: what may hold it cannot be masked. */
  const lacksSecrets = (): boolean =>
    [...recorder.state.values].some(([name, value]) => value.masked && !memory.live.heldSecrets.has(name))

  return {
    carryOut,
    readAhead() {
      const next = nextScript()
      // What is wrong with it is said when it is to start.
      if (next !== null) executor.check(next).catch(() => undefined)
    },
    attach(step, attempt, recorded) {
      const order = orderOf(step, attempt)
      // Its expectation is held against all of its output, not only against what comes from now on.
      const seen = openSeenOutput(context.steps.get(step))
      for (const event of recorded.events) seen.take(event)
      shown.set(order.id, seen)
      executor.attach(order, recorded, taker(order), lacksSecrets() ? recorded.sha256 : null).catch(failed)
    },
    attachLate(step, attempt, recorded) {
      // What nobody can mask is not recorded; that it has no end on record says so.
      if (lacksSecrets()) return false
      const order = orderOf(step, attempt)
      return executor.attachLate(order, recorded, taker(order))
    },
  }
}
