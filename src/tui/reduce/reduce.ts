import { type Act, beginAct, type Outcome, openAsk, type Taken, takeText } from '../acts/act.ts'
import { type Wish, wishFor } from '../acts/acts.ts'
import { editedAct } from '../acts/control-acts.ts'
import { chooseAct, valueAct } from '../acts/step-acts.ts'
import { type Binding, bindingFor, type Command, modeOf } from '../keys/keys.ts'
import { copyableAt } from '../scene/copyable.ts'
import { outlineOf } from '../scene/outline.ts'
import { neededStep, questionName, shortRun } from '../scene/walk.ts'
import type { KeyPress } from '../state/key-press.ts'
import {
  type Dialog,
  type Effect,
  GUARD_MS,
  HELD_MS,
  isGuarded,
  lookedAt,
  type Reduced,
  type ScreenEvent,
  type ScreenState,
  withNewQuestion,
} from '../state/screen-state.ts'
import { numbersTo } from '../text/counting.ts'
import { moveBy } from './moving.ts'
import { dropped, droppedText, isTyping, pasted, suggested, typed } from './typing.ts'

/** The screen after one more event, and what it asks of the world. Pure: time is inside the event. */
export function reduce(before: ScreenState, event: ScreenEvent): Reduced {
  const state = { ...before, nowMs: Math.max(before.nowMs, event.atMs) }
  switch (event.kind) {
    case 'key':
      return onKey(state, event.key, event.atMs)
    case 'paste':
      return only(pasted(state, event.text, event.atMs))
    case 'snapshot':
      return withSnapshot(state, event.snapshot)
    case 'output':
      return only({ ...state, outputTotal: event.total })
    case 'painted':
      return only(painted(state, event.version, event.atMs))
    case 'reply': {
      const { state: after, effects } = withSnapshot({ ...state, saying: false }, event.snapshot)
      const { reply } = event
      if (!reply.ok) return { state: { ...withNewQuestion(after), message: reply.why }, effects }
      const taken = withReceipt(after)
      return { state: reply.note === undefined ? taken : { ...taken, message: reply.note }, effects }
    }
    case 'edited':
      return edited(state, event)
    case 'told':
      return only({ ...state, message: event.message })
    case 'tick':
      return only(state)
    case 'resize':
      return only({ ...state, size: event.size })
    case 'ended':
      return {
        state: { ...state, ended: event.ending },
        effects: event.ending.kind === 'ended' ? [] : [{ kind: 'leave' }],
      }
    default:
      event satisfies never
      return only(state)
  }
}

/** What came out of the editor is asked about like anything else; it belongs to the question that it was opened for. */
function edited(before: ScreenState, event: Extract<ScreenEvent, { kind: 'edited' }>): Reduced {
  const state = withNewQuestion({ ...before, saying: false })
  const { answer, step, was } = event
  if (answer.kind === 'problem') return only({ ...state, message: answer.why })
  if (answer.kind === 'unchanged') return only({ ...state, message: 'nothing was changed' })
  if (neededStep(state.scene) !== step) return only({ ...state, message: 'the question has changed meanwhile' })
  return started(state, editedAct(state.scene, step, was, answer.script), false)
}

/** What was done with something that changes nothing else on the screen. */
function withReceipt(state: ScreenState): ScreenState {
  const { offer } = state.scene.state
  if (state.lastSaid === 'offer' && offer !== null) {
    const run = shortRun(state.scene.state)
    return { ...state, message: `on offer to ${offer.event.to}: they run  signoff accept ${run}` }
  }
  return state.lastSaid === 'withdraw-offer' ? { ...state, message: 'the offer is withdrawn' } : state
}

function painted(state: ScreenState, version: number, atMs: number): ScreenState {
  if (state.guard.version !== version || state.guard.openAtMs !== null) return state
  return { ...state, guard: { ...state.guard, openAtMs: atMs + GUARD_MS } }
}

/** A run event: a new question closes the dialogs of the old one and waits for its own paint. */
function withSnapshot(
  state: ScreenState,
  snapshot: { readonly state: ScreenState['scene']['state']; readonly need: ScreenState['scene']['need'] },
): Reduced {
  const scene = { ...state.scene, ...snapshot }
  const recovery = snapshot.state.recovery?.steps ?? null
  const entered = recovery !== (state.scene.state.recovery?.steps ?? null)
  const outline = entered ? outlineOf(scene.walk, recovery) : state.outline
  const same = questionName(scene) === questionName(state.scene)
  if (same) return only({ ...state, scene, outline })
  const asked = withNewQuestion({
    ...state,
    scene,
    outline,
    cursor: null,
    picked: '',
    detailTop: 0,
    message: droppedText(state.guard.dropped),
  })
  return afterQuestion(closeStale(asked, questionName(state.scene)), state)
}

