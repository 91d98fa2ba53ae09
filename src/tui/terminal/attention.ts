import { needText } from '../scene/need-text.ts'
import { questionName } from '../scene/walk.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { cleanText } from '../text/clean.ts'

/** A bell at most this often: somebody at the screen must not be rung at each step. */
const BELL_EVERY_MS = 10_000

export interface Attention {
  readonly bell: boolean
  /** Title for the terminal's window, cleaned. */
  readonly title: string
}

/**
 * Whether somebody who looks elsewhere should be called: a person is needed after something had run or was waited for,
 * something failed, or the run is over.
 */
export function attentionFor(before: ScreenState, after: ScreenState, title: string, lastBellMs: number): Attention {
  const { label, title: step } = needText(after.scene, after.nowMs, '')
  const was = before.scene.need.kind
  const is = after.scene.need.kind
  const changed = questionName(before.scene) !== questionName(after.scene)
  const busy = is === 'running' || is === 'wait'
  const calls = changed && !busy && (was === 'running' || was === 'wait' || is === 'finished' || is === 'decide')
  return {
    bell: calls && after.nowMs - lastBellMs >= BELL_EVERY_MS,
    title: cleanText(busy || is === 'run' ? title : `${label} ${step.split(' ')[0] ?? ''} ${title}`),
  }
}
