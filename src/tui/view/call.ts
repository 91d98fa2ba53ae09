import type { PhaseCall } from '../scene/phase-call.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { type Look, proseLines, ruleLine, safe, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'
import { widthOf } from '../text/width.ts'
import { outlineView } from './outline.ts'
import { type Body, filled } from './view.ts'

/** In one row where there is room: what it came to is never cut, nor is the name that says of what. */
function titleLines(look: Look, { title, phase, came }: PhaseCall): Line[] {
  const text = safe(look, title)
  if (widthOf(text) <= look.columns - 4) return [ruleLine(look, look.columns, text)]
  return [ruleLine(look, look.columns, safe(look, came)), ...proseLines(look, phase, look.columns, ' ')]
}

/** The end of a phase, over the outline: what it came to, its criteria, and what comes next. */
export function callView(look: Look, state: ScreenState, call: PhaseCall, height: number): Body {
  const said: Line[] = [
    ...titleLines(look, call),
    ...call.lines.flatMap(text => proseLines(look, text, look.columns, ' ')),
    ...(call.next === null ? [] : proseLines(look, `Next: ${call.next}`, look.columns, ' ')),
    [
      seg(
        call.question === null
          ? ' Enter goes on.'
          : ' Are the success criteria met?  y met   n not met, with what was found',
        'strong',
      ),
    ],
  ]
  const lines = said.length > height ? [...said.slice(0, height - 1), ...said.slice(-1)] : said
  const above = Math.min(height - lines.length, outlineView(look, state, look.columns, 0, 'folded').rows)
  const outline = above < 2 ? [] : outlineView(look, state, look.columns, above, 'folded').lines
  return { lines: filled([...outline, ...lines], height), cursor: null, farthest: 0 }
}
