import { type Wish, wishFor } from '../acts/acts.ts'
import { chooseAct, criteriaNotMetAct } from '../acts/step-acts.ts'
import type { Binding, Command } from '../keys/bindings.ts'
import { modeOf, walkBinding } from '../keys/keys.ts'
import { paletteRows } from '../keys/palette.ts'
import { keyName } from '../scene/actions.ts'
import { neededStep } from '../scene/walk.ts'
import { copyOf } from '../state/copying.ts'
import { withNewQuestion } from '../state/guard.ts'
import type { KeyPress } from '../state/key-press.ts'
import { lookedAt, only, type Reduced, type ScreenState } from '../state/screen-state.ts'
import { numbersTo } from '../text/counting.ts'
import { closed, said, started, submitted } from './acting.ts'
import { giveValue, openValues } from './filling.ts'
import { moveBy } from './moving.ts'
import {
  closedLog,
  findAgain,
  followReading,
  openLog,
  openTranscript,
  otherOutput,
  searchTyped,
  startSearch,
  wrapReading,
} from './reading.ts'
import { suggested } from './typing.ts'

/** Carries out what a key is bound to. */
export function command(state: ScreenState, binding: Binding, key: KeyPress, farthest: number): Reduced {
  const { command: what } = binding
  const back = binding.answers && state.dialog === null ? lookedBack(state, binding, key) : null
  if (back !== null) return only(back)
  switch (what.kind) {
    case 'wish':
      return wished(state, what)
    case 'move':
      return moveBy(state, what.by, farthest)
    case 'pane':
      return only({ ...state, pane: nextPane(state, what.by) })
    case 'digit':
      return digit(state, key.name)
    case 'submit':
      return submit(state, farthest)
    case 'yes':
      return submitted(state, 'y')
    case 'suggestion':
      return only(suggested(state))
    case 'close':
      return only(closedOverlay(state))
    case 'open':
      return opened(state, what.what)
    case 'page':
      return only({ ...state, dialog: { kind: 'page', page: what.page(state.scene), top: 0 } })
    case 'jump':
      return jumped(state)
    case 'search':
      return only(startSearch(state))
    case 'find':
      return findAgain(state, what.what)
    case 'other-output':
      return otherOutput(state, what.by)
    case 'follow':
      return followReading(state)
    case 'wrap':
      return wrapReading(state)
    case 'copy': {
      const copied = copyOf(state)
      if (copied === null) return only(state)
      const how = what.print ? 'print' : 'copy'
      if ('text' in copied) return { state, effects: [{ kind: how, copyable: copied }] }
      return { state, effects: [{ kind: 'copy-lines', lines: copied, how }] }
    }
    case 'call':
      return answeredCall(state, what.answer)
    case 'interrupt':
      return interrupt(state)
    case 'redraw':
      return { state, effects: [{ kind: 'redraw' }] }
    case 'suspend':
      return { state, effects: [{ kind: 'stop-here' }] }
    case 'plain':
      return { state, effects: [{ kind: 'to-plain' }] }
    default:
      what satisfies never
      return only(state)
  }
}

function opened(state: ScreenState, what: Extract<Command, { kind: 'open' }>['what']): Reduced {
  switch (what) {
    case 'help':
    case 'contacts':
      return only({ ...state, dialog: { kind: what, top: 0 } })
    case 'outline':
      return only(
        state.dialog?.kind === 'outline' ? { ...state, dialog: null } : { ...state, dialog: { kind: 'outline' } },
      )
    case 'log':
      return openLog(state)
    case 'transcript':
      return openTranscript(state)
    case 'palette':
      return only({ ...state, dialog: { kind: 'palette', text: '', at: 0 } })
    case 'values':
      return openValues(state)
    default:
      what satisfies never
      return only(state)
  }
}

/** Enter in a field, and whatever else gives an answer to a dialog. */
function submit(state: ScreenState, farthest: number): Reduced {
  const { dialog } = state
  if (state.finding !== null) return searchTyped(state)
  if (dialog?.kind === 'palette') return chosen(state, dialog.text, dialog.at, farthest)
  if (dialog?.kind === 'values') return giveValue(state)
  return submitted(state, dialog?.kind === 'act' && modeOf(state) !== 'yes' ? dialog.text : '')
}

/** What the palette has found is done as its key does it; one that cannot be used says why and stays. */
function chosen(state: ScreenState, text: string, at: number, farthest: number): Reduced {
  const row = paletteRows(state, text)[at]
  if (row === undefined) return only({ ...state, message: 'nothing of that name' })
  const walking = withNewQuestion({ ...state, dialog: null, message: null })
  const binding = walkBinding(walking, row.action)
  if (binding === null) return only(state)
  const why = binding.whyNot(walking)
  if (why !== null) return only({ ...state, message: `${row.action}: ${why}` })
  return command(walking, binding, { name: '', text: null }, farthest)
}

