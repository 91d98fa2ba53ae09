import type { RunChange } from './deviations.ts'
import type { RunInterpreters } from './interpreters.ts'
import { LayeredMap } from './layered-map.ts'
import type { EventOf, PlannedStep, Result } from './run-event.ts'
import { SharedList } from './shared-list.ts'

/** Where one step stands. `pending` covers what terminal views show as pending, ready or blocked. */
export type StepStatus =
  | { readonly kind: 'pending' }
  | { readonly kind: 'running'; readonly attempt: number; readonly sinceMs: number }
  | {
      readonly kind: 'waiting'
      /** When the wait began; an extension keeps it. */
      readonly sinceMs: number
      readonly untilMs: number
      readonly minMs: number
    }
  | { readonly kind: 'open-gate' }
  | {
      readonly kind: 'passed'
      readonly how: PassedHow
      readonly by: string | null
      readonly atMs: number
      readonly note: string | null
    }
  | {
      readonly kind: 'failed'
      readonly why: FailedWhy
      readonly exit: number | null
      readonly by: string | null
      readonly ms: number
    }
  | {
      readonly kind: 'skipped'
      readonly reason: string | null
      readonly by: string | null
      /** `jump`: one of several that were jumped over; a run with such a step is partial. */
      readonly how: 'person' | 'jump'
    }
  | { readonly kind: 'not-applicable'; readonly why: string; readonly cause: NotApplicableCause }
  | { readonly kind: 'unknown' }

export type NotApplicableCause = 'person' | 'other-option' | 'condition' | 'selection'
export type PassedHow = 'script' | 'confirmed' | 'chosen' | 'filled' | 'go' | 'waited' | 'by-hand'
export type FailedWhy = 'exit' | 'timed-out' | 'cancelled' | 'declined' | 'no-go'

/** A script that is running now: a task, or the offered command of another kind of step. */
export interface RunningScript {
  readonly step: string
  readonly attempt: number
  readonly sinceMs: number
  /** What is on record of its end already: Signoff may be killed between these and `step.end`. */
  readonly told: ReadonlySet<'step.left' | 'output.end' | 'output.differs'>
  /** Who asked it to stop; absent where nobody did. */
  readonly stoppedBy?: string
}

export interface StepRecord {
  readonly planned: PlannedStep
  readonly status: StepStatus
  /** Number of the last attempt that was started; 0 before the first. */
  readonly attempts: number
  /** Sequence number of the phrase typed for the attempt to come; null where none was. */
  readonly phraseSeq: number | null
  /** What was observed at the last confirmation, as given. */
  readonly observed: EventOf<'confirm'>['observed']
  /** When the status last changed; 0 before it ever did. */
  readonly changedAtMs: number
  /** The text that a person put in the place of the script; it runs until it is edited again. */
  readonly edited: EditedScript | null
  /** The text of its last attempt as the shell got it, masked; null before the first, and for the command beside a question. */
  readonly started: string | null
  /** How its script, or the command beside the question, last ended. Null before it ever did. */
  readonly lastEnd: LastEnd | null
  /** What the last attempt was held against, met or not; empty before it ended, and where nothing was. */
  readonly checks: EventOf<'step.end'>['checks']
  /** How the last output differed from a sample that only advises, as lines of a diff; null where it did not. */
  readonly difference: string | null
  /** How the command beside the question last ended: an offer, or the probe of a wait. Null before it ever did. */
  readonly lastCheck: LastCheck | null
}

export interface EditedScript {
  /** Sequence number of the edit: two edits are two texts. */
  readonly seq: number
  readonly script: string
  readonly reason: string
  readonly by: string
}

export interface Blocker {
  /** Sequence number of the event that set it. */
  readonly seq: number
  readonly step: string
  readonly reason: string
  readonly by: string
  readonly atMs: number
}

export interface LastEnd {
  readonly ms: number
  readonly signal: string | null
  /** Who asked it to stop; null where nobody did. */
  readonly stoppedBy: string | null
  /** What was expected of it and not met. */
  readonly unmet: EventOf<'step.end'>['checks']
}

export interface LastCheck {
  readonly result: EventOf<'step.end'>['result']
  readonly atMs: number
}

export interface GateRecord {
  readonly request: number
  readonly openedAtMs: number
  readonly event: EventOf<'approval.request'>
  readonly approvals: SharedList<ApprovalRecord>
  /** Who gave them, with commas between. */
  readonly approvedBy: string
  readonly refused: SharedList<EventOf<'approval.refused'>['why']>
  /** What was said to requests of this gate before this one, such as the NO-GO that it follows. None of it counts any more. */
  readonly earlier: SharedList<ApprovalRecord>
  /** Who had it asked again after a NO-GO, and why; null where nobody had to. */
  readonly askedAgain: { readonly by: string; readonly reason: string } | null
}

