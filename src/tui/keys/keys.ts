import { openAsk } from '../acts/act.ts'
import { type Wish, wishFor } from '../acts/acts.ts'
import { whyNoJump } from '../acts/control-acts.ts'
import { copyableAt } from '../scene/copyable.ts'
import { deviationsPage, type Page } from '../scene/pages.ts'
import { neededStep, type Scene } from '../scene/walk.ts'
import { lookedAt, type ScreenState } from '../state/screen-state.ts'

/** Where a key counts: the walk, an overlay, or one kind of question of a dialog. */
export type Mode = 'walk' | 'help' | 'contacts' | 'page' | 'outline' | 'yes' | 'phrase' | 'text' | 'observed' | 'pick'

export type Command =
  | { readonly kind: 'wish'; readonly wish: Wish }
  | { readonly kind: 'move'; readonly by: 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last' }
  | { readonly kind: 'pane'; readonly by: 1 | -1 }
  | { readonly kind: 'digit' }
  | { readonly kind: 'submit' }
  | { readonly kind: 'yes' }
  | { readonly kind: 'suggestion' }
  | { readonly kind: 'close' }
  | { readonly kind: 'help' }
  | { readonly kind: 'contacts' }
  | { readonly kind: 'page'; readonly page: (scene: Scene) => Page }
  | { readonly kind: 'jump' }
  | { readonly kind: 'outline' }
  | { readonly kind: 'follow' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'plain' }
  | { readonly kind: 'stop-here' }
  | { readonly kind: 'copy' }
  | { readonly kind: 'print' }

/** One row of the table from which dispatch, the last row and `?` are drawn. */
export interface Binding {
  readonly modes: readonly Mode[]
  readonly keys: readonly string[]
  /** How the keys are written for people. */
  readonly shown: string
  readonly label: (state: ScreenState) => string
  readonly command: Command
  /** True where it would answer the question: then it waits for the paint. */
  readonly answers: boolean
  /** Why it cannot be used now; null where it can. */
  readonly whyNot: (state: ScreenState) => string | null
  /** Higher comes first in the last row; 0 is left to `?`. */
  readonly rank: number
}

const DIALOGS: readonly Mode[] = ['yes', 'phrase', 'text', 'observed', 'pick']
const FIELDS: readonly Mode[] = ['phrase', 'text', 'observed']
const MOVING: readonly Mode[] = ['walk', 'outline']
const SCROLLING: readonly Mode[] = ['walk', 'outline', 'help', 'contacts', 'page', ...DIALOGS]

export const BINDINGS: readonly Binding[] = [
  wish(['enter'], 'Enter', 'proceed', proceedLabel, 100),
  wish(
    ['space'],
    'Space',
    'tick',
    state => ('evidence' in state.scene.need && state.scene.need.evidence !== null ? 'observed value' : 'tick'),
    99,
  ),
  wish(['y'], 'y', 'yes', () => 'yes', 98),
  wish(['n'], 'n', 'no', () => 'no', 97),
  {
    ...bind(['walk'], DIGITS(), '1-9', () => 'choose', { kind: 'digit' }, 96),
    answers: true,
    whyNot: state => (state.scene.need.kind === 'choose' ? null : 'nothing is chosen here'),
  },
  wish(['c'], 'c', 'cannot', () => 'cannot', 90),
  wish(['u'], 'u', 'offer', () => 'run the offer', 89),
  wish(['f', 'v'], 'f', 'fill', () => 'fill value', 88),
  wish(['r'], 'r', 'retry', () => 'retry', 87),
  wish(['e'], 'e', 'edit', () => 'edit', 80),
  wish(['m'], 'm', 'by-hand', () => 'by hand', 81),
  wish(['t'], 't', 'wait', () => 'the wait', 85),
  { ...bind(['walk'], ['ctrl-c'], 'Ctrl-C', () => 'stop options', { kind: 'interrupt' }, 84), whyNot: running },
  {
    ...wish(['p'], 'p', 'pause-after', state => (state.pauseAfter ? 'do not pause after' : 'pause after step'), 83),
    answers: false,
  },
  wish(['s'], 's', 'skip', () => 'skip', 82),
  { ...wish(['a'], 'a', 'note', () => 'note', 60), answers: false },
  bind(['walk'], ['d'], 'd', () => 'deviations', { kind: 'page', page: deviationsPage }, 54),
  {
    ...bind(['walk', 'outline'], ['J'], 'J', () => 'jump there', { kind: 'jump' }, 53),
    whyNot: state => whyNoJump(state.scene, lookedAt(state)),
  },
  { ...wish(['h'], 'h', 'hand-over', () => 'hand over', 50), answers: false },
  bind(['walk', 'outline'], ['o'], 'o', () => 'outline', { kind: 'outline' }, 59),
  {
    ...bind(['walk'], ['C'], 'C', () => 'contacts', { kind: 'contacts' }, 54),
    whyNot: state => (state.scene.walk.runbook.contacts.length === 0 ? 'the runbook names no contacts' : null),
  },
  wish(['x'], 'x', 'recover', () => 'recovery', 58),
  {
    ...wish(['q'], 'q', 'pause', state => (state.scene.need.kind === 'finished' ? 'leave' : 'pause'), 57),
    answers: false,
  },
  {
    ...bind(['walk'], ['F'], 'F', () => 'follow output', { kind: 'follow' }, 56),
    whyNot: state => (state.outputTop === null ? 'the output is followed already' : null),
  },
  bind(MOVING, ['up', 'k'], 'k', () => 'up', { kind: 'move', by: 'up' }, 0),
  bind(MOVING, ['down', 'j'], 'j', () => 'down', { kind: 'move', by: 'down' }, 0),
  bind(MOVING, ['home', 'g'], 'g', () => 'first', { kind: 'move', by: 'first' }, 0),
  bind(MOVING, ['end', 'G'], 'G', () => 'last', { kind: 'move', by: 'last' }, 0),
  bind(SCROLLING, ['pageup'], 'PgUp', () => 'page up', { kind: 'move', by: 'page-up' }, 0),
  bind(SCROLLING, ['pagedown'], 'PgDn', () => 'page down', { kind: 'move', by: 'page-down' }, 0),
  bind(MOVING, ['ctrl-u'], 'Ctrl-U', () => 'page up', { kind: 'move', by: 'page-up' }, 0),
  bind(MOVING, ['ctrl-d'], 'Ctrl-D', () => 'page down', { kind: 'move', by: 'page-down' }, 0),
  bind(['help', 'contacts', 'page', ...DIALOGS], ['up'], 'Up', () => 'up', { kind: 'move', by: 'up' }, 0),
  bind(['help', 'contacts', 'page', ...DIALOGS], ['down'], 'Down', () => 'down', { kind: 'move', by: 'down' }, 0),
  bind(['walk'], ['tab'], 'Tab', () => 'next pane', { kind: 'pane', by: 1 }, 0),
  bind(['walk'], ['shift-tab'], 'Shift-Tab', () => 'previous pane', { kind: 'pane', by: -1 }, 0),
  bind(
    ['walk', 'help', 'contacts', 'page', 'outline', ...DIALOGS],
    ['ctrl-l'],
    'Ctrl-L',
    () => 'redraw',
    { kind: 'redraw' },
    0,
  ),
  bind(
    ['walk', 'help', 'contacts', 'page', 'outline', ...DIALOGS],
    ['ctrl-z'],
    'Ctrl-Z',
    () => 'suspend; fg comes back',
    { kind: 'stop-here' },
    0,
  ),
  { ...bind(['walk'], ['y'], 'y', () => 'copy its text', { kind: 'copy' }, 0), whyNot: nothingToCopy },
  { ...bind(['walk'], ['Y'], 'Y', () => 'its text on the normal screen', { kind: 'print' }, 0), whyNot: nothingToCopy },
  bind(['walk'], ['l'], 'l', () => 'plain mode', { kind: 'plain' }, 0),
  { ...bind(['yes'], ['y'], 'y', () => 'yes', { kind: 'yes' }, 100), answers: true },
  { ...bind(FIELDS, ['enter'], 'Enter', fieldLabel, { kind: 'submit' }, 99), answers: true },
  { ...bind(['yes'], ['enter', 'n'], 'Enter', noLabel, { kind: 'submit' }, 99), answers: true },
  { ...bind(['pick'], ['enter'], 'Enter', pickLabel, { kind: 'submit' }, 99), answers: true },
  { ...bind(['pick'], DIGITS(), '1-9', () => 'choose', { kind: 'digit' }, 100), answers: true },
  {
    ...bind(['text'], ['tab'], 'Tab', () => 'take the suggestion', { kind: 'suggestion' }, 98),
    answers: true,
    whyNot: suggested,
  },
  bind(['help', 'contacts', 'page', 'outline', 'pick', 'yes'], ['q'], 'q', () => 'close', { kind: 'close' }, 0),
  bind(['help'], ['?'], '?', () => 'close', { kind: 'close' }, 50),
  bind(['contacts'], ['C'], 'C', () => 'close', { kind: 'close' }, 50),
  bind(['outline'], ['enter'], 'Enter', () => 'close', { kind: 'close' }, 50),
  bind(['page'], ['enter', 'd'], 'Enter', () => 'close', { kind: 'close' }, 50),
  bind(['help', 'contacts', 'page', 'outline', ...DIALOGS], ['esc'], 'Esc', () => 'close', { kind: 'close' }, 55),
  { ...bind(DIALOGS, ['ctrl-c'], 'Ctrl-C', () => 'close', { kind: 'interrupt' }, 0) },
  bind(['help', 'contacts', 'page', 'outline'], ['ctrl-c'], 'Ctrl-C', () => 'close', { kind: 'close' }, 0),
  bind(['walk', 'outline'], ['?'], '?', () => 'all keys', { kind: 'help' }, 1),
]

/** The mode that keys are read in. */
export function modeOf(state: ScreenState): Mode {
  const { dialog } = state
  if (dialog === null) return 'walk'
  return dialog.kind === 'act' ? (openAsk(dialog.progress)?.kind ?? 'text') : dialog.kind
}

/** The binding of a key in the present mode: one that can be used before one that cannot; null where it has none. */
export function bindingFor(state: ScreenState, key: string): Binding | null {
  const mode = modeOf(state)
  const all = BINDINGS.filter(binding => binding.modes.includes(mode) && binding.keys.includes(key))
  return all.find(binding => binding.whyNot(state) === null) ?? all[0] ?? null
}

/** What the last row names, most needed first; the way to all keys is always the last of them. */
export function keysNow(state: ScreenState): Binding[] {
  const mode = modeOf(state)
  return BINDINGS.filter(b => b.modes.includes(mode) && b.rank > 0 && b.whyNot(state) === null).sort(
    (a, b) => b.rank - a.rank,
  )
}

/** Every key of the walk with what it does and why it cannot be used now, for `?`. */
export function keysOfWalk(
  state: ScreenState,
): { readonly shown: string; readonly label: string; readonly why: string | null }[] {
  return BINDINGS.filter(binding => binding.modes.includes('walk')).map(binding => ({
    shown:
      binding.keys.length > 1 && binding.command.kind !== 'digit' ? binding.keys.map(written).join(' ') : binding.shown,
    label: binding.label(state),
    why: binding.whyNot(state),
  }))
}

function wish(keys: readonly string[], shown: string, name: Wish, label: Binding['label'], rank: number): Binding {
  return {
    ...bind(['walk'], keys, shown, label, { kind: 'wish', wish: name }, rank),
    answers: true,
    whyNot: state => {
      if (name === 'proceed' && state.scene.need.kind === 'choose') return null
      if (name === 'proceed' && state.scene.need.kind === 'finished') return null
      const wished = wishFor(name, state.scene, lookedAt(state) ?? neededStep(state.scene))
      return wished.kind === 'act' ? null : wished.why
    },
  }
}

function bind(
  modes: readonly Mode[],
  keys: readonly string[],
  shown: string,
  label: Binding['label'],
  command: Command,
  rank: number,
): Binding {
  return { modes, keys, shown, label, command, answers: false, whyNot: () => null, rank }
}

function DIGITS(): string[] {
  return ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0']
}

function proceedLabel(state: ScreenState): string {
  const { need } = state.scene
  switch (need.kind) {
    case 'run':
      return need.level === 'L1' ? 'run' : 'review'
    case 'manual':
      return 'done'
    case 'values':
      return 'fill'
    case 'form':
      return 'form'
    case 'changed':
      return 'look and decide'
    case 'choose':
      return 'take'
    case 'finished':
      return 'leave'
    default:
      return 'answer'
  }
}

function fieldLabel(state: ScreenState): string {
  const { dialog } = state
  const ask = dialog?.kind === 'act' ? openAsk(dialog.progress) : null
  return ask?.kind === 'phrase' ? ask.to : 'give'
}

function noLabel(state: ScreenState): string {
  const { dialog } = state
  const ask = dialog?.kind === 'act' ? openAsk(dialog.progress) : null
  return ask?.kind === 'yes' && ask.insists === true ? 'ask again' : 'no'
}

function pickLabel(state: ScreenState): string {
  const { dialog } = state
  const ask = dialog?.kind === 'act' ? openAsk(dialog.progress) : null
  return ask?.kind === 'pick' && ask.empty !== null ? (ask.options[ask.empty]?.label ?? 'choose') : 'choose first'
}

function nothingToCopy(state: ScreenState): string | null {
  return copyableAt(state.scene, lookedAt(state)) === null ? 'there is no text here' : null
}

function running(state: ScreenState): string | null {
  return state.scene.need.kind === 'running' ? null : 'no script is running; q pauses the run'
}

function suggested(state: ScreenState): string | null {
  const { dialog } = state
  const ask = dialog?.kind === 'act' ? openAsk(dialog.progress) : null
  return ask?.kind === 'text' && ask.suggestion !== null ? null : 'nothing is suggested'
}

const WRITTEN: Readonly<Record<string, string>> = {
  enter: 'Enter',
  space: 'Space',
  up: 'Up',
  down: 'Down',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  esc: 'Esc',
  tab: 'Tab',
}

function written(key: string): string {
  return WRITTEN[key] ?? key
}