/** Esc, and the key that opened an overlay. A field of the search closes before the text that it searches. */
function closedOverlay(state: ScreenState): ScreenState {
  if (state.finding !== null) return { ...state, finding: null }
  if (state.dialog?.kind === 'log') return closedLog({ ...state, dialog: null })
  if (state.dialog?.kind === 'act') return closed(state)
  return withNewQuestion({ ...state, dialog: null })
}

/** Answers count for the step that is needed, so it must be the one that is looked at. */
function lookedBack(state: ScreenState, binding: Binding, key: KeyPress): ScreenState | null {
  const needed = neededStep(state.scene)
  if (binding.command.kind === 'wish' && binding.command.wish === 'note') return null
  if (state.cursor === null || state.cursor === needed) return null
  const shown = binding.action === null ? key.name : keyName(state.keys, binding.action)
  return withNewQuestion({ ...state, cursor: null, message: `back at the step that is needed: ${shown} once more` })
}

function wished(state: ScreenState, what: Extract<Command, { kind: 'wish' }>): Reduced {
  const { need } = state.scene
  if (what.wish === 'proceed' && need.kind === 'finished') return { state, effects: [{ kind: 'leave' }] }
  if (what.wish === 'proceed' && need.kind === 'values') return openValues(state)
  if (what.wish === 'proceed' && need.kind === 'choose') {
    const option = need.options[Number(state.picked) - 1]
    if (state.picked === '' || option === undefined)
      return only({ ...state, message: `choose ${numbersTo(need.options.length)}` })
    return started(state, chooseAct(state.scene, need.step, option), false)
  }
  if (what.wish === 'pause' && need.kind === 'finished') return { state, effects: [{ kind: 'leave' }] }
  if (what.wish === 'pause-after' && state.pauseAfter)
    return only({ ...state, pauseAfter: false, message: 'the run goes on after this step' })
  const found = wishFor(what.wish, state.scene, lookedAt(state))
  if (found.kind === 'cannot') return only({ ...state, message: found.why })
  return started(state, found.act, OUTLIVES.has(what.wish), what.wish === 'stop')
}

/** What is asked for whatever question stands: a new question does not close it. */
const OUTLIVES: ReadonlySet<Wish> = new Set<Wish>(['note', 'pause', 'hand-over'])

function digit(state: ScreenState, name: string): Reduced {
  if (state.dialog?.kind === 'act') return submitted(state, name)
  const { need } = state.scene
  if (need.kind !== 'choose') return only(state)
  const longer = `${state.picked}${name}`
  const picked = Number(longer) <= need.options.length ? longer : name
  const known = Number(picked) >= 1 && Number(picked) <= need.options.length
  return only(
    known ? { ...state, picked } : { ...state, picked: '', message: `choose ${numbersTo(need.options.length)}` },
  )
}

/** `J` goes to the step that is looked at, in the walk or in the outline. */
function jumped(state: ScreenState): Reduced {
  const found = wishFor('jump', state.scene, lookedAt(state))
  const walking = state.dialog === null ? state : { ...state, dialog: null }
  if (found.kind === 'cannot') return only({ ...walking, message: found.why })
  return started(walking, found.act, false)
}

/** Ctrl-C never leaves and never kills at one press: it opens the choices, and there a second one sends SIGINT. */
function interrupt(state: ScreenState): Reduced {
  if (state.dialog?.kind === 'act' && state.dialog.stale) return only(closed(state))
  if (state.dialog?.kind === 'act' && state.dialog.stops)
    return said({ ...state, dialog: null }, { kind: 'say', answer: { kind: 'stop-script', signal: 'SIGINT' } })
  const clear: ScreenState = { ...state, dialog: null, finding: null }
  const found = wishFor('stop', clear.scene)
  if (found.kind !== 'act') return only(state.dialog === null && state.finding === null ? state : closedOverlay(state))
  const asked = started({ ...clear, processes: null }, found.act, false, true)
  return { state: asked.state, effects: [...asked.effects, { kind: 'look-at-processes' }] }
}

/** The completion call of a phase: criteria that nobody has a value for are answered before one goes on. */
function answeredCall(state: ScreenState, answer: 'go-on' | 'met' | 'not-met'): Reduced {
  const { call } = state
  if (call === null) return only(state)
  const [next = null, ...callsBehind] = state.callsBehind
  const gone = withNewQuestion({ ...state, call: next, callsBehind, message: null })
  if (call.question === null) return only(answer === 'go-on' ? gone : state)
  if (answer === 'go-on') return only({ ...state, message: 'the success criteria come first: y met, n not met' })
  return answer === 'met'
    ? said(gone, { kind: 'say', answer: { kind: 'note', step: null, text: `${call.question}: met` } })
    : started(gone, criteriaNotMetAct(call.question), true)
}

const PANES = ['outline', 'detail', 'output'] as const

/** The next pane that is there: without output there are two. */
function nextPane(state: ScreenState, by: number): ScreenState['pane'] {
  const there = PANES.filter(pane => pane !== 'output' || state.output !== null)
  return there[(there.indexOf(state.pane) + by + there.length) % there.length] ?? 'outline'
}
