import type { Reply, RunEvent } from '../../model/index.ts'
import type { ScriptOrder } from '../ports.ts'
import type { ChangedRunbook } from './changed-runbook.ts'

/** What is to be done once the events of a decision are durable. */
export type Order =
  | { readonly kind: 'prepare'; readonly order: ScriptOrder }
  | { readonly kind: 'start'; readonly order: ScriptOrder }
  /** Ask the shell whether it can read the text of a step that was just edited. */
  | { readonly kind: 'check'; readonly step: string }
  | {
      readonly kind: 'stop'
      readonly id: string
      readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'escalate'
      readonly by: string
    }
  | { readonly kind: 'keep-secret'; readonly name: string; readonly variable: string; readonly value: string }
  | { readonly kind: 'reject'; readonly step: string; readonly why: string }
  | { readonly kind: 'forget'; readonly id: string }
  /** Asks about a changed file from now on, or no more. */
  | { readonly kind: 'ask-runbook'; readonly changed: ChangedRunbook | null }
  | { readonly kind: 'sign-offer'; readonly to: string; readonly note: string | null }

/** What an input leads to: events to record, then orders to carry out, and a reply to whoever spoke. */
export interface Decision {
  readonly events: readonly RunEvent[]
  readonly orders: readonly Order[]
  readonly reply: Reply
}

export function decided(events: readonly RunEvent[], orders: readonly Order[] = []): Decision {
  return { events, orders, reply: { ok: true } }
}

/** Nothing happens, and whoever spoke is told why. */
export function refused(why: string): Decision {
  return { events: [], orders: [], reply: { ok: false, why } }
}
