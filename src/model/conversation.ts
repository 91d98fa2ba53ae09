import type { Approver, Evidence } from './plan.ts'
import type { Risk } from './risk.ts'
import type { Entry, EventOf, Result } from './run-event.ts'
import type { RunState, ValueRecord } from './run-state.ts'
import type { Runbook } from './runbook.ts'

/** How strongly a person is asked before something runs (docs/terminal.md, section 4). */
export type AskLevel = 'L1' | 'L2' | 'L3'

/** The one thing that is needed now. Exactly one at a time; every front end asks it in its own way. */
export type Need =
  | {
      readonly kind: 'run'
      readonly step: string
      readonly level: AskLevel
      /** What must be typed at L3: environment and release. */
      readonly phrase: string | null
      /** The text as bash will get it, values entered, secrets named and not shown. */
      readonly script: string
      /** Set where a person put the text in the place of the runbook's: its own risk. */
      readonly edited?: { readonly risk: Risk }
    }
  | {
      readonly kind: 'confirm'
      readonly step: string
      readonly evidence: Evidence | null
      readonly offer: Offer | null
    }
  | { readonly kind: 'manual'; readonly step: string; readonly evidence: Evidence | null; readonly offer: Offer | null }
  | { readonly kind: 'choose'; readonly step: string; readonly options: readonly string[] }
  | { readonly kind: 'condition'; readonly step: string; readonly when: string; readonly steps: readonly string[] }
  | { readonly kind: 'values'; readonly step: string; readonly names: readonly string[] }
  | { readonly kind: 'form'; readonly step: string; readonly fields: readonly FormQuestion[] }
  | {
      readonly kind: 'gate'
      readonly step: string
      readonly request: number
      readonly approvers: readonly Approver[]
      /** A text that the gate asks of the operator, such as where the decision is documented; null once given. */
      readonly asksText: string | null
    }
  | {
      readonly kind: 'wait'
      readonly step: string
      readonly untilMs: number
      readonly offer: Offer | null
      /** What is polled until it passes; null for a wait that only the clock ends. */
      readonly probe?: ProbeNeed | null
    }
  | {
      readonly kind: 'running'
      readonly step: string
      readonly attempt: number
      readonly sinceMs: number
      /** Since when it has said nothing, and after how long of that a person is told. It is never stopped for it. */
      readonly silence?: { readonly sinceMs: number; readonly afterMs: number }
    }
  /** The file of the runbook is another one by now, or gone (`now` null): a person decides before `step` begins. */
  | { readonly kind: 'changed'; readonly step: string; readonly now: string | null; readonly diff: string }
  | {
      readonly kind: 'decide'
      readonly step: string
      readonly state: 'failed' | 'timed-out' | 'cancelled' | 'unknown' | 'declined' | 'no-go'
      /** Key of the recovery flow that leads back, if there is one. */
      readonly recovery: string | null
    }
  /** A person has said that nothing goes past the step; `block` is the sequence number of that. */
  | {
      readonly kind: 'held'
      readonly step: string
      readonly block: number
      readonly by: string
      readonly reason: string
    }
  /** The script may run in no mode: a value that cannot enter, an unfinished text, or (`rejected`) bash does not parse it. */
  | { readonly kind: 'blocked'; readonly step: string; readonly why: string; readonly rejected: boolean }
  | { readonly kind: 'finished'; readonly result: Result }

/** A probe as it stands: the wait ends once its time is over and the last poll has passed. */
export interface ProbeNeed {
  readonly everyMs: number
  /** When polling gives up and a person decides; null where only a person ends it. */
  readonly limitMs: number | null
  readonly last: 'passed' | 'failed' | 'unknown' | null
  readonly polls: number
  /** A watched time in which the probe must pass all along: its failure needs a person at once. */
  readonly watches: boolean
  /** Why it is not polled by itself; null where it is. */
  readonly notPolled: string | null
}

/** A command that can be run beside a question; it never answers it. */
export interface Offer {
  readonly script: string
  readonly level: AskLevel
  readonly phrase: string | null
  /** Values it still needs before it can run. */
  readonly missing: readonly string[]
}

export interface FormQuestion {
  readonly label: string
  readonly hint: string
  /** Filled without asking; null is asked. */
  readonly value: string | null
}

/** Who says something, and by what means; it is recorded with the answer. */
export interface Speaker {
  readonly by: string
  readonly how: 'key' | 'typed' | 'flag' | 'answers'
  /** sha256 of the answers file, where `how` is `answers`. */
  readonly source: string | null
}

