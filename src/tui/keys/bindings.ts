import { type Wish, wishFor } from '../acts/acts.ts'
import { whyNoJump } from '../acts/control-acts.ts'
import { ACTIONS, type ActionName } from '../scene/actions.ts'
import { deviationsPage, type Page } from '../scene/pages.ts'
import { neededStep, type Scene } from '../scene/walk.ts'
import type { Move } from '../state/reading.ts'
import { lookedAt, readingIn, type ScreenState } from '../state/screen-state.ts'
import { fieldLabel, fillLabel, noLabel, pickLabel, proceedLabel, tickLabel, valuesLabel } from './labels.ts'
import {
  criteriaOpen,
  followed,
  noCriteria,
  noOutput,
  nothingToCopy,
  nothingToRead,
  notRunning,
  notSearched,
  notSuggested,
  noValues,
} from './why-not.ts'

/** Where a key counts: the walk, an overlay, a field, or one kind of question of a dialog. */
export type Mode =
  | 'walk'
  | 'help'
  | 'contacts'
  | 'page'
  | 'outline'
  | 'log'
  | 'transcript'
  | 'find'
  | 'palette'
  | 'values'
  | 'call'
  | 'yes'
  | 'phrase'
  | 'text'
  | 'observed'
  | 'pick'
  /** A dialog whose question is gone. */
  | 'stale'
  /** A terminal in which nothing can be seen. */
  | 'small'

export type Command =
  | { readonly kind: 'wish'; readonly wish: Wish }
  | { readonly kind: 'move'; readonly by: Move }
  | { readonly kind: 'pane'; readonly by: 1 | -1 }
  | { readonly kind: 'digit' }
  | { readonly kind: 'submit' }
  | { readonly kind: 'yes' }
  | { readonly kind: 'suggestion' }
  | { readonly kind: 'close' }
  | {
      readonly kind: 'open'
      readonly what: 'help' | 'contacts' | 'outline' | 'log' | 'transcript' | 'palette' | 'values'
    }
  | { readonly kind: 'page'; readonly page: (scene: Scene) => Page }
  | { readonly kind: 'jump' }
  | { readonly kind: 'search' }
  | { readonly kind: 'find'; readonly what: 'next' | 'previous' | 'error' }
  | { readonly kind: 'other-output'; readonly by: 1 | -1 }
  | { readonly kind: 'follow' }
  | { readonly kind: 'wrap' }
  | { readonly kind: 'copy'; readonly print: boolean }
  | { readonly kind: 'call'; readonly answer: 'go-on' | 'met' | 'not-met' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'plain' }

/** One row of the table from which dispatch, the last row, `?` and `:` are drawn. */
export interface Binding {
  /** The action that it is; null for what a dialog or an overlay has of its own. */
  readonly action: ActionName | null
  readonly modes: readonly Mode[]
  /** Keys of its own; null takes those that the person has for the action. */
  readonly keys: readonly string[] | null
  readonly label: (state: ScreenState) => string
  readonly command: Command
  /** True where it would answer the question: then it waits for the paint. */
  readonly answers: boolean
  /** Why it cannot be used now; null where it can. */
  readonly whyNot: (state: ScreenState) => string | null
  /** Higher comes first in the last row; 0 is left to `?`. */
  readonly rank: number | ((state: ScreenState) => number)
}

const DIALOGS: readonly Mode[] = ['yes', 'phrase', 'text', 'observed', 'pick']
const PAGES: readonly Mode[] = ['help', 'contacts', 'page']
/** The walk, and the call at the end of a phase, which answers nothing else. */
const WALKS: readonly Mode[] = ['walk', 'call']
const READERS: readonly Mode[] = ['log', 'transcript']
const EVERYWHERE: readonly Mode[] = [
  ...WALKS,
  'outline',
  ...PAGES,
  ...READERS,
  ...DIALOGS,
  'find',
  'palette',
  'values',
  'stale',
  'small',
]
const DIGITS = ACTIONS.choose.keys