export interface ApprovalRecord {
  readonly seq: number
  readonly atMs: number
  readonly event: EventOf<'approval'>
  /** What the approver gave as the reason, as it was signed; null where none was given. */
  readonly reason: string | null
}

export interface ValueRecord {
  /** Null for a secret: it lives in memory and in no event. */
  readonly value: string | null
  readonly masked: boolean
  readonly how: EventOf<'param'>['how']
}

/** Somebody who operates a run, and the key that they sign it with. */
export interface Operator {
  readonly principal: string
  readonly keyid: string
}

/** All that is known of one run, folded from its events alone: live, on resume and in `verify`. */
export interface RunState {
  readonly start: EventOf<'run.start'> | null
  readonly startedAtMs: number
  readonly phases: EventOf<'run.plan'>['phases']
  readonly steps: LayeredMap<string, StepRecord>
  readonly values: LayeredMap<string, ValueRecord>
  /** Option taken, by the id of the choice step. */
  readonly choices: LayeredMap<string, string>
  /** Those that the plan was read with, and those that scripts run by now; null where no block is for one. */
  readonly interpreters: { readonly planned: RunInterpreters; readonly now: RunInterpreters } | null
  /** Answers by the condition's text in lower case. */
  readonly conditions: LayeredMap<string, 'yes' | 'no'>
  /** The condition that was answered for a step, by the step's id. */
  readonly conditionOfStep: LayeredMap<string, string>
  /** The other way round: by condition, the steps that it was ever answered for. */
  readonly stepsOfCondition: LayeredMap<string, LayeredMap<string, true>>
  readonly gates: LayeredMap<string, GateRecord>
  /** The step of a gate, by the sequence number of the request for its approval. */
  readonly gateOfRequest: LayeredMap<number, string>
  /** Sequence number of the `gate.end` by which a gate last said go, by its step. */
  readonly gatesPassed: LayeredMap<string, number>
  readonly phasesEnded: LayeredMap<string, true>
  /** Those that have ended since anybody last did something: whoever comes to the run, or comes back, is told of them
   * first. By their ids, each with the sequence number of its end. */
  readonly phasesToCall: LayeredMap<string, number>
  /** What changed how the run as a whole goes, in order. */
  readonly changes: SharedList<RunChange>
  readonly running: RunningScript | null
  /** The recovery that is being walked, or was. */
  readonly recovery: {
    readonly for: string | null
    /** The sealed run that it leads back from; null where that is this run. */
    readonly of: string | null
    readonly steps: readonly string[]
    /** What had been done and has no way back in this flow. */
    readonly without: readonly string[]
    readonly ended: 'complete' | 'incomplete' | null
  } | null
  readonly operator: Operator | null
  /** Everybody who has operated this run: none of them may approve in it. */
  readonly operators: SharedList<Operator>
  /** Those, each by its name and key. */
  readonly knownOperators: LayeredMap<string, true>
  /** The hand-over that is on offer; null where none is, or it was taken, withdrawn or made void by another operator. */
  readonly offer: {
    readonly seq: number
    readonly atMs: number
    readonly event: EventOf<'handoff.offer'>
    /** Why acceptances of it were refused. */
    readonly refused: SharedList<EventOf<'approval.refused'>['why']>
  } | null
  /** The changed file that a person has decided to go on beside; `now` is null where it is gone. */
  readonly keptRunbook: { readonly now: string | null } | null
  readonly notes: SharedList<{
    readonly step: string | null
    readonly text: string
    readonly by: string
    readonly atMs: number
  }>
  /** What nothing goes past until it is lifted, in the order in which it was said. */
  readonly blockers: LayeredMap<number, Blocker>
  readonly paused: EventOf<'run.pause'> | null
  readonly aborted: EventOf<'run.abort'> | null
  /** Set when a person has decided that a failure ends the run. */
  readonly stopDecided: boolean
  readonly result: Result | null
  readonly lastSeq: number
  readonly lastAtMs: number
  readonly interruptions: number
}

export const EMPTY_STATE: RunState = {
  start: null,
  startedAtMs: 0,
  phases: [],
  steps: new LayeredMap(),
  values: new LayeredMap(),
  choices: new LayeredMap(),
  interpreters: null,
  conditions: new LayeredMap(),
  conditionOfStep: new LayeredMap(),
  stepsOfCondition: new LayeredMap(),
  gates: new LayeredMap(),
  gateOfRequest: new LayeredMap(),
  gatesPassed: new LayeredMap(),
  phasesEnded: new LayeredMap(),
  phasesToCall: new LayeredMap(),
  changes: new SharedList(),
  running: null,
  recovery: null,
  operator: null,
  operators: new SharedList(),
  knownOperators: new LayeredMap(),
  offer: null,
  keptRunbook: null,
  notes: new SharedList(),
  blockers: new LayeredMap(),
  paused: null,
  aborted: null,
  stopDecided: false,
  result: null,
  lastSeq: -1,
  lastAtMs: 0,
  interruptions: 0,
}