function closeStale(state: ScreenState, old: string): ScreenState {
  const { dialog } = state
  if (dialog?.kind !== 'act' || dialog.question !== old) return state
  return { ...state, dialog: null, message: state.message ?? 'the question has changed meanwhile' }
}

/** What follows a new question by itself: the pause that was asked for, or the next of several values. */
function afterQuestion(state: ScreenState, before: ScreenState): Reduced {
  const { need } = state.scene
  if (state.pauseAfter && before.scene.need.kind === 'running' && need.kind !== 'running' && need.kind !== 'finished')
    return {
      state: { ...state, pauseAfter: false, saying: true },
      effects: [{ kind: 'say', answer: { kind: 'pause', reason: 'asked by the operator, after the running step' } }],
    }
  if (
    need.kind === 'values' &&
    before.scene.need.kind === 'values' &&
    state.lastSaid === 'value' &&
    state.dialog === null
  ) {
    const name = need.names[0]
    if (name !== undefined) return started(state, valueAct(state.scene, name), false)
  }
  return only(state)
}

function onKey(state: ScreenState, key: KeyPress, atMs: number): Reduced {
  const held = key.name === 'enter' && atMs - state.lastEnterMs < HELD_MS
  const timed = key.name === 'enter' ? { ...state, lastEnterMs: atMs } : state
  const binding = bindingFor(timed, key.name)
  const typing = isTyping(timed, key)
  // While a script runs there is no question yet: the key is answered with why, and counted for the question to come.
  const early = timed.dialog === null && timed.scene.need.kind === 'running' && !timed.saying
  if (held && binding !== null && !early) return only(dropped(timed))
  if ((typing || (binding?.answers === true && !early)) && isGuarded(timed, atMs)) return only(dropped(timed))
  if (typing) return only(typed(timed, key))
  const fresh = { ...timed, message: null, guard: { ...timed.guard, dropped: 0 } }
  if (binding === null) return only({ ...fresh, message: uselessText(fresh, key) })
  const why = binding.whyNot(fresh)
  if (why !== null) return only(refusedKey(timed, binding, why))
  return command(fresh, binding, key)
}

/** A key that cannot be used: said; and counted, where it would have answered something had the question been there. */
function refusedKey(state: ScreenState, binding: Binding, why: string): ScreenState {
  const early = binding.answers && state.scene.need.kind === 'running'
  const guard = early ? { ...state.guard, dropped: state.guard.dropped + 1 } : { ...state.guard, dropped: 0 }
  return { ...state, guard, message: `${binding.shown}: ${why}${early ? '. Ctrl-C shows how to stop it' : ''}` }
}

function command(state: ScreenState, binding: Binding, key: KeyPress): Reduced {
  const { command: what } = binding
  const back = binding.answers && state.dialog === null ? lookedBack(state, binding) : null
  if (back !== null) return only(back)
  switch (what.kind) {
    case 'wish':
      return wished(state, what)
    case 'move':
      return only(moveBy(state, what.by))
    case 'pane':
      return only({ ...state, pane: nextPane(state.pane, what.by) })
    case 'digit':
      return digit(state, key.name)
    case 'submit':
      return submitted(state, state.dialog?.kind === 'act' && modeOf(state) !== 'yes' ? state.dialog.text : '')
    case 'yes':
      return submitted(state, 'y')
    case 'suggestion':
      return only(suggested(state))
    case 'close':
      return only(closed(state))
    case 'help':
      return only({ ...state, dialog: { kind: 'help', top: 0 } })
    case 'contacts':
      return only({ ...state, dialog: { kind: 'contacts', top: 0 } })
    case 'page':
      return only({ ...state, dialog: { kind: 'page', page: what.page(state.scene), top: 0 } })
    case 'jump':
      return jumped(state)
    case 'outline':
      return only(state.dialog?.kind === 'outline' ? closed(state) : { ...state, dialog: { kind: 'outline' } })
    case 'follow':
      return only({ ...state, outputTop: null })
    case 'interrupt':
      return interrupt(state)
    case 'redraw':
      return { state, effects: [{ kind: 'redraw' }] }
    case 'plain':
      return { state, effects: [{ kind: 'to-plain' }] }
    case 'stop-here':
      return { state, effects: [{ kind: 'stop-here' }] }
    case 'copy':
    case 'print': {
      const copyable = copyableAt(state.scene, lookedAt(state))
      return copyable === null ? only(state) : { state, effects: [{ kind: what.kind, copyable }] }
    }
    default:
      what satisfies never
      return only(state)
  }
}