export const BINDINGS: readonly Binding[] = [
  wish('proceed', 'proceed', proceedLabel, 100),
  wish('tick', 'tick', tickLabel, 99),
  wish('yes', 'yes', () => 'yes', 98),
  wish('no', 'no', () => 'no', 97),
  {
    ...act('choose', ['walk'], () => 'choose', { kind: 'digit' }, 96),
    answers: true,
    whyNot: state => (state.scene.need.kind === 'choose' ? null : 'nothing is chosen here'),
  },
  wish('cannot', 'cannot', () => 'cannot', 90),
  wish('offer', 'offer', () => 'run the offer', 89),
  { ...act('fill', ['walk'], fillLabel, { kind: 'open', what: 'values' }, fillRank), whyNot: noValues },
  wish('retry', 'retry', () => 'retry', 87),
  wish('wait', 'wait', () => 'the wait', 85),
  { ...act('stop', ['walk'], () => 'stop options', { kind: 'interrupt' }, 84), whyNot: notRunning },
  aside(
    wish('pause-after', 'pause-after', state => (state.pauseAfter ? 'do not pause after' : 'pause after step'), 83),
  ),
  wish('edit', 'edit', () => 'edit', inTrouble(82, 33)),
  wish('skip', 'skip', () => 'skip', inTrouble(81, 35)),
  wish('by-hand', 'by-hand', () => 'by hand', inTrouble(80, 34)),
  wish('in-terminal', 'in-terminal', () => 'in this terminal', 31),
  wish('recover', 'recover', () => 'recovery', inTrouble(79, 63)),
  aside(wish('note', 'note', () => 'note', 66)),
  aside(
    wish(
      'block',
      'block',
      state => (isHeld(state) ? 'lift the blocker' : 'block'),
      state => (isHeld(state) ? 95 : 37),
    ),
  ),
  act('outline', WALKS, () => 'outline', { kind: 'open', what: 'outline' }, 65),
  { ...act('log', WALKS, () => 'log', { kind: 'open', what: 'log' }, 62), whyNot: noOutput },
  aside(wish('pause', 'pause', state => (state.scene.need.kind === 'finished' ? 'leave' : 'pause'), 1.5)),
  { ...act('follow', ['walk', ...READERS], () => 'follow', { kind: 'follow' }, 61), whyNot: followed },
  { ...act('search', ['walk', ...READERS], () => 'search', { kind: 'search' }, 60), whyNot: nothingToRead },
  act('deviations', WALKS, () => 'deviations', { kind: 'page', page: deviationsPage }, 54),
  {
    ...act('jump', ['walk', 'outline'], () => 'jump there', { kind: 'jump' }, 53),
    whyNot: state => whyNoJump(state.scene, lookedAt(state)),
  },
  act('transcript', WALKS, () => 'transcript', { kind: 'open', what: 'transcript' }, 52),
  {
    ...act('contacts', WALKS, () => 'contacts', { kind: 'open', what: 'contacts' }, 51),
    whyNot: state => (state.scene.walk.runbook.contacts.length === 0 ? 'the runbook names no contacts' : null),
  },
  aside(wish('hand-over', 'hand-over', () => 'hand over', 45)),
  wish('end-run', 'end-run', () => 'end the run', 0),
  { ...act('next-match', ['walk', ...READERS], () => 'next', { kind: 'find', what: 'next' }, 44), whyNot: notSearched },
  {
    ...act('previous-match', ['walk', ...READERS], () => 'previous', { kind: 'find', what: 'previous' }, 43),
    whyNot: notSearched,
  },
  {
    ...act('next-error', ['walk', ...READERS], () => 'next error', { kind: 'find', what: 'error' }, 42),
    whyNot: nothingToRead,
  },
  {
    ...act(
      'wrap',
      ['walk', ...READERS],
      state => (readingIn(state)?.wrap === true ? 'cut lines' : 'wrap'),
      { kind: 'wrap' },
      41,
    ),
    whyNot: nothingToRead,
  },
  { ...act('copy', ['walk', ...READERS], () => 'copy', { kind: 'copy', print: false }, 39), whyNot: nothingToCopy },
  { ...act('print', ['walk', ...READERS], () => 'print', { kind: 'copy', print: true }, 0), whyNot: nothingToCopy },
  act('palette', [...WALKS, 'outline'], () => 'commands', { kind: 'open', what: 'palette' }, 2),
  act('help', [...WALKS, 'outline', ...READERS], () => 'all keys', { kind: 'open', what: 'help' }, 1),
  act('plain', [...WALKS, 'small'], () => 'plain mode', { kind: 'plain' }, 0),
  act('redraw', EVERYWHERE, () => 'redraw', { kind: 'redraw' }, 0),
  act('suspend', EVERYWHERE, () => 'suspend', { kind: 'suspend' }, 0),

  // Moving. In a field only keys that type nothing move.
  move(['walk', 'outline', ...PAGES, ...READERS], ['up', 'k'], 'up'),
  move(['walk', 'outline', ...PAGES, ...READERS], ['down', 'j'], 'down'),
  move(['walk', 'outline', ...PAGES, ...READERS], ['home', 'g'], 'first'),
  move(['walk', 'outline', ...PAGES, ...READERS], ['end', 'G'], 'last'),
  move(['walk', 'outline', ...PAGES, ...READERS], ['ctrl-u'], 'page-up'),
  move(['walk', 'outline', ...PAGES, ...READERS], ['ctrl-d'], 'page-down'),
  move(['walk', 'outline', ...PAGES, ...READERS, ...DIALOGS, 'palette', 'values', 'stale'], ['pageup'], 'page-up'),
  move(['walk', 'outline', ...PAGES, ...READERS, ...DIALOGS, 'palette', 'values', 'stale'], ['pagedown'], 'page-down'),
  move([...DIALOGS, 'palette', 'values', 'stale'], ['up'], 'up'),
  move([...DIALOGS, 'palette', 'values', 'stale'], ['down'], 'down'),
  bind('pane', ['walk'], ['tab'], () => 'next pane', { kind: 'pane', by: 1 }, 0),
  bind('pane', ['walk'], ['shift-tab'], () => 'previous pane', { kind: 'pane', by: -1 }, 0),

  // What overlays and dialogs have of their own.
  bind(null, READERS.slice(0, 1), ['['], () => 'output before', { kind: 'other-output', by: -1 }, 38),
  bind(null, READERS.slice(0, 1), [']'], () => 'output after', { kind: 'other-output', by: 1 }, 38),
  { ...bind(null, ['yes'], ['y'], () => 'yes', { kind: 'yes' }, 100), answers: true },
  { ...bind(null, ['phrase', 'text', 'observed'], ['enter'], fieldLabel, { kind: 'submit' }, 99), answers: true },
  bind(null, ['find'], ['enter'], () => 'look for it', { kind: 'submit' }, 99),
  { ...bind(null, ['palette'], ['enter'], () => 'do it', { kind: 'submit' }, 99), answers: true },
  { ...bind(null, ['values'], ['enter'], valuesLabel, { kind: 'submit' }, 99), answers: true },
  {
    ...bind(null, ['call'], ['enter'], () => 'go on', { kind: 'call', answer: 'go-on' }, 99),
    answers: true,
    whyNot: criteriaOpen,
  },
  {
    ...bind(null, ['call'], ['y'], () => 'criteria met', { kind: 'call', answer: 'met' }, 98),
    answers: true,
    whyNot: noCriteria,
  },
  {
    ...bind(null, ['call'], ['n'], () => 'not met', { kind: 'call', answer: 'not-met' }, 97),
    answers: true,
    whyNot: noCriteria,
  },
  { ...bind(null, ['yes'], ['enter', 'n'], noLabel, { kind: 'submit' }, 99), answers: true },
  { ...bind(null, ['pick'], ['enter'], pickLabel, { kind: 'submit' }, 99), answers: true },
  { ...bind(null, ['pick'], DIGITS, () => 'choose', { kind: 'digit' }, 100), answers: true },
  {
    ...bind(null, ['text', 'values'], ['tab'], () => 'suggestion', { kind: 'suggestion' }, 98),
    answers: true,
    whyNot: notSuggested,
  },
  bind(
    null,
    ['help', 'contacts', 'page', 'outline', 'log', 'transcript', 'pick', 'yes'],
    ['q'],
    () => 'close',
    { kind: 'close' },
    0,
  ),
  bind(null, ['outline'], ['enter'], () => 'close', { kind: 'close' }, 50),
  bind(null, ['help', 'contacts', 'page'], ['enter'], () => 'close', { kind: 'close' }, 0),
  again('help', 'help'),
  again('contacts', 'contacts'),
  again('outline', 'outline'),
  again('log', 'log'),
  again('transcript', 'transcript'),
  again('deviations', 'page'),
  bind(
    null,
    ['help', 'contacts', 'page', 'outline', ...READERS, ...DIALOGS, 'find', 'palette', 'values'],
    ['esc'],
    () => 'close',
    { kind: 'close' },
    1,
  ),
  bind(null, ['stale'], ['enter', 'esc'], () => 'close', { kind: 'close' }, 99),
  bind(null, [...DIALOGS, 'stale'], ['ctrl-c'], () => 'close', { kind: 'interrupt' }, 0),
  // A script that runs underneath is stopped from wherever one reads.
  {
    ...bind(
      null,
      [...READERS, ...PAGES, 'outline', 'call', 'find', 'palette', 'values'],
      ['ctrl-c'],
      () => 'stop options',
      { kind: 'interrupt' },
      0,
    ),
  },
]

