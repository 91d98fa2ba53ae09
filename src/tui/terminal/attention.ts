import { needText } from '../scene/need-text.ts'
import { questionName, type Scene } from '../scene/walk.ts'
import { cleanText } from '../text/clean.ts'

/** Called at most this often: somebody at the screen must not be rung at each step. */
const CALL_EVERY_MS = 10_000

export interface Attention {
  /** What somebody who looks elsewhere is called with, cleaned; null where nobody is called. */
  readonly call: string | null
  /** Title for the terminal's window, cleaned. */
  readonly title: string
}

interface Moment {
  readonly scene: Scene
  readonly nowMs: number
}

/**
 * Whether somebody who looks elsewhere should be called: a person is needed after something had run, was waited for or was approved,
 * a check of a wait failed, a step failed, or the run is over.
 */
export function attentionFor(before: Moment, after: Moment, title: string, lastCallMs: number): Attention {
  const was = before.scene.need.kind
  const is = after.scene.need.kind
  const seen = needText(after.scene, after.nowMs, '')
  const { label: earlier } = needText(before.scene, before.nowMs, '')
  const busy = seen.label === 'RUNNING' || seen.label === 'WAITING'
  const changed = questionName(before.scene) !== questionName(after.scene) || earlier !== seen.label
  const waited = was === 'running' || was === 'wait' || was === 'gate' || is === 'finished' || is === 'decide'
  const calls = changed && !busy && waited && after.nowMs - lastCallMs >= CALL_EVERY_MS
  const shown = cleanText(title)
  return {
    call: calls ? cleanText(`${title}: ${seen.label} ${seen.title}`) : null,
    title: busy || is === 'run' ? shown : cleanText(`${seen.label} ${seen.title.split(' ')[0] ?? ''} ${title}`),
  }
}

/** How a terminal takes a notification for the desktop. */
export type Notifier = 'osc-9' | 'osc-99' | 'osc-777'

/** Told only where the terminal is known to take one: an unknown sequence may be printed. tmux drops them, so that nothing is sent into it. */
export function notifierOf({
  TERM = '',
  TERM_PROGRAM,
  TMUX = '',
  KITTY_WINDOW_ID = '',
}: NodeJS.ProcessEnv): Notifier | null {
  if (TMUX !== '') return null
  if (KITTY_WINDOW_ID !== '' || TERM === 'xterm-kitty') return 'osc-99'
  if (TERM_PROGRAM === 'iTerm.app') return 'osc-9'
  const takes777 =
    TERM_PROGRAM === 'WezTerm' || TERM_PROGRAM === 'ghostty' || /^(foot|rxvt-unicode|xterm-ghostty)/.test(TERM)
  return takes777 ? 'osc-777' : null
}

/** The bytes of a notification; what could end it early was made visible before, and a semicolon parts what is written in it. */
export function notification(notifier: Notifier, text: string): string {
  const body = cleanText(text).replaceAll(';', ',')
  switch (notifier) {
    case 'osc-9':
      return `\u001b]9;${body}\u0007`
    case 'osc-99':
      return `\u001b]99;;${body}\u001b\\`
    case 'osc-777':
      return `\u001b]777;notify;Signoff;${body}\u001b\\`
    default:
      notifier satisfies never
      return ''
  }
}
