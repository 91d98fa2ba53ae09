import { openAsk, suggestionsOf } from '../acts/act.ts'
import { valueRows } from '../acts/values.ts'
import { keyName } from '../scene/actions.ts'
import { copyOf } from '../state/copying.ts'
import { outputToRead, readingIn, type ScreenState } from '../state/screen-state.ts'

/** Why a key cannot be used now, each a sentence without its end; null where it can. */
export type WhyNot = (state: ScreenState) => string | null

export const notRunning: WhyNot = state =>
  state.scene.need.kind === 'running' ? null : `no script is running; ${keyName(state.keys, 'pause')} pauses the run`

export const noValues: WhyNot = ({ scene: { need, walk } }) => {
  if (need.kind === 'finished') return 'the run has ended'
  if (need.kind === 'form' || (need.kind === 'gate' && need.asksText !== null)) return null
  return walk.runbook.parameters.length > 0 ? null : 'the runbook asks for no value'
}

export const noOutput: WhyNot = state => (outputToRead(state) === null ? 'nothing has been run yet' : null)

export const nothingToRead: WhyNot = state => (readingIn(state) === null ? 'there is no output to read yet' : null)

export const followed: WhyNot = state => {
  const reading = readingIn(state)
  if (reading === null) return 'there is no output to follow yet'
  return reading.top === null ? 'its end is followed already' : null
}

export const notSearched: WhyNot = state => (readingIn(state)?.pattern == null ? 'nothing is searched for yet' : null)

export const nothingToCopy: WhyNot = state => (copyOf(state) === null ? 'there is nothing to copy here' : null)

export const notSuggested: WhyNot = ({ dialog, scene }) => {
  const found =
    dialog?.kind === 'values'
      ? valueRows(scene)[dialog.at]?.suggestion != null
      : dialog?.kind === 'act' && suggestionsOf(openAsk(dialog.progress)).length > 0
  return found ? null : 'nothing is suggested'
}

export const criteriaOpen: WhyNot = ({ call }) =>
  call?.question == null ? null : 'the success criteria come first: y met, n not met'

export const noCriteria: WhyNot = ({ call }) => (call?.question == null ? 'no criteria are asked for' : null)
