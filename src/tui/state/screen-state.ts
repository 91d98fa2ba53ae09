import type { Answer, EditorAnswer, Ending, Reply, Runbook, Snapshot, StepRecord } from '../../model/index.ts'
import type { Progress } from '../acts/act.ts'
import type { Pattern } from '../output/pattern.ts'
import type { Found } from '../output/search.ts'
import type { Source } from '../output/source.ts'
import { DEFAULT_KEYS, type KeyMap } from '../scene/actions.ts'
import type { Copyable } from '../scene/copyable.ts'
import { type OutlineRow, outlineOf } from '../scene/outline.ts'
import type { Page } from '../scene/pages.ts'
import { type PhaseCall, phaseCallsOf, phasesToCall } from '../scene/phase-call.ts'
import { neededStep, type Scene, toWalk } from '../scene/walk.ts'
import type { CopiedLines } from './copying.ts'
import { FIRST_QUESTION, type Guard, type TypedOn } from './guard.ts'
import type { KeyPress } from './key-press.ts'
import { type Reading, readingOf } from './reading.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** What lies over the walk. */
export type Dialog =
  | {
      readonly kind: 'act'
      readonly progress: Progress
      /** What is typed so far. */
      readonly text: string
      readonly top: number
      /** Name of the question it belongs to; null for one that outlives a change of the question. */
      readonly question: string | null
      readonly stops: boolean
      /** The question that it belongs to is gone: it answers nothing any more, and keeps the keys until somebody closes it. */
      readonly stale: boolean
    }
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'contacts'; readonly top: number }
  | { readonly kind: 'page'; readonly page: Page; readonly top: number }
  | { readonly kind: 'outline' }
  | { readonly kind: 'log' }
  | { readonly kind: 'transcript' }
  | { readonly kind: 'palette'; readonly text: string; readonly at: number }
  /** All values of the run, a row each; `at` is the row that is filled. */
  | { readonly kind: 'values'; readonly at: number; readonly text: string }

export interface ScreenState {
  readonly scene: Scene
  readonly outline: readonly OutlineRow[]
  readonly size: Size
  readonly nowMs: number
  readonly keys: KeyMap
  /** A phrase may be pasted. */
  readonly allowPaste: boolean
  /** Step that is looked at; null follows the one that is needed. */
  readonly cursor: string | null
  readonly pane: 'outline' | 'detail' | 'output'
  readonly detailTop: number
  /** The output beside the walk, and in the log; null before anything was run. */
  readonly output: Reading | null
  readonly transcript: Reading
  /** What is typed to be searched for; null while nothing is. */
  readonly finding: string | null
  readonly dialog: Dialog | null
  /** A phase has ended, which is said by itself until somebody goes on. */
  readonly call: PhaseCall | null
  /** Phases that ended while that one was called out; each is, in its turn. */
  readonly callsBehind: readonly PhaseCall[]
  /** Digits typed at a choice. */
  readonly picked: string
  readonly message: string | null
  /** Since when the message stands there. */
  readonly messageAtMs: number
  readonly guard: Guard
  /** Null before anything of the kind has happened. */
  readonly typedOn: TypedOn | null
  readonly lastEnterMs: number
  /** True between something said and its reply. */
  readonly saying: boolean
  readonly lastSaid: Answer | null
  /** What was typed for the next row of the form while a value is on its way. */
  readonly ahead: readonly KeyPress[]
  readonly pauseAfter: boolean
  /** The script that runs, as the system has it; null where it is not known. */
  readonly processes: { readonly pid: number; readonly children: number } | null
  /** What looks like the error of the attempt that failed last; null where none was found, or looked for. */
  readonly errorLine: ErrorLine | null
  readonly ended: Ending | null
}

export interface ErrorLine {
  readonly step: string
  readonly attempt: number
  /** Its line in the output, counted from 0. */
  readonly number: number
  readonly text: string
}

export type ScreenEvent =
  /** `farthest`: the last row that a page can begin with, as it was drawn. */
  | { readonly kind: 'key'; readonly key: KeyPress; readonly atMs: number; readonly farthest?: number }
  | { readonly kind: 'paste'; readonly text: string; readonly atMs: number }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot; readonly atMs: number }
  /** A text that can be read has so many lines by now. */
  | { readonly kind: 'lines'; readonly source: Source; readonly total: number; readonly atMs: number }
  | {
      readonly kind: 'found'
      readonly source: Source
      readonly pattern: Pattern
      readonly found: Found | null
      readonly atMs: number
    }
  /** Something that was asked of the world was done, or was not: said until the next key. */
  | { readonly kind: 'told'; readonly message: string; readonly atMs: number }
  | { readonly kind: 'error-line'; readonly found: ErrorLine; readonly atMs: number }
  | { readonly kind: 'processes'; readonly found: ScreenState['processes']; readonly atMs: number }
  | { readonly kind: 'painted'; readonly version: number; readonly atMs: number }
  | { readonly kind: 'reply'; readonly reply: Reply; readonly snapshot: Snapshot; readonly atMs: number }
  /** An editor has ended; `was` is the text that it began with. */
  | {
      readonly kind: 'edited'
      readonly step: string
      readonly was: string
      readonly answer: EditorAnswer
      readonly atMs: number
    }
  | { readonly kind: 'tick'; readonly atMs: number }
  | { readonly kind: 'resize'; readonly size: Size; readonly atMs: number }
  /** The terminal is the screen's again, behind a script or an editor that somebody typed into. */
  | { readonly kind: 'back'; readonly size: Size; readonly atMs: number }
  | { readonly kind: 'ended'; readonly ending: Ending; readonly atMs: number }

