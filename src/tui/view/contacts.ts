import type { ScreenState } from '../state/screen-state.ts'
import { type Look, proseLines, safe, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'

/** Whom to call and what the work depends on, as the runbook says it; rows of at most `width` cells. */
export function contactRows(look: Look, state: ScreenState, width: number): Line[] {
  const { contacts, path } = state.scene.walk.runbook
  return contacts.flatMap(({ title, line, lines }): Line[] => [
    [seg(` ${safe(look, title)}`, 'strong'), seg(`  ${safe(look, path.split('/').at(-1) ?? '')}:${line}`)],
    ...lines.flatMap(text => proseLines(look, text, width, '   ')),
  ])
}
