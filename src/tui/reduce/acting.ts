import { type Act, beginAct, type Outcome, openAsk, type Taken, takeText } from '../acts/act.ts'
import { questionName } from '../scene/walk.ts'
import { withNewQuestion } from '../state/guard.ts'
import { type Dialog, only, type Reduced, type ScreenState } from '../state/screen-state.ts'

/**
 * Begins an act: its first question, or what it says where nothing must be asked.
 *
 * @param outlives true for what stays open though the question of the run changes.
 * @param stops true for the ways to stop a script, where a second Ctrl-C means SIGINT.
 */
export function started(state: ScreenState, act: Act, outlives: boolean, stops = false): Reduced {
  return taken(state, beginAct(act), { question: outlives ? null : questionName(state.scene), stops })
}

/** Gives a text to the open question of an act. */
export function submitted(state: ScreenState, text: string): Reduced {
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
      const { question, stops } = about
      const dialog: Dialog = { kind: 'act', progress: result.progress, text: '', top: 0, question, stops, stale: false }
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

export function said(state: ScreenState, outcome: Outcome): Reduced {
  switch (outcome.kind) {
    case 'say':
      return { state: { ...state, saying: true, lastSaid: outcome.answer }, effects: [outcome] }
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

/** Leaves a dialog without an answer. */
export function closed(state: ScreenState): ScreenState {
  if (state.dialog?.kind === 'act' && state.dialog.stale)
    return withNewQuestion({ ...state, dialog: null, message: null })
  const ask = state.dialog?.kind === 'act' ? openAsk(state.dialog.progress) : null
  const message = ask?.kind === 'yes' || ask?.kind === 'phrase' ? 'not run' : null
  return withNewQuestion({ ...state, dialog: null, message })
}