/** What a person (or the answers file, or a flag) says to a run. */
export type Answer =
  | {
      readonly kind: 'run'
      readonly step: string
      readonly phrase: string | null
      /** The script gets the person's terminal, though the runbook does not say that it asks or draws. */
      readonly inTerminal?: boolean
    }
  | { readonly kind: 'run-offer'; readonly step: string; readonly phrase: string | null }
  | {
      readonly kind: 'confirm'
      readonly step: string
      readonly answer: 'yes' | 'no' | 'n/a'
      readonly observed: string | null
      readonly note: string | null
    }
  | { readonly kind: 'choose'; readonly step: string; readonly option: string; readonly reason: string | null }
  | { readonly kind: 'condition'; readonly when: string; readonly answer: 'yes' | 'no' }
  | {
      readonly kind: 'value'
      readonly name: string
      readonly value: string
      readonly how?: ValueRecord['how']
      /** The value holds a secret, so it is kept like one, whatever the runbook says of it. */
      readonly secret?: boolean
    }
  | { readonly kind: 'form'; readonly step: string; readonly fields: readonly (readonly [string, string])[] }
  | { readonly kind: 'gate-text'; readonly step: string; readonly text: string }
  | { readonly kind: 'end-wait'; readonly step: string; readonly reason: string; readonly phrase?: string | null }
  | { readonly kind: 'extend-wait'; readonly step: string; readonly byMs: number; readonly reason: string }
  | {
      readonly kind: 'decide'
      readonly step: string
      readonly choice: 'rerun' | 'passed' | 'failed' | 'by-hand' | 'skip' | 'stop'
      readonly reason: string
      /** Needed in production where the choice passes the step over. */
      readonly phrase?: string | null
    }
  | { readonly kind: 'skip'; readonly step: string; readonly reason: string; readonly phrase?: string | null }
  /** Puts another text in the place of a task's script; after a failure it is run again with that. */
  | { readonly kind: 'edit'; readonly step: string; readonly script: string; readonly reason: string }
  /** Forward over steps, or back to one that has ended, which is opened again. */
  | { readonly kind: 'jump'; readonly to: string; readonly reason: string; readonly phrase?: string | null }
  | { readonly kind: 'note'; readonly step: string | null; readonly text: string }
  /** Nothing goes past this step until it is lifted. */
  | { readonly kind: 'block'; readonly step: string; readonly reason: string }
  | { readonly kind: 'unblock'; readonly block: number; readonly reason: string }
  | { readonly kind: 'rollback'; readonly flow: string; readonly phrase: string | null; readonly reason: string }
  | { readonly kind: 'stop-script'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'escalate' }
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'abort'; readonly reason: string }
  /** On a changed file: go on with the text that the run began with, or pause. */
  | { readonly kind: 'runbook'; readonly decision: 'keep' | 'stop' }
  /** Offers the run to another operator, in place of an earlier offer. */
  | { readonly kind: 'offer'; readonly to: string; readonly note: string | null }
  | { readonly kind: 'withdraw-offer' }

/** What became of something said: taken (and recorded), or refused; `note` and `why` are sentences for the person who said it. */
export type Reply = { readonly ok: true; readonly note?: string } | { readonly ok: false; readonly why: string }

export type ScriptToEdit = { readonly ok: true; readonly script: string } | { readonly ok: false; readonly why: string }

/** What became of a text that was opened in an editor. */
export type EditorAnswer =
  | { readonly kind: 'edited'; readonly script: string }
  | { readonly kind: 'unchanged' }
  /** No editor, or one that failed; a sentence for the person who asked. */
  | { readonly kind: 'problem'; readonly why: string }

export interface Snapshot {
  readonly state: RunState
  readonly need: Need
}

/**
 * One run as a front end sees it. Every event is in the journal before a listener hears of it.
 * Full screen, plain lines and the answers file all speak through this and nothing else.
 */
export interface Conversation {
  readonly runbook: Runbook
  snapshot(): Snapshot
  /** The text of a task as an editor is to begin with it: known values entered, secrets as references. */
  scriptToEdit(step: string): ScriptToEdit
  /** Calls back after each recorded event. Returns the function that ends the subscription. */
  onEntry(listener: (entry: Entry, snapshot: Snapshot) => void): () => void
  /**
   * Calls back with output beyond what the record keeps of a script, a few times a second while it runs: masked, and nowhere afterwards.
   * Some may be left out between two calls; the offsets tell. Returns the function that ends the subscription.
   */
  onPassing(listener: (event: EventOf<'output'>) => void): () => void
  say(answer: Answer, speaker: Speaker): Promise<Reply>
  /** Resolves when the run has ended or was paused, with why. Rejects with what made it impossible to go on. */
  readonly ended: Promise<Ending>
}

export type Ending =
  | { readonly kind: 'ended'; readonly result: Result }
  | {
      readonly kind: 'paused'
      readonly why: 'asked' | 'failed' | 'missing' | 'rejected' | 'gate' | 'unknown' | 'wait' | 'changed'
      readonly reason: string
    }
  | { readonly kind: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
