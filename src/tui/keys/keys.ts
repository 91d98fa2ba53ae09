import { openAsk } from '../acts/act.ts'
import { ACTION_LIST, type ActionGroup, type ActionName, writtenKey, writtenKeys } from '../scene/actions.ts'
import { isTooSmall, type ScreenState } from '../state/screen-state.ts'
import { BINDINGS, type Binding, type Mode } from './bindings.ts'

/** The mode that keys are read in. */
export function modeOf(state: ScreenState): Mode {
  const { dialog } = state
  // What a key would do could not be seen.
  if (isTooSmall(state.size)) return 'small'
  if (state.finding !== null) return 'find'
  if (dialog === null) return state.call === null ? 'walk' : 'call'
  if (dialog.kind !== 'act') return dialog.kind
  return dialog.stale ? 'stale' : (openAsk(dialog.progress)?.kind ?? 'text')
}

/** True for a mode in which letters are typed into a field, or into what was one and takes them so that they do nothing else. */
export function isField(mode: Mode): boolean {
  return ['text', 'phrase', 'observed', 'find', 'palette', 'values', 'stale'].includes(mode)
}

/** The binding of a key in the present mode: one that can be used before one that cannot; null where it has none. */
export function bindingFor(state: ScreenState, key: string): Binding | null {
  const mode = modeOf(state)
  const all = BINDINGS.filter(binding => binding.modes.includes(mode) && keysOf(state, binding).includes(key))
  return all.find(binding => binding.whyNot(state) === null) ?? all[0] ?? null
}

/** What the last row names, most needed first; the way to all keys is always the last of them. */
export function keysNow(state: ScreenState): Binding[] {
  const mode = modeOf(state)
  return BINDINGS.filter(b => b.modes.includes(mode) && rankOf(state, b) > 0 && b.whyNot(state) === null).sort(
    (a, b) => rankOf(state, b) - rankOf(state, a),
  )
}

export function rankOf(state: ScreenState, { rank }: Binding): number {
  return typeof rank === 'number' ? rank : rank(state)
}

/** How the key of a binding is written: `1-9` for the digits. */
export function shownKey(state: ScreenState, binding: Binding): string {
  return binding.command.kind === 'digit' ? '1-9' : writtenKey(keysOf(state, binding)[0] ?? '')
}

/** An action with its keys and whether it can be used now. */
export interface ActionRow {
  readonly action: ActionName
  readonly group: ActionGroup
  /** As people write them; empty for what only the palette does. */
  readonly keys: string
  readonly about: string
  readonly why: string | null
}

/** Every action of the walk, in the order of help. */
export function actionRows(state: ScreenState): ActionRow[] {
  return ACTION_LIST.map(([action, { group, about }]) => {
    const binding = walkBinding(state, action)
    return {
      action,
      group,
      keys: writtenKeys(action, state.keys.get(action) ?? []),
      about,
      why: binding === null ? null : binding.whyNot(state),
    }
  })
}

/** The binding of an action in the walk: one that can be used before one that cannot. */
export function walkBinding(state: ScreenState, action: ActionName): Binding | null {
  const all = BINDINGS.filter(binding => binding.action === action && binding.modes.includes('walk'))
  return all.find(binding => binding.whyNot(state) === null) ?? all[0] ?? null
}

function keysOf(state: ScreenState, binding: Binding): readonly string[] {
  return binding.keys ?? (binding.action === null ? [] : (state.keys.get(binding.action) ?? []))
}
