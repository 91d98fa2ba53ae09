import { type Wished, wishFor } from '../acts/acts.ts'
import { liveProblem, stillNeeded, valueRows } from '../acts/values.ts'
import { withNewQuestion } from '../state/guard.ts'
import { only, type Reduced, type ScreenState } from '../state/screen-state.ts'
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
      dialog: { kind: 'values', at: nextRow(state, -1), text: '' },
    }),
  )
}

/** Gives what is typed to the value of the row, if nothing is wrong with it. An empty Enter leaves, once no question waits for a value. */
export function giveValue(state: ScreenState): Reduced {
  const { dialog, scene } = state
  const row = dialog?.kind === 'values' ? valueRows(scene)[dialog.at] : undefined
  if (dialog?.kind !== 'values' || row === undefined) return only(state)
  const { text } = dialog
  const needed = stillNeeded(scene)
  if (text === '' && needed === null) return only(withNewQuestion({ ...state, dialog: null }))
  if (text === '') return only({ ...state, message: `${needed}: a value is needed` })
  const why = liveProblem(scene, row, text)
  if (why !== null) return only({ ...state, message: why })
  const answer = { kind: 'value', name: row.name, value: text } as const
  return { state: { ...state, saying: true, lastSaid: answer }, effects: [{ kind: 'say', answer }] }
}

/**
 * After a value was taken: the next one that is missing, first of those that are waited for. The form closes by the Enter of its last
 * open row, or by an empty one: never while somebody may go on to the next row.
 */
export function afterValue(state: ScreenState): ScreenState {
  const { dialog } = state
  if (dialog?.kind !== 'values') return state
  const isOpen = valueRows(state.scene).some(({ source }) => source === 'not given')
  if (!isOpen) return withNewQuestion({ ...state, dialog: null })
  return withNewQuestion({ ...state, dialog: { ...dialog, at: nextRow(state, dialog.at), text: '' } })
}

function nextRow({ scene }: ScreenState, at: number): number {
  const rows = valueRows(scene)
  const open = rows.flatMap(({ source }, index) => (source === 'not given' ? [index] : []))
  const needed = rows.findIndex(row => row.needed)
  return needed >= 0 ? needed : (open.find(index => index > at) ?? open[0] ?? 0)
}
