import { openAsk } from '../acts/act.ts'
import { stillNeeded } from '../acts/values.ts'
import type { ScreenState } from '../state/screen-state.ts'

/** What Enter is called in the last row. */
export function proceedLabel(state: ScreenState): string {
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

export function tickLabel({ scene: { need } }: ScreenState): string {
  return 'evidence' in need && need.evidence !== null ? 'observed value' : 'tick'
}

export function fieldLabel({ dialog }: ScreenState): string {
  const ask = dialog?.kind === 'act' ? openAsk(dialog.progress) : null
  return ask?.kind === 'phrase' ? ask.to : 'give'
}

/** Enter gives what is typed; an empty one leaves the form once nothing waits for it. */
export function valuesLabel({ dialog, scene }: ScreenState): string {
  return dialog?.kind === 'values' && dialog.text === '' && stillNeeded(scene) === null ? 'close' : 'give'
}

export function noLabel({ dialog }: ScreenState): string {
  const ask = dialog?.kind === 'act' ? openAsk(dialog.progress) : null
  return ask?.kind === 'yes' && ask.insists === true ? 'ask again' : 'no'
}

export function pickLabel({ dialog }: ScreenState): string {
  const ask = dialog?.kind === 'act' ? openAsk(dialog.progress) : null
  return ask?.kind === 'pick' && ask.empty !== null ? (ask.options[ask.empty]?.label ?? 'choose') : 'wants a number'
}

export function fillLabel({ scene: { need } }: ScreenState): string {
  return need.kind === 'form' ? 'form' : need.kind === 'gate' ? 'text' : 'values'
}
