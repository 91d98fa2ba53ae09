import { openAsk } from '../acts/act.ts'
import { isField, modeOf } from '../keys/keys.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { numbersTo } from '../text/counting.ts'

/** What row 2 says of the keys while something lies over the walk; null where nothing does, and the keys are those of the need. */
export function askOver(state: ScreenState): string | null {
  const { dialog } = state
  const mode = modeOf(state)
  if (mode === 'walk' || mode === 'call' || mode === 'small') return null
  const ask = dialog?.kind === 'act' && mode !== 'find' ? openAsk(dialog.progress) : null
  if (mode === 'stale') return 'Enter or Esc closes what is over'
  switch (ask?.kind) {
    case 'yes':
      return ask.insists === true ? 'y is yes, Esc leaves it' : 'y is yes, Enter is no'
    case 'phrase':
      return 'type the phrase, then Enter; Esc leaves'
    case 'pick': {
      const choose = `choose ${numbersTo(ask.options.length)}`
      return ask.empty === null ? choose : `${choose}, Enter takes ${ask.empty + 1}`
    }
    default:
      return isField(mode) ? 'type, then Enter; Esc leaves' : 'Esc goes back to it'
  }
}
