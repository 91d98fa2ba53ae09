import type { Answer, EditorAnswer, Ending, Reply, Runbook, Snapshot } from '../../model/index.ts'
import type { Progress } from '../acts/act.ts'
import type { Copyable } from '../scene/copyable.ts'
import { type OutlineRow, outlineOf } from '../scene/outline.ts'
import type { Page } from '../scene/pages.ts'
import { neededStep, type Scene, toWalk } from '../scene/walk.ts'
import type { KeyPress } from './key-press.ts'

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
    }
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'contacts'; readonly top: number }
  | { readonly kind: 'page'; readonly page: Page; readonly top: number }
  | { readonly kind: 'outline' }

/** A question takes answers only 300 ms after it was painted: a key typed for the last one must not answer it. */
export interface Guard {
  /** Grows with each question and dialog; `painted` names it. */
  readonly version: number
  /** Null until the paint is known to have left for the terminal. */
  readonly openAtMs: number | null
  readonly dropped: number
}

export const GUARD_MS = 300
/** A held Enter repeats faster than this and counts once. */
export const HELD_MS = 150

export interface ScreenState {
  readonly scene: Scene
  readonly outline: readonly OutlineRow[]
  readonly size: Size
  readonly nowMs: number
  /** Step that is looked at; null follows the one that is needed. */
  readonly cursor: string | null
  readonly pane: 'outline' | 'detail' | 'output'
  readonly detailTop: number
  /** First line shown of the output; null follows its end. */
  readonly outputTop: number | null
  readonly outputTotal: number
  readonly dialog: Dialog | null
  /** Digits typed at a choice. */
  readonly picked: string
  readonly message: string | null
  readonly guard: Guard
  readonly lastEnterMs: number
  /** True between something said and its reply. */
  readonly saying: boolean
  readonly lastSaid: Answer['kind'] | null
  readonly pauseAfter: boolean
  readonly ended: Ending | null
}

export type ScreenEvent =
  | { readonly kind: 'key'; readonly key: KeyPress; readonly atMs: number }
  | { readonly kind: 'paste'; readonly text: string; readonly atMs: number }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot; readonly atMs: number }
  | { readonly kind: 'output'; readonly total: number; readonly atMs: number }
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
  /** Something that was asked of the world was done, or was not: said until the next key. */
  | { readonly kind: 'told'; readonly message: string; readonly atMs: number }
  | { readonly kind: 'tick'; readonly atMs: number }
  | { readonly kind: 'resize'; readonly size: Size; readonly atMs: number }
  | { readonly kind: 'ended'; readonly ending: Ending; readonly atMs: number }

/** What the screen asks of the world around it. */
export type Effect =
  | { readonly kind: 'say'; readonly answer: Answer }
  /** Open the editor on the script of a step. */
  | { readonly kind: 'edit'; readonly step: string }
  | { readonly kind: 'redraw' }
  /** Leave the screen; the run has ended or was paused. */
  | { readonly kind: 'leave' }
  /** Go on in plain mode. */
  | { readonly kind: 'to-plain' }
  /** Stop this program until the shell continues it. */
  | { readonly kind: 'stop-here' }
  /** Give a text to the clipboard. */
  | { readonly kind: 'copy'; readonly copyable: Copyable }
  /** Print a text on the normal screen, and come back from there. */
  | { readonly kind: 'print'; readonly copyable: Copyable }

export interface Reduced {
  readonly state: ScreenState
  readonly effects: readonly Effect[]
}

export function initialState(runbook: Runbook, snapshot: Snapshot, size: Size, nowMs: number): ScreenState {
  const walk = toWalk(runbook)
  return {
    scene: { walk, ...snapshot },
    outline: outlineOf(walk, snapshot.state.recovery?.steps ?? null),
    size,
    nowMs,
    cursor: null,
    pane: 'outline',
    detailTop: 0,
    outputTop: null,
    outputTotal: 0,
    dialog: null,
    picked: '',
    message: null,
    guard: { version: 1, openAtMs: null, dropped: 0 },
    lastEnterMs: Number.NEGATIVE_INFINITY,
    saying: false,
    lastSaid: null,
    pauseAfter: false,
    ended: null,
  }
}

/** Step whose detail is shown: the one under the cursor, else the one that is needed. */
export function lookedAt(state: ScreenState): string | null {
  return state.cursor ?? neededStep(state.scene)
}

/** True while answers are dropped: the question is not painted yet, or the last answer is on its way. */
export function isGuarded(state: ScreenState, atMs: number): boolean {
  return state.saying || state.guard.openAtMs === null || atMs < state.guard.openAtMs
}

/** A question that was not there before: answers wait for its paint. */
export function withNewQuestion(state: ScreenState): ScreenState {
  return { ...state, guard: { ...state.guard, version: state.guard.version + 1, openAtMs: null } }
}
