import { editedAct } from '../acts/control-acts.ts'
import type { Binding } from '../keys/bindings.ts'
import { bindingFor, modeOf, shownKey } from '../keys/keys.ts'
import { keyName } from '../scene/actions.ts'
import { gateNews } from '../scene/approvals.ts'
import { outlineOf } from '../scene/outline.ts'
import { phaseCallsOf } from '../scene/phase-call.ts'
import { neededStep, questionName, shortRun } from '../scene/walk.ts'
import { GUARD_MS, HELD_MS, isGuarded, withNewQuestion } from '../state/guard.ts'
import type { KeyPress } from '../state/key-press.ts'
import { only, type Reduced, type ScreenEvent, type ScreenState } from '../state/screen-state.ts'
import { counted, droppedText } from '../text/counting.ts'
import { started } from './acting.ts'
import { command } from './commands.ts'
import { afterValue } from './filling.ts'
import { goesOn, isBetweenRows, keptAhead, listening, takesText, withNextField } from './next-field.ts'
import { foundIn, grown, withNewOutput } from './reading.ts'
import { isTypedOn, lookedBehind, swallowed, underHands } from './typed-on.ts'
import { deafTo, dropped, isSearching, isTyping, pasted, typed } from './typing.ts'

/** A message stands before what is needed now, and must not hide it for long from whoever comes back to the screen. */
const MESSAGE_MS = 15_000

/** The screen after one more event, and what it asks of the world. Pure: time is inside the event. */
export function reduce(before: ScreenState, event: ScreenEvent): Reduced {
  const { state, effects } = reduceOne({ ...before, nowMs: Math.max(before.nowMs, event.atMs) }, event)
  const next = withNextField(before, underHands(before, state, event), event)
  const reduced =
    event.kind === 'reply' ? typedAhead(before, { state: next, effects }, event) : { state: next, effects }
  const { message, nowMs } = reduced.state
  return message === before.message ? reduced : { ...reduced, state: { ...reduced.state, messageAtMs: nowMs } }
}

/** What was typed while a value was on its way goes into the row behind it. Where there is none it is no key, nor a text for this row. */
function typedAhead(
  before: ScreenState,
  { state, effects }: Reduced,
  { atMs, reply }: Extract<ScreenEvent, { kind: 'reply' }>,
): Reduced {
  const { ahead } = before
  const free = { ...state, ahead: [] }
  if (ahead.length === 0) return { state: free, effects }
  if (free.dialog?.kind !== 'values')
    return { state: ahead.reduce<ScreenState>((gone, key) => swallowed(gone, key, null, atMs), free), effects }
  if (!reply.ok) return { state: { ...deafTo(free, atMs), message: reply.why }, effects }
  return ahead.reduce<Reduced>(
    (sofar, key) => {
      const one = reduce(sofar.state, { kind: 'key', key, atMs })
      return { state: one.state, effects: [...sofar.effects, ...one.effects] }
    },
    { state: free, effects },
  )
}

