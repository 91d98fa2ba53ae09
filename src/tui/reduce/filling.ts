import { type Wished, wishFor } from '../acts/acts.ts'
import { liveProblem, valueRows } from '../acts/values.ts'
import type { Reduced, ScreenState } from '../state/screen-state.ts'
import { only, withNewQuestion } from '../state/screen-state.ts'
import { started } from './acting.ts'

/** `f`: the form that is needed, else all values of the run, at the first that the question waits for. */
export function openValues(state: ScreenState): Reduced {
  const { need } = state.scene
  if (need.kind === 'form' || need.kind === 'gate') {
    const found: Wished = wishFor('fill', state.scene)
    return found.kind === 'act' ? started(state, found.act, false) : only({ ...state, message: found.why })
  }
  const rows = valueRows(state.scene)
  if (rows.length === 0) return only({ ...state, message: 'the runbook asks for no value' })
  return only(
    withNewQuestion({
      ...state,
      dialog: { kind: 'values', at: nextRow(state), text: '', forNeed: rows.some(row => row.needed) },
    }),
  )
}

/** Gives what is typed to the value of the row, if nothing is wrong with it. */
export function giveValue(state: ScreenState): Reduced {
  const { dialog, scene } = state
  const row = dialog?.kind === 'values' ? valueRows(scene)[dialog.at] : undefined
  if (dialog?.kind !== 'values' || row === undefined) return only(state)
  const { text } = dialog
  if (text === '') return only({ ...state, message: `${row.name}: a value is needed` })
  const why = liveProblem(scene, row, text)
  if (why !== null) return only({ ...state, message: why })
  const answer = { kind: 'value', name: row.name, value: text } as const
  return { state: { ...state, saying: true, lastSaid: answer }, effects: [{ kind: 'say', answer }] }
}

/**
 * After a value was taken: the next one that is missing. The form closes once the question that waited for values waits no more,
 * or all are given.
 */
export function afterValue(state: ScreenState): ScreenState {
  const { dialog } = state
  if (dialog?.kind !== 'values') return state
  const rows = valueRows(state.scene)
  const waits = rows.some(({ needed }) => needed)
  const left = rows.some(({ source }) => source === 'not given')
  if ((dialog.forNeed && !waits) || !left) return withNewQuestion({ ...state, dialog: null })
  return withNewQuestion({ ...state, dialog: { ...dialog, at: nextRow(state), text: '' } })
}

function nextRow({ scene }: ScreenState): number {
  const rows = valueRows(scene)
  const needed = rows.findIndex(row => row.needed)
  const open = rows.findIndex(row => row.source === 'not given')
  return Math.max(0, needed >= 0 ? needed : open)
}