/** What the screen asks of the world around it. */
export type Effect =
  | { readonly kind: 'say'; readonly answer: Answer }
  /** Open the editor on the script of a step. */
  | { readonly kind: 'edit'; readonly step: string }
  /** Read so many lines of a text from one on, or its last ones where `from` is null, so that they can be shown. */
  | { readonly kind: 'read'; readonly source: Source; readonly from: number | null; readonly count: number }
  | {
      readonly kind: 'find'
      readonly source: Source
      readonly pattern: Pattern
      readonly from: number
      readonly direction: 1 | -1
    }
  /** Give a text to the clipboard. */
  | { readonly kind: 'copy'; readonly copyable: Copyable }
  /** Print a text on the normal screen, and come back from there. */
  | { readonly kind: 'print'; readonly copyable: Copyable }
  /** The same with lines of a text that is read. */
  | { readonly kind: 'copy-lines'; readonly lines: CopiedLines; readonly how: 'copy' | 'print' }
  /** Look for the line that looks like the error of an attempt. */
  | { readonly kind: 'look-for-error'; readonly step: string; readonly attempt: number }
  /** See which processes the running script has. */
  | { readonly kind: 'look-at-processes' }
  /** Stop this program until the shell continues it. */
  | { readonly kind: 'stop-here' }
  | { readonly kind: 'redraw' }
  /** Leave the screen; the run has ended or was paused. */
  | { readonly kind: 'leave' }
  /** Go on in plain mode. */
  | { readonly kind: 'to-plain' }

export interface Reduced {
  readonly state: ScreenState
  readonly effects: readonly Effect[]
}

/** A state that asks nothing of the world. */
export function only(state: ScreenState): Reduced {
  return { state, effects: [] }
}

export function initialState(
  runbook: Runbook,
  snapshot: Snapshot,
  size: Size,
  nowMs: number,
  keys: KeyMap = DEFAULT_KEYS,
): ScreenState {
  const walk = toWalk(runbook)
  const scene = { walk, ...snapshot }
  const [call = null, ...callsBehind] = phaseCallsOf(scene, phasesToCall(snapshot.state))
  return {
    scene,
    outline: outlineOf(walk, snapshot.state.recovery?.steps ?? null),
    size,
    nowMs,
    keys,
    allowPaste: false,
    cursor: null,
    pane: 'outline',
    detailTop: 0,
    output: lastOutput(snapshot),
    transcript: readingOf({ kind: 'transcript' }, true),
    finding: null,
    dialog: null,
    call,
    callsBehind,
    picked: '',
    message: null,
    messageAtMs: nowMs,
    guard: FIRST_QUESTION,
    typedOn: null,
    lastEnterMs: Number.NEGATIVE_INFINITY,
    saying: false,
    lastSaid: null,
    ahead: [],
    pauseAfter: false,
    processes: null,
    errorLine: null,
    ended: null,
  }
}

/** What a run that goes on has shown last: the script that runs, else the one that was started last. */
function lastOutput({ state }: Snapshot): Reading | null {
  if (state.running !== null) return readingOf({ kind: 'output', ...attemptOf(state.running) }, false)
  const last = [...state.steps.values()]
    .filter(({ attempts }) => attempts > 0)
    .reduce<StepRecord | null>((best, one) => (best !== null && best.changedAtMs > one.changedAtMs ? best : one), null)
  return last === null ? null : readingOf({ kind: 'output', step: last.planned.id, attempt: last.attempts }, false)
}

function attemptOf({ step, attempt }: { readonly step: string; readonly attempt: number }) {
  return { step, attempt }
}

/** Step whose detail is shown: the one under the cursor, else the one that is needed. */
export function lookedAt(state: ScreenState): string | null {
  return state.cursor ?? neededStep(state.scene)
}

/** A terminal in which nothing of a run could be seen. */
export function isTooSmall({ columns, rows }: Size): boolean {
  return columns < 60 || rows < 15
}

/** The text that is read: the one of the overlay, else the output beside the walk. */
export function readingIn(state: ScreenState): Reading | null {
  return state.dialog?.kind === 'transcript' ? state.transcript : state.output
}

/** The output that the log shows: of the step that is looked at, else the last there is; null before anything was run. */
export function outputToRead(state: ScreenState): Extract<Source, { kind: 'output' }> | null {
  const id = lookedAt(state)
  const attempts = id === null ? 0 : (state.scene.state.steps.get(id)?.attempts ?? 0)
  if (id !== null && attempts > 0) return { kind: 'output', step: id, attempt: attempts }
  return state.output?.source.kind === 'output' ? state.output.source : null
}

/** Rows of the text that is read: what a page is, and where its end stands. */
export function pageRows({ dialog, size }: ScreenState): number {
  const body = size.rows - FIXED_ROWS
  if (dialog?.kind === 'log' || dialog?.kind === 'transcript') return Math.max(1, body - 1)
  return Math.max(1, (size.columns >= WIDE ? Math.floor(body * 0.5) : Math.floor(body * 0.35)) - 1)
}

/** Three rows and two rules that nothing covers. */
export const FIXED_ROWS = 5
/** From so many columns on, outline and detail stand side by side. */
export const WIDE = 100