/** Answers count for the step that is needed, so it must be the one that is looked at. */
function lookedBack(state: ScreenState, binding: Binding): ScreenState | null {
  const needed = neededStep(state.scene)
  if (binding.command.kind === 'wish' && binding.command.wish === 'note') return null
  if (state.cursor === null || state.cursor === needed) return null
  return withNewQuestion({
    ...state,
    cursor: null,
    message: `back at the step that is needed: ${binding.shown} once more`,
  })
}

function wished(state: ScreenState, what: Extract<Command, { kind: 'wish' }>): Reduced {
  const { need } = state.scene
  if (what.wish === 'proceed' && need.kind === 'finished') return { state, effects: [{ kind: 'leave' }] }
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
  if (state.dialog?.kind === 'act' && state.dialog.stops)
    return said({ ...state, dialog: null }, { kind: 'say', answer: { kind: 'stop-script', signal: 'SIGINT' } })
  const clear = state.dialog === null ? state : { ...state, dialog: null }
  const found = wishFor('stop', clear.scene)
  return found.kind === 'act'
    ? started(clear, found.act, false, true)
    : only(state.dialog === null ? state : closed(state))
}

function started(state: ScreenState, act: Act, outlives: boolean, stops = false): Reduced {
  const question = outlives ? null : questionName(state.scene)
  return taken(state, beginAct(act), { question, stops })
}

function submitted(state: ScreenState, text: string): Reduced {
  const { dialog } = state
  if (dialog?.kind !== 'act') return only(state)
  return taken(state, takeText(dialog.progress, text), dialog)
}

function taken(
  state: ScreenState,
  result: Taken,
  about: { readonly question: string | null; readonly stops: boolean },
): Reduced {
  switch (result.kind) {
    case 'ask': {
      const dialog: Dialog = {
        kind: 'act',
        progress: result.progress,
        text: '',
        top: 0,
        question: about.question,
        stops: about.stops,
      }
      return only(withNewQuestion({ ...state, dialog }))
    }
    case 'refused':
      return only({
        ...state,
        message: result.why,
        dialog: state.dialog?.kind === 'act' ? { ...state.dialog, text: '' } : state.dialog,
      })
    case 'outcome':
      return said({ ...withNewQuestion(state), dialog: null, picked: '' }, result.outcome)
    default:
      result satisfies never
      return only(state)
  }
}

function said(state: ScreenState, outcome: Outcome): Reduced {
  switch (outcome.kind) {
    case 'say':
      return { state: { ...state, saying: true, lastSaid: outcome.answer.kind }, effects: [outcome satisfies Effect] }
    case 'edit':
      // No key counts until the editor has given the terminal back.
      return { state: { ...state, saying: true }, effects: [outcome] }
    case 'pause-after':
      return only({ ...state, pauseAfter: true, message: 'the run pauses after this step' })
    case 'nothing':
      return only({ ...state, message: outcome.message === '' ? null : outcome.message })
    default:
      outcome satisfies never
      return only(state)
  }
}

function closed(state: ScreenState): ScreenState {
  const ask = state.dialog?.kind === 'act' ? openAsk(state.dialog.progress) : null
  const message = ask?.kind === 'yes' || ask?.kind === 'phrase' ? 'not run' : null
  return withNewQuestion({ ...state, dialog: null, message })
}

function uselessText(state: ScreenState, key: KeyPress): string {
  if (modeOf(state) === 'yes') return 'y is yes; Enter is no'
  return `${key.name} has no use here; ? shows the keys`
}

const PANES = ['outline', 'detail', 'output'] as const

function nextPane(pane: ScreenState['pane'], by: number): ScreenState['pane'] {
  return PANES[(PANES.indexOf(pane) + by + PANES.length) % PANES.length] ?? 'outline'
}

function only(state: ScreenState): Reduced {
  return { state, effects: [] }
}