function wish(action: ActionName, name: Wish, label: Binding['label'], rank: Binding['rank']): Binding {
  return {
    ...act(action, ['walk'], label, { kind: 'wish', wish: name }, rank),
    answers: true,
    whyNot: state => {
      if (name === 'proceed' && (state.scene.need.kind === 'choose' || state.scene.need.kind === 'finished'))
        return null
      const wished = wishFor(name, state.scene, lookedAt(state) ?? neededStep(state.scene))
      return wished.kind === 'act' ? null : wished.why
    },
  }
}

function isHeld({ scene: { need } }: ScreenState): boolean {
  return need.kind === 'held'
}

/** First where something went wrong, and near the end of the row where nothing has. */
function inTrouble(troubled: number, calm: number): Binding['rank'] {
  return ({ scene: { need } }) => (need.kind === 'decide' || need.kind === 'blocked' ? troubled : calm)
}

/** Values are what is needed, or something to look up. */
function fillRank({ scene: { need } }: ScreenState): number {
  return need.kind === 'values' || need.kind === 'form' || ('offer' in need && (need.offer?.missing.length ?? 0) > 0)
    ? 88
    : 36
}

/** It answers no question, so that it need not wait for one. */
function aside(binding: Binding): Binding {
  return { ...binding, answers: false, modes: [...binding.modes, 'call'] }
}

function act(
  action: ActionName,
  modes: readonly Mode[],
  label: Binding['label'],
  command: Command,
  rank: Binding['rank'],
): Binding {
  return bind(action, modes, null, label, command, rank)
}

function move(modes: readonly Mode[], keys: readonly string[], by: Move): Binding {
  return bind('move', modes, keys, () => by.replace('-', ' '), { kind: 'move', by }, 0)
}

/** The key that opened an overlay closes it too. */
function again(action: ActionName, mode: Mode): Binding {
  return act(action, [mode], () => 'close', { kind: 'close' }, 0)
}

function bind(
  action: ActionName | null,
  modes: readonly Mode[],
  keys: readonly string[] | null,
  label: Binding['label'],
  command: Command,
  rank: Binding['rank'],
): Binding {
  return { action, modes, keys, label, command, answers: false, whyNot: () => null, rank }
}