function reduceOne(state: ScreenState, event: ScreenEvent): Reduced {
  switch (event.kind) {
    case 'key':
      return onKey(state, event.key, event.atMs, event.farthest ?? 0)
    case 'paste':
      return only(pasted(state, event.text, event.atMs))
    case 'snapshot':
      return withSnapshot(state, event.snapshot)
    case 'lines':
      return only(grown(state, event.source, event.total))
    case 'found':
      return foundIn(state, event)
    case 'told':
      return only({ ...state, message: event.message })
    case 'error-line':
      return only({ ...state, errorLine: event.found })
    case 'processes':
      return only({ ...state, processes: event.found })
    case 'painted':
      return only(painted(state, event.version, event.atMs))
    case 'reply':
      return replied(state, event)
    case 'edited':
      return edited(state, event)
    case 'tick':
      return only(state.nowMs - state.messageAtMs < MESSAGE_MS ? state : { ...state, message: null })
    case 'resize':
    case 'back':
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

function replied(before: ScreenState, event: Extract<ScreenEvent, { kind: 'reply' }>): Reduced {
  const { state, effects } = withSnapshot({ ...before, saying: false }, event.snapshot)
  const { reply } = event
  // What was said is let go of: it may hold a secret.
  if (!reply.ok) return { state: { ...withNewQuestion(state), lastSaid: null, message: reply.why }, effects }
  const taken = withReceipt(state.lastSaid?.kind === 'value' ? afterValue(state) : state)
  return { state: reply.note === undefined ? taken : { ...taken, message: reply.note }, effects }
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

/** What was done with something that changes little else on the screen. */
function withReceipt(state: ScreenState): ScreenState {
  const { lastSaid, scene } = state
  const { offer } = scene.state
  if (lastSaid?.kind === 'offer' && offer !== null)
    return { ...state, message: `on offer to ${offer.event.to}: they run  signoff accept ${shortRun(scene.state)}` }
  if (lastSaid?.kind === 'withdraw-offer') return { ...state, message: 'the offer is withdrawn' }
  if (lastSaid?.kind === 'value' && scene.state.values.get(lastSaid.name)?.masked === true)
    return { ...state, message: `secret entered, ${counted([...lastSaid.value].length, 'character')}`, lastSaid: null }
  return lastSaid?.kind === 'note' ? { ...state, message: 'the note is kept' } : state
}

function painted(state: ScreenState, version: number, atMs: number): ScreenState {
  if (state.guard.version !== version || state.guard.openAtMs !== null) return state
  return { ...state, guard: { ...state.guard, openAtMs: atMs + GUARD_MS } }
}

/** A run event: a new question closes the dialogs of the old one and waits for its own paint. */
function withSnapshot(
  before: ScreenState,
  snapshot: { readonly state: ScreenState['scene']['state']; readonly need: ScreenState['scene']['need'] },
): Reduced {
  const scene = { ...before.scene, ...snapshot }
  const recovery = snapshot.state.recovery?.steps ?? null
  const entered = recovery !== (before.scene.state.recovery?.steps ?? null)
  const outline = entered ? outlineOf(scene.walk, recovery) : before.outline
  const news = gateNews(before.scene, scene)
  const told = news === null ? before : { ...before, message: news }
  const state = withCall(withNewOutput({ ...told, scene, outline }), before)
  if (questionName(scene) === questionName(before.scene)) return only(state)
  const asked = withNewQuestion({
    ...state,
    cursor: null,
    picked: '',
    detailTop: 0,
    message: droppedText(state.guard.dropped) ?? news,
  })
  return afterQuestion(closeStale(asked, questionName(before.scene)), before)
}

/** Phases that have ended since are called out, each in its turn, whatever comes next. */
function withCall(state: ScreenState, before: ScreenState): ScreenState {
  const was = before.scene.state.phasesEnded
  const ended = [...state.scene.state.phasesEnded.keys()].filter(id => !was.has(id))
  const calls = phaseCallsOf(state.scene, ended)
  if (calls.length === 0) return state
  if (state.call !== null) return { ...state, callsBehind: [...state.callsBehind, ...calls] }
  const [call = null, ...callsBehind] = calls
  return withNewQuestion({ ...state, call, callsBehind })
}

function closeStale(state: ScreenState, old: string): ScreenState {
  const { dialog } = state
  if (dialog?.kind !== 'act' || dialog.question !== old) return state
  // Somebody may be typing: the field goes when they say so, and until then it takes their letters.
  const message = state.message ?? 'the question has changed meanwhile'
  return { ...state, dialog: { ...dialog, question: null, stale: true }, message }
}

/** What follows a new question by itself: the pause that was asked for; after a failure, a look for its error. */
function afterQuestion(state: ScreenState, before: ScreenState): Reduced {
  const { need } = state.scene
  if (!state.pauseAfter || before.scene.need.kind !== 'running' || need.kind === 'running' || need.kind === 'finished')
    return need.kind === 'decide' ? lookedForError(state, need.step) : only(state)
  return {
    state: { ...state, pauseAfter: false, saying: true },
    effects: [{ kind: 'say', answer: { kind: 'pause', reason: 'asked by the operator, after the running step' } }],
  }
}

function lookedForError(state: ScreenState, step: string): Reduced {
  const attempt = state.scene.state.steps.get(step)?.attempts ?? 0
  return attempt === 0 ? only(state) : { state, effects: [{ kind: 'look-for-error', step, attempt }] }
}

function onKey(state: ScreenState, key: KeyPress, atMs: number, farthest: number): Reduced {
  const held = key.name === 'enter' && atMs - state.lastEnterMs < HELD_MS
  const timed = key.name === 'enter' ? { ...state, lastEnterMs: atMs } : state
  const binding = bindingFor(timed, key.name)
  const typing = isTyping(timed, key)
  // While a script runs there is no question yet: the key is answered with why, and counted for the question to come.
  const early = modeOf(timed) === 'walk' && timed.scene.need.kind === 'running' && !timed.saying
  if (held && binding !== null && !early && !isSearching(timed)) return only(dropped(timed, atMs))
  if (isTypedOn(timed, key, binding, atMs)) return only(swallowed(timed, key, binding, atMs))
  const submits = binding?.command.kind === 'submit'
  if (isBetweenRows(timed) && (typing || submits)) return only(keptAhead(timed, key) ?? dropped(timed, atMs))
  if (timed.guard.deaf && takesText(timed) && (typing || submits))
    return only(submits ? listening(timed) : deafTo(timed, atMs))
  const waits = (typing && !isSearching(timed)) || (binding?.answers === true && !early)
  const guarded = waits && !goesOn(timed, key, typing)
  if (guarded && isGuarded(timed, atMs)) return only((typing && key.text !== null ? deafTo : dropped)(timed, atMs))
  if (typing) return only(typed(timed, key))
  const fresh = { ...timed, message: null, guard: { ...timed.guard, dropped: 0 } }
  if (binding === null) return only({ ...fresh, message: uselessText(fresh, key) })
  const why = binding.whyNot(fresh)
  if (why !== null) return only(refusedKey(timed, binding, why))
  return command(lookedBehind(fresh, key, binding, atMs), binding, key, farthest)
}

/** A key that cannot be used: said; and counted, where it would have answered something had the question been there. */
function refusedKey(state: ScreenState, binding: Binding, why: string): ScreenState {
  const early = binding.answers && state.scene.need.kind === 'running'
  const guard = early ? { ...state.guard, dropped: state.guard.dropped + 1 } : { ...state.guard, dropped: 0 }
  const stop = early ? `. ${keyName(state.keys, 'stop')} shows how to stop it` : ''
  return { ...state, guard, message: `${shownKey(state, binding)}: ${why}${stop}` }
}

function uselessText(state: ScreenState, key: KeyPress): string {
  if (modeOf(state) === 'small') return `${key.name} did nothing: the terminal was too small`
  if (modeOf(state) === 'yes') return 'y is yes; Enter is no'
  return `${key.name} has no use here; ${keyName(state.keys, 'help')} shows the keys`
}
